import { type CSSResult, css } from 'lit';

/** Of all that stands around the map. */
export const sideStyles: CSSResult = css`
  .shards > header {
    flex-wrap: wrap;
    gap: 0 8px;
  }
  .shard-about {
    flex: 1;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-size: 11px;
  }
  .shard-views {
    display: flex;
    flex: none;
  }
  .shard-views button,
  .shard-acts button,
  .shard-news button,
  .shard-hot button {
    min-block-size: 24px;
    padding: 0 8px;
    font-size: 11.5px;
  }
  .shard-views button {
    border-radius: 0;
  }
  .shard-views button:first-child {
    border-radius: 6px 0 0 6px;
  }
  .shard-views button:last-child {
    border-inline-start: 0;
    border-radius: 0 6px 6px 0;
  }
  .shard-views [aria-pressed='true'] {
    background: var(--selected);
    font-weight: 600;
  }
  .shard-body {
    display: flex;
    flex: 1;
    flex-direction: column;
    min-block-size: 0;
    overflow: auto;
  }
  .shard-side {
    flex: none;
    padding: 0 10px 8px;
    font-size: 12px;
  }
  .shard-side > * {
    margin-block-start: 6px;
  }
  .shard-news {
    padding: 5px 8px;
    border-inline-start: 3px solid var(--accent);
    background: var(--raised);
    text-wrap: pretty;
  }
  .shard-news[data-problem] {
    border-color: var(--lost);
    color: var(--lost);
  }
  .shard-strip {
    padding: 6px 8px;
    border: 1px solid var(--line);
    border-radius: 6px;
    background: var(--raised);
  }
  .shard-line {
    display: flex;
    align-items: center;
    gap: 6px;
  }
  .shard-leave {
    min-block-size: 24px;
    margin-inline-start: auto;
    padding: 0 8px;
    border-color: transparent;
    background: none;
  }
  .shard-facts {
    display: flex;
    flex-wrap: wrap;
    gap: 0 10px;
    margin-block: 3px;
    font-size: 11px;
  }
  .shard-error {
    color: var(--lost);
    font-size: 11.5px;
    overflow-wrap: anywhere;
  }
  .shard-acts,
  .shard-hot {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px;
  }
  .shard-acts {
    margin-block-start: 4px;
  }
  .shard-hot {
    color: var(--muted);
    font-size: 11px;
  }
  .shard-hot button {
    display: inline-flex;
    gap: 5px;
    align-items: center;
    max-inline-size: 100%;
    font: 11px var(--mono);
  }
  .shard-hot span {
    overflow: hidden;
    max-inline-size: 14ch;
    text-overflow: ellipsis;
  }
  .shard-budget {
    font-size: 11px;
  }
  .shard-meter {
    block-size: 5px;
    margin-block: 2px;
    overflow: hidden;
    border-radius: 3px;
    background: color-mix(in srgb, var(--muted) 30%, var(--surface));
  }
  .shard-meter span {
    display: block;
    block-size: 100%;
    background: var(--accent);
    forced-color-adjust: none;
  }
  .key-ask {
    display: flex;
    align-items: center;
    gap: 6px;
    color: var(--muted);
  }
  .key-input {
    flex: 1;
    min-inline-size: 0;
    min-block-size: 26px;
    padding: 0 7px;
    border: 1px solid var(--line);
    border-radius: 6px;
    background: var(--background);
    color: var(--text);
    font: 12px var(--mono);
  }
  .key-way {
    margin-block-start: 4px;
    font-size: 11.5px;
    overflow-wrap: anywhere;
  }
  .key-name {
    font-weight: 600;
  }
  .key-hash {
    font: inherit;
    color: var(--muted);
  }
  @container shards (min-width: 560px) {
    .shard-body {
      flex-direction: row;
    }
    .shard-body > :is(.map, .shard-scroll) {
      flex: 1;
      min-inline-size: 0;
      overflow: auto;
    }
    .shard-side {
      flex: 0 0 min(290px, 42%);
      overflow: auto;
    }
  }
  @media (pointer: coarse) {
    .shards button,
    .key-input {
      min-block-size: 44px;
    }
  }

  .shard-scroll {
    flex: 1 0 120px;
    padding: 0;
  }
  .shard-table {
    min-inline-size: 100%;
    border-collapse: collapse;
    font: 11.5px/1.4 var(--mono);
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  .shard-table :is(th, td) {
    padding: 4px 10px;
    border-block-end: 1px solid var(--line);
    text-align: start;
  }
  .shard-table thead th {
    position: sticky;
    inset-block-start: 0;
    z-index: 2;
    background: var(--raised);
    color: var(--muted);
    font: 600 11px var(--font);
  }
  .shard-table th:first-child {
    position: sticky;
    inset-inline-start: 0;
    z-index: 1;
    background: var(--surface);
  }
  .shard-table thead th:first-child {
    z-index: 3;
    padding-inline-start: 10px;
    background: var(--raised);
  }
  .shard-table [data-chosen] > * {
    background: var(--selected);
  }
  .shard-choose {
    min-block-size: 24px;
    padding: 0 3px;
    border-color: transparent;
    background: none;
  }
  .shard-table [data-status='closed'] td,
  .shard-table [data-status='skipped'] td {
    color: var(--muted);
  }
  .shard-table .shard-problem td {
    color: var(--lost);
    white-space: normal;
  }
`;
