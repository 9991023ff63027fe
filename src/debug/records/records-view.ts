/** What the records table shows of the window: filtered, followed or held. */

import { parseFilter, type RowFilter } from '../filter/filter.ts';
import type { Model } from '../reading/model.ts';
import { createRowList, type RowList } from '../reading/row-list.ts';
import type { Row } from '../reading/rows.ts';

export interface RecordsView {
  readonly filterText: () => string;
  readonly setFilter: (text: string) => void;
  /** Takes in what arrived, for at most so long. True when nothing is left to look at. */
  readonly advance: (budgetMs: number) => boolean;
  readonly isHeld: () => boolean;
  /** Shows no more rows; collecting goes on. */
  readonly hold: () => void;
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
  /** Rows that arrived since the hold, after the filter. */
  readonly held: number;
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

export function createRecordsView(
  model: Pick<Model, 'rows'>,
  monotonic: () => number,
): RecordsView {
  let text = '';
  let filter: RowFilter | undefined;
  let matches: RowList<Row> = createRowList<Row>();
  /** The next position of the window to look at. */
  let next = 0;
  /** Rows from this id on are held back. */
  let heldFrom: number | undefined;

  const list = (): Pick<RowList<Row>, 'first' | 'end' | 'at' | 'find'> =>
    filter ? matches : model.rows;

  const cutMatches = (): void => {
    const oldest = model.rows.at(model.rows.first())?.id ?? Number.POSITIVE_INFINITY;
    for (let row = matches.at(matches.first()); row && row.id < oldest; ) {
      matches.shift();
      row = matches.at(matches.first());
    }
  };

  return {
    filterText: () => text,
    setFilter: (value) => {
      text = value;
      filter = parseFilter(value);
      matches = createRowList<Row>();
      next = 0;
    },
    advance: (budgetMs) => {
      const end = model.rows.end();
      if (!filter) {
        next = end;
        return true;
      }
      const until = monotonic() + budgetMs;
      next = Math.max(next, model.rows.first());
      while (next < end) {
        const stop = Math.min(end, next + SLICE);
        for (; next < stop; next++) {
          const row = model.rows.at(next);
          if (row && filter(row)) matches.push(row);
        }
        if (monotonic() >= until) break;
      }
      cutMatches();
      return next >= end;
    },
    isHeld: () => heldFrom !== undefined,
    hold: () => {
      heldFrom ??= model.rows.end();
    },
    follow: () => {
      heldFrom = undefined;
    },
    snapshot: () => {
      const rows = list();
      const first = rows.first();
      const all = rows.end();
      // A row's id is its position in the window, because every row that arrives gets one of each.
      const end = heldFrom === undefined ? all : Math.max(first, rows.find(heldFrom));
      return {
        first,
        end,
        at: rows.at,
        find: rows.find,
        cut: model.rows.first(),
        held: all - end,
        scanned: next - Math.min(next, model.rows.first()),
        shown: all - first,
      };
    },
  };
}
