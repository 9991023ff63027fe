import { type CSSResult, css } from 'lit';

/** One panel at a time on a phone, records over a second panel on a tablet, everything side by side on a desk. */
export const layout: CSSResult = css`
  :host {
    block-size: 100%;
    min-block-size: 480px;
    /* Rows that arrive never make the page longer: the view scrolls inside. */
    container: rivulet / size;
    background: var(--background);
  }
  .view {
    display: grid;
    block-size: 100%;
    gap: 8px;
    padding: 8px;
    grid-template-columns: minmax(0, 1fr);
    grid-template-rows: auto auto 84px minmax(0, 1fr) auto;
    grid-template-areas: 'summary' 'filter' 'chart' 'main' 'tabs';
  }
  .top {
    grid-area: summary;
    display: grid;
    gap: 6px;
    min-inline-size: 0;
  }
  .filter-bar {
    grid-area: filter;
  }
  .chart {
    grid-area: chart;
  }
  .records,
  .first-steps,
  .shards,
  .queue,
  .ledger,
  .detail {
    grid-area: main;
  }
  .detail {
    z-index: 3;
  }
  .tabs {
    grid-area: tabs;
    display: flex;
    gap: 4px;
  }
  .tabs button {
    flex: 1;
    min-block-size: 40px;
    min-inline-size: 0;
    padding: 0 4px;
    border-color: transparent;
    background: none;
    color: var(--muted);
    font-size: 12.5px;
    font-weight: 550;
  }
  .tabs button[aria-current='true'] {
    border-color: var(--line);
    background: var(--surface);
    color: var(--text);
  }
  .chart > header {
    min-block-size: 26px;
    border-block-end: none;
  }
  .chart .aside {
    overflow: hidden;
    font-size: 11px;
    white-space: nowrap;
  }

  @container rivulet (max-width: 639px) {
    .view:not([data-tab='records']) :is(.records, .first-steps),
    .view:not([data-tab='shards']) .shards,
    .view:not([data-tab='queue']) .queue,
    .view:not([data-tab='ledger']) .ledger {
      display: none;
    }
    .view {
      gap: 6px;
      padding: 6px;
    }
    .records h3 {
      display: none;
    }
    /* A sheet over everything: there is room for one thing. */
    .detail {
      grid-row: 1 / -1;
      z-index: 5;
    }
  }
  @container rivulet (max-width: 639px) and (max-height: 560px) {
    .view {
      grid-template-rows: auto auto minmax(0, 1fr) auto;
      grid-template-areas: 'summary' 'filter' 'main' 'tabs';
    }
    .chart {
      display: none;
    }
  }
  @container rivulet (min-width: 640px) and (max-width: 1079px) {
    .view {
      grid-template-rows: auto auto 96px minmax(0, 1.35fr) auto minmax(0, 1fr);
      grid-template-areas: 'summary' 'filter' 'chart' 'records' 'tabs' 'second';
    }
    .records,
    .first-steps {
      grid-area: records;
    }
    .shards,
    .queue,
    .ledger,
    .detail {
      grid-area: second;
    }
    .tabs {
      justify-self: start;
      margin-block: -2px;
    }
    .tabs button {
      flex: none;
      min-block-size: 30px;
      padding-inline: 12px;
    }
    .tabs [data-name='records'] {
      display: none;
    }
    .view:is([data-tab='queue'], [data-tab='ledger']) .shards,
    .view:not([data-tab='queue']) .queue,
    .view:not([data-tab='ledger']) .ledger {
      display: none;
    }
    .view[data-tab='records'] .tabs [data-name='shards'] {
      border-color: var(--line);
      background: var(--surface);
      color: var(--text);
    }
  }
  @container rivulet (min-width: 640px) and (max-width: 1079px) and (max-height: 760px) {
    .view {
      grid-template-rows: auto auto 80px minmax(0, 1.5fr) auto minmax(0, 1fr);
      gap: 6px;
    }
  }
  @container rivulet (min-width: 1080px) {
    .view {
      grid-template-columns: 264px 156px minmax(0, 1fr) 372px;
      grid-template-rows: auto auto 108px minmax(0, 1fr) minmax(180px, 30cqh);
      grid-template-areas:
        'summary summary summary summary'
        'filter filter filter filter'
        'chart chart chart chart'
        'shards records records records'
        'queue queue ledger ledger';
    }
    .view[data-detail] {
      grid-template-areas:
        'summary summary summary summary'
        'filter filter filter filter'
        'chart chart chart chart'
        'shards records records detail'
        'queue queue ledger detail';
    }
    .tabs {
      display: none;
    }
    .records,
    .first-steps {
      grid-area: records;
    }
    .shards {
      grid-area: shards;
    }
    .queue {
      grid-area: queue;
    }
    .ledger {
      grid-area: ledger;
    }
    .detail {
      grid-area: detail;
    }
  }
  @media (forced-colors: active) {
    .panel,
    .summary,
    .verdict,
    .badge,
    .track,
    .tiles {
      border: 1px solid CanvasText;
    }
    .row[aria-selected='true'] {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
  }
`;
