import type { VirtualItem } from '@tanstack/virtual-core';
import { type CSSResult, css, html, nothing, type TemplateResult } from 'lit';
import { formatCount, formatPlural } from './format.ts';
import { renderIcon } from './icons.ts';
import { renderPanel } from './panel.ts';
import { type RowContext, renderCells, toneOf } from './record-row.ts';
import { cutRows, rowAt, type Snapshot } from './records-view.ts';
import type { Row } from './rows.ts';
import type { TableShape } from './table-control.ts';

export interface RecordsFacts extends RowContext {
  readonly snapshot: Snapshot;
  readonly items: readonly VirtualItem[];
  readonly height: number;
  readonly shape: TableShape;
  readonly filterText: string;
  readonly isHeld: boolean;
  /** Id of the row that the keys act on. */
  readonly selected: number | undefined;
  readonly emptyText: string;
  readonly onFilter: (text: string) => void;
  readonly onScroll: () => void;
  readonly onFollow: () => void;
  readonly onOpen: (row: Row) => void;
}

const COLUMNS = [
  ['time', 'Arrived'],
  ['where', 'Shard'],
  ['key', 'Key'],
  ['event', 'Event'],
  ['lane', 'Lane·seq'],
  ['size', 'Size'],
  ['latency', 'Latency'],
  ['aggregate', ''],
] as const;

export function rowId(id: number): string {
  return `row-${id}`;
}

export function renderRecords(facts: RecordsFacts): TemplateResult {
  const { snapshot } = facts;
  const count = snapshot.end - snapshot.first;
  const aside = html`<input
      class="filter"
      type="search"
      placeholder="Filter: name, key, id, JSON"
      aria-label="Filter records by text"
      autocomplete="off"
      spellcheck="false"
      .value=${facts.filterText}
      @input=${(event: Event) => facts.onFilter((event.target as HTMLInputElement).value)}
    /><span class="number scanned"
      >${
        facts.filterText
          ? `scanned ${formatCount(snapshot.scanned)} · shown ${formatCount(snapshot.shown)}`
          : formatPlural(snapshot.shown, 'row')
      }</span
    >`;
  const selected = facts.items.some((item) => rowAt(snapshot, item.index)?.id === facts.selected);
  const body = html`<div class="stage">
    <div
      class="grid"
      role="grid"
      tabindex="0"
      aria-label="Records by arrival, newest last"
      aria-rowcount=${count + cutRows(snapshot) + 1}
      aria-colcount=${COLUMNS.length}
      aria-activedescendant=${selected && facts.selected !== undefined ? rowId(facts.selected) : nothing}
      ?data-cards=${facts.shape.cards}
      @scroll=${facts.onScroll}
    >
      <div class="row head" role="row" aria-rowindex="1" style="block-size: ${facts.shape.headHeight}px">
        ${COLUMNS.map(
          ([name, title]) =>
            html`<span role="columnheader" class=${name}>${
              title === ''
                ? html`${renderIcon('aggregate')}<span class="unseen">Aggregate</span>`
                : title
            }</span>`,
        )}
      </div>
      <div class="rows" role="rowgroup" style="block-size: ${facts.height}px">
        ${facts.items.map((item) => renderRow(item, facts))}
      </div>
    </div>
    ${count === 0 ? html`<p class="empty">${facts.emptyText}</p>` : nothing}
    ${
      facts.isHeld
        ? html`<button class="pill" @click=${facts.onFollow}>
          ${renderIcon('pause')}
          ${snapshot.held > 0 ? html`<span class="number">${formatCount(snapshot.held)}</span> held` : 'Held'} ·
          <kbd>End</kbd> to catch up
        </button>`
        : nothing
    }
  </div>`;
  return renderPanel('records', 'Records', aside, body);
}

function renderRow(item: VirtualItem, facts: RecordsFacts): TemplateResult {
  const { snapshot } = facts;
  const top = item.start - facts.shape.headHeight;
  const place = `block-size: ${facts.shape.rowHeight}px; transform: translateY(${top}px)`;
  if (item.index < cutRows(snapshot)) {
    return html`<div class="row cut" role="row" aria-rowindex=${item.index + 2} style=${place}>
      <span role="gridcell">${formatPlural(snapshot.cut, 'older row')} left the window</span>
    </div>`;
  }
  const row = rowAt(snapshot, item.index);
  // Cut since the last drawing; the next one is a moment away.
  if (!row)
    return html`<div class="row" role="row" style=${place}><span role="gridcell"></span></div>`;
  return html`<div
    class="row"
    role="row"
    id=${rowId(row.id)}
    aria-rowindex=${item.index + 2}
    aria-selected=${row.id === facts.selected}
    data-tone=${toneOf(row, facts.lanes) ?? nothing}
    style=${place}
    @click=${() => facts.onOpen(row)}
  >
    ${renderCells(row, facts)}
  </div>`;
}

export const recordsStyles: CSSResult = css`
  .filter {
    flex: 1 1 120px;
    min-inline-size: 0;
    max-inline-size: 340px;
    block-size: 28px;
    padding-inline: 10px;
    border: 1px solid var(--line);
    border-radius: 6px;
    background: var(--background);
    color: var(--text);
    font-size: 12.5px;
  }
  .filter::placeholder {
    color: var(--muted);
    opacity: 1;
  }
  .scanned {
    flex: none;
    font-size: 11.5px;
  }
  .stage {
    container: records / inline-size;
    position: relative;
    flex: 1;
    min-block-size: 0;
  }
  .grid {
    position: absolute;
    inset: 0;
    overflow: auto;
    overflow-anchor: none;
    scrollbar-gutter: stable;
  }
  .grid:focus-visible {
    outline-offset: -2px;
  }
  .row.head {
    position: sticky;
    inset-block-start: 0;
    z-index: 1;
    border-block-end: 1px solid var(--line);
    background: var(--raised);
    color: var(--muted);
    font: 500 11px/1.4 var(--font);
  }
  .rows {
    position: relative;
    contain: strict;
  }
  .stage > .empty {
    position: absolute;
    inset: 50% 0 auto;
    translate: 0 -50%;
    padding-inline: 24px;
    text-align: center;
    pointer-events: none;
  }
  .pill {
    position: absolute;
    inset-block-end: 12px;
    inset-inline: 0;
    z-index: 2;
    inline-size: max-content;
    max-inline-size: calc(100% - 24px);
    margin-inline: auto;
    border-color: var(--accent);
    border-radius: 99px;
    background: var(--surface);
    box-shadow: 0 2px 10px rgb(0 0 0 / 0.2);
    font-size: 12.5px;
  }
  kbd {
    padding: 0 5px;
    border: 1px solid var(--line);
    border-radius: 4px;
    background: var(--raised);
    font: 11px var(--mono);
  }
  @media (pointer: coarse) {
    .filter {
      block-size: 36px;
      font-size: 16px;
    }
  }
`;
