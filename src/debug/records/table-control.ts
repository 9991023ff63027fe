/** How the records table is moved through: selection, following and holding, opening. */

import type { VirtualItem } from '@tanstack/virtual-core';
import type { ReactiveControllerHost } from 'lit';
import type { Row } from '../reading/rows.ts';
import type { Session } from '../reading/session.ts';
import { cutRows, type RecordsView, rowAt, type Snapshot } from './records-view.ts';
import { createVirtualRows } from './virtual-rows.ts';

/** Lines with columns where there is room for them, cards where there is not. */
export interface TableShape {
  readonly cards: boolean;
  readonly rowHeight: number;
  readonly headHeight: number;
}

export interface TableControl {
  /** Takes in what arrived. True when the filter has looked at everything. */
  readonly advance: () => boolean;
  readonly snapshot: () => Snapshot;
  /** What to draw; to be called while rendering. */
  readonly prepare: () => {
    readonly items: readonly VirtualItem[];
    readonly height: number;
    readonly shape: TableShape;
  };
  readonly selected: () => number | undefined;
  readonly opened: () => Row | undefined;
  readonly open: (row: Row) => void;
  readonly close: () => void;
  readonly follow: () => void;
  readonly toggleHold: () => void;
  readonly move: (step: Move) => void;
  /** Opens the selected row, or the newest. */
  readonly openSelected: () => void;
  /** Selects a row and brings it into sight; one that the filter hides stays hidden, and its neighbour is selected. */
  readonly go: (row: Row) => void;
  /** The next row of the window, shown or not, from the selected one up (1) or down (-1), of which the test is true. */
  readonly seek: (direction: 1 | -1, test: (row: Row) => boolean) => Row | undefined;
  /** Rows that a person marked. */
  readonly marked: () => ReadonlySet<number>;
  readonly toggleMark: () => void;
  /** Times of the table count from this row. */
  readonly reference: () => Row | undefined;
  readonly setReference: (row: Row | undefined) => void;
  readonly onScroll: () => void;
  /** Another session: nothing of the one before is selected, marked or open. */
  readonly reset: () => void;
}

export type Move = 'next' | 'previous' | 'page-down' | 'page-up' | 'first';

export interface TableControlOptions {
  readonly host: ReactiveControllerHost;
  readonly scroller: () => HTMLElement | null;
  readonly session: () => Pick<Session, 'view' | 'model'>;
}

/** Below this width the columns would leave the event no room. */
const CARDS_BELOW_PX = 560;

/** Room for the pill that says how many rows are held, so that it covers none. */
const PILL_PX = 48;

/** Time for the filter in one drawing, well under the 50 ms that a person would feel. */
const FILTER_BUDGET_MS = 20;

export function createTableControl({ host, scroller, session }: TableControlOptions): TableControl {
  const view = (): RecordsView => session().view;
  const rows = createVirtualRows({ host, scroller });
  const isCoarse = window.matchMedia('(pointer: coarse)');
  let snapshot = view().snapshot();
  let selected: number | undefined;
  let opened: Row | undefined;
  let reference: Row | undefined;
  const marked = new Set<number>();
  let lastTop = 0;
  /** Whether the next drawing brings the selected row into sight. */
  let mustReveal = false;
  /** Whether the reader has left the end since the hold; only then does reaching it again mean "go on". */
  let hasLeftEnd = false;

  const count = (): number => snapshot.end - snapshot.first + cutRows(snapshot);
  const indexOfSelected = (): number | undefined => {
    if (selected === undefined) return undefined;
    return snapshot.find(selected) - snapshot.first + cutRows(snapshot);
  };
  const select = (index: number): void => {
    const lowest = cutRows(snapshot);
    const row = rowAt(snapshot, Math.min(count() - 1, Math.max(lowest, index)));
    if (!row) return;
    hold();
    selected = row.id;
    mustReveal = true;
  };
  const hold = (): void => {
    if (view().isHeld()) return;
    view().hold();
    hasLeftEnd = false;
  };
  const follow = (): void => {
    view().follow();
    selected = opened?.id;
  };
  const open = (row: Row): void => {
    hold();
    selected = row.id;
    opened = row;
    mustReveal = true;
  };
  const shape = (): TableShape => {
    const width = scroller()?.clientWidth ?? 0;
    const cards = width > 0 && width < CARDS_BELOW_PX;
    if (cards) return { cards, rowHeight: 50, headHeight: 0 };
    return { cards, rowHeight: isCoarse.matches ? 44 : 28, headHeight: 28 };
  };

  const move = (step: Move): void => {
    const at = indexOfSelected();
    const last = count() - 1;
    if (step === 'next') select(at === undefined ? last : at + 1);
    else if (step === 'previous') select(at === undefined ? last : at - 1);
    else if (step === 'page-down') select((at ?? last) + rows.pageSize());
    else if (step === 'page-up') select((at ?? last) - rows.pageSize());
    else select(0);
  };
  const openSelected = (): void => {
    if (indexOfSelected() === undefined) select(count() - 1);
    const row = rowAt(snapshot, indexOfSelected() ?? count() - 1);
    if (row) open(row);
  };
  const toggleHold = (): void => {
    if (view().isHeld()) follow();
    else hold();
  };

  return {
    advance: () => {
      const done = view().advance(FILTER_BUDGET_MS);
      snapshot = view().snapshot();
      return done;
    },
    snapshot: () => snapshot,
    prepare: () => {
      const { first } = snapshot;
      const skip = cutRows(snapshot);
      const current = shape();
      const drawn = rows.prepare({
        count: count(),
        // Positions never shift, so they are the keys; the line of the cut gets one that no row has.
        keyOf: (index) => (index < skip ? -1 : first + index - skip),
        rowHeight: current.rowHeight,
        headHeight: current.headHeight,
        follow: !view().isHeld(),
        footHeight: view().isHeld() ? PILL_PX : 0,
        reveal: mustReveal ? indexOfSelected() : undefined,
        reading: indexOfSelected(),
      });
      mustReveal = false;
      return { ...drawn, shape: current };
    },
    selected: () => selected,
    opened: () => opened,
    open,
    close: () => {
      opened = undefined;
    },
    follow,
    toggleHold,
    move,
    openSelected,
    go: (row) => {
      hold();
      selected = row.id;
      mustReveal = true;
    },
    seek: (direction, test) => {
      const window = session().model.rows;
      const from = selected === undefined ? window.end() - 1 : window.find(selected) + direction;
      for (let at = from; at >= window.first() && at < window.end(); at += direction) {
        const row = window.at(at);
        if (row && test(row)) return row;
      }
      return undefined;
    },
    marked: () => marked,
    toggleMark: () => {
      if (selected !== undefined && !marked.delete(selected)) marked.add(selected);
    },
    reference: () => reference,
    setReference: (row) => {
      reference = row;
    },
    reset: () => {
      selected = undefined;
      opened = undefined;
      reference = undefined;
      marked.clear();
      snapshot = view().snapshot();
    },
    onScroll: () => {
      const top = scroller()?.scrollTop ?? 0;
      const isUp = top < lastTop - 1;
      lastTop = top;
      const isAtEnd = rows.isAtEnd();
      if (!view().isHeld()) {
        if (isUp && !isAtEnd) {
          hold();
          hasLeftEnd = true;
        }
      } else if (!isAtEnd) hasLeftEnd = true;
      else if (hasLeftEnd && !opened) follow();
    },
  };
}
