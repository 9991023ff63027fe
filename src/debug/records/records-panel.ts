import { html, nothing, render, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { formatCount, formatPlural } from '../format.ts';
import { renderIcon } from '../frame/icons.ts';
import { renderPanel } from '../frame/panel.ts';
import type { Drawing, Part, ViewHost } from '../types.ts';
import { BEFORE_PATHS, COLUMNS, type Column, nameOf, termOf } from './cells.ts';
import { type RowContext, renderCells, toneOf } from './record-row.ts';
import { createRecordsCommands } from './records-commands.ts';
import { cutRows, rowAt } from './records-view.ts';
import type { RowRange } from './row-window.ts';

export { recordsStyles } from './records-styles.ts';

const TITLES: Readonly<Record<Column, string>> = {
  time: 'Arrived',
  where: 'Shard',
  key: 'Key',
  event: 'Event',
  lane: 'Lane·seq',
  size: 'Size',
  latency: 'Latency',
  aggregate: '',
};

/** The cell that the keys act on. */
const CELL_ID = 'cell';

/** More new rows than this in one drawing are a stream, and nothing of it stands out. */
const MAX_FRESH = 12;
const FRESH_MS = 1_000;

export function rowId(id: number): string {
  return `row-${id}`;
}

/** The rows of the window, newest last. */
export function createRecordsPart(host: ViewHost): Part {
  const { table, element, runtime } = host;
  let drawing: Drawing;
  let grid: HTMLElement | null = null;
  let announced: number | undefined;
  /** Rows from here on are new, until then. */
  let fresh = { from: Number.POSITIVE_INFINITY, until: 0 };
  let seenEnd = 0;
  let hiddenCounts = host.session().model.counts();
  const sized = new ResizeObserver(host.request);

  const context = (): RowContext => ({
    hues: drawing.hues,
    lanes: drawing.laneById,
    lost: drawing.verdict.lost,
    paths: table.columns(),
    reference: table.reference(),
    marked: table.marked(),
    planOf: table.planOf,
  });

  /** Scrolling draws only this; the rest of the view stays as it is. */
  const drawRows = (): void => {
    const body = grid?.querySelector<HTMLElement>('.rows');
    if (!grid || !body) return;
    const range = table.place();
    render(renderRows(range), body);
    const row = body.querySelector('[aria-selected="true"]');
    const cell = table.cell();
    for (const old of body.querySelectorAll(`#${CELL_ID}`)) old.removeAttribute('id');
    const active = cell && row?.querySelector(`[data-cell="${CSS.escape(cell)}"]`);
    if (active) active.id = CELL_ID;
    const target = active ? CELL_ID : row?.id;
    if (target) grid.setAttribute('aria-activedescendant', target);
    else grid.removeAttribute('aria-activedescendant');
  };

  const renderRows = ({ start, end }: RowRange): TemplateResult => {
    const snapshot = table.snapshot();
    const { rowHeight } = table.shape();
    const facts = context();
    const selected = table.selected();
    const now = runtime.now();
    const freshFrom = now < fresh.until ? fresh.from : Number.POSITIVE_INFINITY;
    const indexes = Array.from({ length: Math.max(0, end - start) }, (_, index) => start + index);
    return html`${repeat(
      indexes,
      (index) => rowAt(snapshot, index)?.id ?? -1,
      (index) => {
        const place = `block-size:${rowHeight}px;transform:translateY(${index * rowHeight}px)`;
        const row = rowAt(snapshot, index);
        if (!row) return renderCut(index, place);
        return html`<div
          class="row"
          role="row"
          id=${rowId(row.id)}
          aria-rowindex=${index + 2}
          aria-selected=${row.id === selected}
          data-tone=${toneOf(row, facts) ?? nothing}
          ?data-fresh=${row.id >= freshFrom}
          ?data-reference=${row === facts.reference}
          style=${place}
        >
          ${renderCells(row, facts)}
        </div>`;
      },
    )}`;
  };

  const renderCut = (index: number, place: string): TemplateResult => {
    const { cut, cutSinceHold } = table.snapshot();
    const { replayed, model } = host.session();
    const since = model.leftSince();
    // A consumer of the page's begins where the page said.
    const canLoad = !replayed && since !== undefined && !host.settings().source?.consumer;
    const load = () =>
      since !== undefined && host.reopen({ from: { atTimestamp: since }, stopsWhenFull: true });
    return html`<div class="row cut" role="row" aria-rowindex=${index + 2} style=${place}>
      <span role="gridcell"
        >✂ ${formatPlural(cut, 'older row')} left the window${
          cutSinceHold > 0 ? `, ${formatCount(cutSinceHold)} of them since the hold` : nothing
        }
        ${
          canLoad
            ? html`<button class="load" title="Reads the stream again from there, until the window is full" @click=${load}>Load</button>`
            : nothing
        }</span
      >
    </div>`;
  };

  const onScroll = (): void => {
    const { view } = host.session();
    const wasHeld = view.isHeld();
    table.onScroll();
    if (view.isHeld() === wasHeld) drawRows();
    else host.act(() => {});
  };

  const onClick = (event: MouseEvent): void => {
    const target = event.target as Element;
    const id = Number(target.closest('[id^="row-"]')?.id.slice(4));
    const { find, at } = host.session().model.rows;
    const row = at(find(id));
    if (!row || row.id !== id) return;
    const value = table.shape().cards ? null : target.closest<HTMLElement>('.v');
    const field = value?.dataset.f ?? value?.dataset.cell ?? '';
    const term = field.startsWith('is:') ? (['is', field.slice(3)] as const) : termOf(row, field);
    host.act(() => {
      if (!value || !term) table.open(row);
      else if (event.altKey) host.filter.exclude(...term);
      else host.filter.include(...term);
    });
  };

  /** What came while nobody looked, in one line. */
  const onVisibility = (): void => {
    const counts = host.session().model.counts();
    if (!document.hidden && hiddenCounts && counts.records > hiddenCounts.records) {
      const records = formatPlural(counts.records - hiddenCounts.records, 'record');
      const gaps = counts.gaps - hiddenCounts.gaps;
      host.say(
        `While the tab was hidden: ${records}${gaps > 0 ? `, ${formatPlural(gaps, 'gap')}` : ''}`,
      );
    }
    hiddenCounts = counts;
  };
  document.addEventListener('visibilitychange', onVisibility);

  /** The page hears of the row that a person came to. */
  const announce = (): void => {
    const id = table.selected();
    if (id === announced) return;
    announced = id;
    const { find, at } = host.session().model.rows;
    const row = id === undefined ? undefined : at(find(id));
    const record = row?.kind === 'record' && row.id === id ? row.record : undefined;
    const init = { detail: { record }, bubbles: true, composed: true };
    element.dispatchEvent(new CustomEvent('rivulet-select', init));
  };

  const watchFresh = (now: number): void => {
    const end = host.session().model.rows.end();
    if (end > seenEnd) {
      if (end - seenEnd <= MAX_FRESH) fresh = { from: seenEnd, until: now + FRESH_MS };
      seenEnd = end;
    }
  };

  const renderHead = (): TemplateResult => {
    const paths = table.columns();
    const isTimed = table.reference() !== undefined;
    const title = (name: Column): unknown => {
      if (name === 'aggregate')
        return html`${renderIcon('aggregate')}<span class="unseen">Aggregate</span>`;
      return name === 'time' && isTimed ? 'Δt' : TITLES[name];
    };
    const plain = (name: Column) =>
      html`<span role="columnheader" class=${name}>${title(name)}</span>`;
    const remove = (path: string) => () => host.act(() => table.removeColumn(path));
    return html`${COLUMNS.slice(0, BEFORE_PATHS).map(plain)}${paths.map(
      (path) => html`<span role="columnheader" class="extra" title=${path}
        ><span>${nameOf(path)}</span
        ><button class="uncolumn" aria-label="Remove the column ${path}" @click=${remove(path)}>×</button></span
      >`,
    )}${COLUMNS.slice(BEFORE_PATHS).map(plain)}`;
  };

  const renderPill = (): unknown => {
    const { held, heldShare } = table.snapshot();
    const { view, isWaiting } = host.session();
    const { cards } = table.shape();
    const isFull = isWaiting?.() === true;
    if (!view.isHeld() && !isFull) return nothing;
    const says = isFull
      ? html`The window is full: reading waits · <kbd>End</kbd> to read on`
      : html`${held > 0 ? html`<span class="number">${formatCount(held)}</span> held · ${formatShare(heldShare)} of buffer` : 'Held'}
          · ${cards ? 'tap' : html`<kbd>End</kbd>`} to catch up`;
    return html`<button class="pill" @click=${() => host.act(table.follow)}>${renderIcon('pause')} <span>${says}</span></button>`;
  };

  const emptyText = (): string => {
    const { cutSinceHold, held } = table.snapshot();
    if (cutSinceHold > 0 && held > 0) return 'The rows you read left the window. End catches up.';
    return host.filter.text()
      ? 'No row matches the filter.'
      : 'Records appear here as they arrive.';
  };

  return {
    render: (current) => {
      drawing = current;
      const snapshot = table.snapshot();
      const { cards, rowHeight, headHeight } = table.shape();
      const count = snapshot.end - snapshot.first;
      const paths = table.columns();
      const aside = html`<span class="number">${formatPlural(snapshot.shown, 'row')}</span>`;
      const extra = paths.length > 0 ? `--paths:repeat(${paths.length},minmax(48px,1fr))` : '';
      return renderPanel(
        'records',
        'Records',
        aside,
        html`<div class="stage">
          <div
            class="grid"
            role="grid"
            tabindex="0"
            aria-label="Records by arrival, newest last"
            aria-rowcount=${count + cutRows(snapshot) + 1}
            aria-colcount=${COLUMNS.length + paths.length}
            style=${extra}
            ?data-cards=${cards}
            ?data-extra=${paths.length > 0}
            @scroll=${onScroll}
          >
            <div class="row head" role="row" aria-rowindex="1" title="Click a value to show only rows with it; with Alt, to hide them" style="block-size:${headHeight}px">
              ${renderHead()}
            </div>
            <div class="rows" role="rowgroup" style="block-size:${table.height()}px;--row:${rowHeight}px" @click=${onClick}></div>
          </div>
          ${count === 0 ? html`<p class="empty">${emptyText()}</p>` : nothing} ${renderPill()}
        </div>`,
      );
    },
    drawn: (current) => {
      const found = element.renderRoot.querySelector<HTMLElement>('.grid');
      if (found !== grid) {
        if (grid) sized.unobserve(grid);
        if (found) sized.observe(found);
        grid = found;
      }
      watchFresh(current.now);
      drawRows();
      announce();
    },
    reset: () => {
      seenEnd = 0;
      hiddenCounts = host.session().model.counts();
    },
    close: () => {
      sized.disconnect();
      document.removeEventListener('visibilitychange', onVisibility);
    },
    commands: createRecordsCommands({
      host,
      isCellShown: (cell) => {
        const row = grid?.querySelector('.rows [aria-selected="true"]');
        const found = row?.querySelector(`[data-cell="${CSS.escape(cell)}"]`);
        return found === undefined || (found?.getClientRects().length ?? 0) > 0;
      },
      isOpenProblem: (row) => toneOf(row, context()) !== 'filled',
    }),
  };
}

/** `7 %`; never 0 or 100 before it is. */
function formatShare(share: number): string {
  if (share === 0 || share === 1) return `${share * 100} %`;
  return share < 0.01 ? '< 1 %' : `${Math.min(99, Math.round(share * 100))} %`;
}
