import type { VirtualItem } from '@tanstack/virtual-core';
import { type CSSResult, css, html, nothing, type TemplateResult } from 'lit';
import { formatCount, formatPlural } from '../format.ts';
import { renderIcon } from '../frame/icons.ts';
import { renderPanel } from '../frame/panel.ts';
import type { Row } from '../reading/rows.ts';
import type { Part, ViewHost } from '../types.ts';
import { type RowContext, renderCells, toneOf } from './record-row.ts';
import { cutRows, rowAt, type Snapshot } from './records-view.ts';
import type { TableShape } from './table-control.ts';

interface RecordsFacts extends RowContext {
  readonly snapshot: Snapshot;
  readonly items: readonly VirtualItem[];
  readonly height: number;
  readonly shape: TableShape;
  readonly isHeld: boolean;
  /** Id of the row that the keys act on. */
  readonly selected: number | undefined;
  readonly emptyText: string;
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

/** The rows of the window, newest last. */
export function createRecordsPart(host: ViewHost): Part {
  const { table } = host;
  return {
    render: ({ hues, laneById }) =>
      renderRecords({
        ...table.prepare(),
        snapshot: table.snapshot(),
        hues,
        lanes: laneById,
        isHeld: host.session().view.isHeld(),
        selected: table.selected(),
        emptyText: host.filter.text()
          ? 'No row matches the filter.'
          : 'Records appear here as they arrive.',
        onScroll: table.onScroll,
        onFollow: () => host.act(table.follow),
        onOpen: (row) => host.act(() => table.open(row)),
      }),
    commands: [
      { id: 'next', title: 'Next row', keys: ['j'], run: () => table.move('next') },
      { id: 'previous', title: 'Previous row', keys: ['k'], run: () => table.move('previous') },
      {
        id: 'down',
        title: 'Next row',
        keys: ['ArrowDown'],
        where: 'table',
        run: () => table.move('next'),
      },
      {
        id: 'up',
        title: 'Previous row',
        keys: ['ArrowUp'],
        where: 'table',
        run: () => table.move('previous'),
      },
      {
        id: 'page-down',
        title: 'A page down',
        keys: ['PageDown'],
        where: 'table',
        run: () => table.move('page-down'),
      },
      {
        id: 'page-up',
        title: 'A page up',
        keys: ['PageUp'],
        where: 'table',
        run: () => table.move('page-up'),
      },
      {
        id: 'first',
        title: 'Oldest row',
        keys: ['Home', 'g'],
        where: 'table',
        run: () => table.move('first'),
      },
      { id: 'end', title: 'Live edge', keys: ['End', 'G'], run: table.follow },
      { id: 'hold', title: 'Hold or follow', keys: [' '], run: table.toggleHold },
      {
        id: 'open',
        title: 'Open the row',
        keys: ['Enter'],
        where: 'table',
        run: table.openSelected,
      },
    ],
  };
}

function renderRecords(facts: RecordsFacts): TemplateResult {
  const { snapshot } = facts;
  const count = snapshot.end - snapshot.first;
  const aside = html`<span class="number">${formatPlural(snapshot.shown, 'row')}</span>`;
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
`;
