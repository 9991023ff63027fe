/** What the records table shows of the window: filtered, followed or held. */

import { compileFilter } from '../filter/filter.ts';
import type { CompiledFilter, FilterContext } from '../filter/types.ts';
import type { Mark, Model } from '../reading/model.ts';
import { createRowList, type RowList } from '../reading/row-list.ts';
import type { Row } from '../reading/rows.ts';

export interface RecordsView {
  readonly filterText: () => string;
  /** As it was compiled; `undefined` where every row is shown. */
  readonly filter: () => CompiledFilter | undefined;
  readonly setFilter: (text: string) => void;
  /** What filters may ask, from the next one on. */
  readonly setContext: (context: () => FilterContext) => void;
  /** Takes in what arrived, for at most so long. True when nothing is left to look at, or the filter has to get ready first. */
  readonly advance: (budgetMs: number) => boolean;
  readonly isHeld: () => boolean;
  /** Shows no more rows than those before this position; collecting goes on. A later hold may only show more. */
  readonly hold: (upTo?: number) => void;
  readonly follow: () => void;
  readonly snapshot: () => Snapshot;
}

/** Rows `first` to `end` (exclusive) of a list whose positions never shift. */
export interface Snapshot {
  readonly first: number;
  readonly end: number;
  readonly at: (position: number) => Row | undefined;
  /** Position of the row with this id, or of the next one. */
  readonly find: (id: number) => number;
  /** Rows of the whole stream that have left the window. */
  readonly cut: number;
  /** How many of them left since the hold. */
  readonly cutSinceHold: number;
  /** Rows that arrived since the hold, after the filter. */
  readonly held: number;
  /** How much of the window those take, filter or not: 0 to 1. */
  readonly heldShare: number;
  readonly scanned: number;
  readonly shown: number;
}

/** A line of its own above the rows says what left the window, so that nobody takes the cut for the beginning. */
export function cutRows(snapshot: Pick<Snapshot, 'cut'>): 0 | 1 {
  return snapshot.cut > 0 ? 1 : 0;
}

/** The row at an index of the table, or `undefined` for the line that marks the cut. */
export function rowAt(snapshot: Snapshot, index: number): Row | undefined {
  return index < cutRows(snapshot)
    ? undefined
    : snapshot.at(snapshot.first + index - cutRows(snapshot));
}

/** How many rows are looked at between two looks at the clock. */
const SLICE = 256;

/** Time for rows that got ready between two drawings. */
const READY_BUDGET_MS = 8;

const no = () => false;
const NOTHING_KNOWN = (): FilterContext => ({ now: 0, isMine: no, isMarked: no, isInvalid: no });

export function createRecordsView(
  model: Pick<Model, 'rows' | 'mark' | 'fillSince'>,
  monotonic: () => number,
  /** The filter got ready, so that {@link RecordsView.advance} goes on. */
  onReady: () => void = () => {},
): RecordsView {
  let text = '';
  let context: () => FilterContext = NOTHING_KNOWN;
  let filter: CompiledFilter | undefined;
  let matches: RowList<Row> = createRowList<Row>();
  /** The next position of the window to look at. */
  let next = 0;
  let isPreparing = false;
  let held: { readonly mark: Mark; readonly first: number; end: number } | undefined;

  const list = (): Pick<RowList<Row>, 'first' | 'end' | 'at' | 'find'> =>
    filter ? matches : model.rows;

  const cutMatches = (): void => {
    const oldest = model.rows.at(model.rows.first())?.id ?? Number.POSITIVE_INFINITY;
    for (let row = matches.at(matches.first()); row && row.id < oldest; ) {
      matches.shift();
      row = matches.at(matches.first());
    }
  };

  /** The rows from here on as far as they are not ready; the filter is told of them, and asked again later. */
  const ask = ({ isReady, prepare }: CompiledFilter): void => {
    const rows: Row[] = [];
    const stop = Math.min(model.rows.end(), next + SLICE);
    for (let position = next; position < stop; position++) {
      const row = model.rows.at(position);
      if (row && !isReady?.(row)) rows.push(row);
    }
    isPreparing = true;
    const asked = filter;
    const done = (): void => {
      if (!asked || filter !== asked) return;
      isPreparing = false;
      // The next rows do not wait for a drawing, of which there are few.
      if (scan(asked, monotonic() + READY_BUDGET_MS)) ask(asked);
      onReady();
    };
    prepare?.(rows).then(done, done);
  };

  const scan = ({ test, isReady, prepare: preparing }: CompiledFilter, until: number): boolean => {
    const end = model.rows.end();
    next = Math.max(next, model.rows.first());
    while (next < end) {
      const stop = Math.min(end, next + SLICE);
      for (; next < stop; next++) {
        const row = model.rows.at(next);
        if (!row) continue;
        if (preparing && isReady?.(row) === false) return true;
        if (test(row)) matches.push(row);
      }
      if (monotonic() >= until) return false;
    }
    return false;
  };

  return {
    filterText: () => text,
    filter: () => filter,
    setFilter: (value) => {
      filter?.close?.();
      text = value;
      filter = value.trim() === '' ? undefined : compileFilter(value, context());
      matches = createRowList<Row>();
      next = 0;
      isPreparing = false;
    },
    setContext: (given) => {
      context = given;
    },
    advance: (budgetMs) => {
      if (!filter) {
        next = model.rows.end();
        return true;
      }
      if (!isPreparing && scan(filter, monotonic() + budgetMs)) ask(filter);
      cutMatches();
      return isPreparing || next >= model.rows.end();
    },
    isHeld: () => held !== undefined,
    hold: (upTo = model.rows.end()) => {
      if (!held) held = { mark: model.mark(), first: model.rows.first(), end: upTo };
      else held.end = Math.max(held.end, Math.min(upTo, model.rows.end()));
    },
    follow: () => {
      held = undefined;
    },
    snapshot: () => {
      const rows = list();
      const first = rows.first();
      const all = rows.end();
      // A row's id is its position in the window, because every row that arrives gets one of each.
      const end = held ? Math.max(first, rows.find(held.end)) : all;
      const cut = model.rows.first();
      return {
        first,
        end,
        at: rows.at,
        find: rows.find,
        cut,
        cutSinceHold: held ? cut - held.first : 0,
        held: all - end,
        heldShare: held ? model.fillSince({ ...held.mark, end: held.end }) : 0,
        scanned: next - Math.min(next, cut),
        shown: all - first,
      };
    },
  };
}
