/** How the records table is moved through: selection, following and holding, opening. */

import type { Runtime } from '../../runtime.ts';
import { nextTask } from '../reading/next-task.ts';
import type { Row } from '../reading/rows.ts';
import type { Session } from '../reading/session.ts';
import type { ViewSettings } from '../types.ts';
import { type ColumnList, createColumnList } from './columns.ts';
import { createPlanCheck, type PlanAnswer } from './plan-check.ts';
import { cutRows, type RecordsView, rowAt, type Snapshot } from './records-view.ts';
import { createRowWindow, type RowRange } from './row-window.ts';

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
  readonly shape: () => TableShape;
  /** Height of all rows. To be called before it changes in the page. */
  readonly height: () => number;
  /** Puts the scroll where it belongs; the rows to draw. To be called when the height is in the page. */
  readonly place: () => RowRange;
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
  /** The same among the rows that are shown. */
  readonly seekShown: (direction: 1 | -1, test: (row: Row) => boolean) => Row | undefined;
  /** Rows that a person marked. */
  readonly marked: () => ReadonlySet<number>;
  readonly toggleMark: () => void;
  /** Times of the table count from this row. */
  readonly reference: () => Row | undefined;
  readonly setReference: (row: Row | undefined) => void;
  /** Paths that are columns. */
  readonly columns: () => readonly string[];
  readonly addColumn: (path: string) => void;
  readonly removeColumn: (path: string) => void;
  /** Replaces all of them. */
  readonly setColumns: (paths: readonly string[]) => void;
  /** The cell of the selected row that keys act on: a column's name, or a path. */
  readonly cell: () => string | undefined;
  readonly setCell: (cell: string | undefined) => void;
  /** What the page's plan has against a row; `undefined` where there is no plan. */
  readonly planOf: (row: Row) => PlanAnswer;
  readonly onScroll: () => void;
  /** Another session: nothing of the one before is selected, marked or open. */
  readonly reset: () => void;
}

export type Move = 'next' | 'previous' | 'page-down' | 'page-up' | 'first';

export interface TableControlOptions {
  readonly scroller: () => HTMLElement | null;
  readonly session: () => Pick<Session, 'view' | 'model' | 'isWaiting' | 'readOn'>;
  readonly settings: () => Pick<ViewSettings, 'source' | 'columns' | 'plan'>;
  /** The lane of the page's own client. */
  readonly ownLane: () => string | undefined;
  readonly runtime: Pick<Runtime, 'now' | 'storage'>;
  /** Draws at once. */
  readonly draw: () => void;
}

/** Below this width the columns would leave the event no room. */
const CARDS_BELOW_PX = 560;

/** Room for the pill that says how many rows are held, so that it covers none. */
const PILL_PX = 48;

/** Time for the filter in one drawing, well under the 50 ms that a person would feel; and in each task after it. */
const FILTER_BUDGET_MS = 20;

export function createTableControl(options: TableControlOptions): TableControl {
  const { scroller, session, settings, ownLane, runtime, draw } = options;
  const view = (): RecordsView => session().view;
  const rows = createRowWindow(scroller);
  const isCoarse = window.matchMedia('(pointer: coarse)');
  const planOf = createPlanCheck(() => settings().plan);
  const columns: ColumnList = createColumnList({
    storage: runtime.storage,
    stream: () => settings().source?.stream ?? '',
    initial: () => settings().columns,
  });
  let snapshot = view().snapshot();
  let selected: number | undefined;
  let cell: string | undefined;
  let opened: Row | undefined;
  let reference: Row | undefined;
  const marked = new Set<number>();
  /** Whether the next drawing brings the selected row into sight. */
  let mustReveal = false;
  /** Whether the reader has left the end since the hold; only then does reaching it again mean "go on". */
  let hasLeftEnd = false;
  let isScanning = false;
  /** The filter that all rows were asked last. */
  let filtered = '';

  const isMine = (lane: string): boolean => {
    const own = ownLane();
    if (own === undefined || lane === own) return lane === own;
    const { ledger } = session().model;
    const client = ledger.lane(own)?.client;
    return client !== undefined && ledger.lane(lane)?.client === client;
  };
  const provideContext = (): void =>
    view().setContext(() => ({
      now: runtime.now(),
      isMine,
      isMarked: (id) => marked.has(id),
      isInvalid: (row) => (planOf(row)?.length ?? 0) > 0 && planOf(row) !== 'unknown',
    }));
  provideContext();

  /** What one drawing has no time for is looked at in tasks of its own. */
  const scanOn = async (): Promise<void> => {
    if (isScanning) return;
    isScanning = true;
    do await nextTask();
    while (!document.hidden && !view().advance(FILTER_BUDGET_MS));
    isScanning = false;
    draw();
  };

  const footHeight = (): number => (view().isHeld() || session().isWaiting?.() ? PILL_PX : 0);
  const count = (): number => snapshot.end - snapshot.first + cutRows(snapshot);
  const indexOf = (id: number): number => snapshot.find(id) - snapshot.first + cutRows(snapshot);
  const indexOfSelected = (): number | undefined =>
    selected === undefined ? undefined : indexOf(selected);
  const select = (index: number): void => {
    const lowest = cutRows(snapshot);
    const row = rowAt(snapshot, Math.min(count() - 1, Math.max(lowest, index)));
    if (row) go(row);
  };
  const hold = (): void => {
    if (view().isHeld()) return;
    view().hold();
    hasLeftEnd = false;
  };
  const go = (row: Row): void => {
    hold();
    // A row that is held back is shown, and those before it.
    view().hold(row.id + 1);
    selected = row.id;
    mustReveal = true;
  };
  const follow = (): void => {
    view().follow();
    session().readOn?.();
    selected = opened?.id;
    cell = undefined;
  };
  const open = (row: Row): void => {
    go(row);
    opened = row;
  };
  const shape = (): TableShape => {
    const width = scroller()?.clientWidth ?? 0;
    const cards = width > 0 && width < CARDS_BELOW_PX;
    const isTouch = isCoarse.matches;
    if (cards) return { cards, rowHeight: columns.paths().length > 0 ? 68 : 50, headHeight: 0 };
    return { cards, rowHeight: isTouch ? 44 : 28, headHeight: isTouch ? 44 : 28 };
  };
  const seekIn = (
    list: Pick<Snapshot, 'first' | 'end' | 'at' | 'find'>,
    direction: 1 | -1,
    test: (row: Row) => boolean,
  ): Row | undefined => {
    const { first, end, at, find } = list;
    const isThere = selected !== undefined && at(find(selected))?.id === selected;
    // Where the selected row is not in the list, `find` answers with the one after it.
    const down = selected === undefined ? end : find(selected) + (isThere ? 1 : 0);
    const from = direction === 1 ? down : selected === undefined ? end - 1 : find(selected) - 1;
    for (let position = from; position >= first && position < end; position += direction) {
      const row = at(position);
      if (row && test(row)) return row;
    }
    return undefined;
  };
  /** A filter for marked rows, or for what a person changed in another way, is asked anew. */
  const refilter = (): void => {
    if (/marked/.test(view().filterText())) view().setFilter(view().filterText());
  };

  /** Holds when a person scrolled up, and follows when they came to the end again. The table's own scrolling says nothing. */
  const heed = (): void => {
    const moved = rows.read();
    if (moved === 0) return;
    const isAtEnd = rows.isAtEnd();
    if (!view().isHeld()) {
      if (moved < 0 && !isAtEnd) {
        hold();
        hasLeftEnd = true;
      }
    } else if (!isAtEnd) hasLeftEnd = true;
    else if (hasLeftEnd && !opened) follow();
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

  return {
    advance: () => {
      const done = view().advance(FILTER_BUDGET_MS);
      if (!done) void scanOn();
      // Through every change of the filter the selected row stays in sight, as soon as it is found.
      if (view().filterText() !== filtered) {
        mustReveal = selected !== undefined;
        if (done) filtered = view().filterText();
      }
      snapshot = view().snapshot();
      return done;
    },
    snapshot: () => snapshot,
    shape,
    height: () => {
      heed();
      return count() * shape().rowHeight + footHeight();
    },
    place: () => {
      const { rowHeight, headHeight } = shape();
      // Of the rows as they are drawn now, when it is asked later.
      const shown = snapshot;
      const range = rows.place({
        count: count(),
        idAt: (index) => rowAt(shown, index)?.id,
        indexOf,
        rowHeight,
        headHeight,
        follow: !view().isHeld(),
        footHeight: footHeight(),
        reveal: mustReveal ? indexOfSelected() : undefined,
      });
      mustReveal = false;
      return range;
    },
    selected: () => selected,
    opened: () => opened,
    open,
    close: () => {
      opened = undefined;
    },
    follow,
    toggleHold: () => {
      if (view().isHeld()) follow();
      else hold();
    },
    move,
    openSelected: () => {
      const row = rowAt(snapshot, indexOfSelected() ?? count() - 1);
      if (row) open(row);
    },
    go,
    seek: (direction, test) => {
      const { first, end, at, find } = session().model.rows;
      return seekIn({ first: first(), end: end(), at, find }, direction, test);
    },
    seekShown: (direction, test) => seekIn(snapshot, direction, test),
    marked: () => marked,
    toggleMark: () => {
      if (selected !== undefined && !marked.delete(selected)) marked.add(selected);
      refilter();
    },
    reference: () => reference,
    setReference: (row) => {
      reference = row;
    },
    columns: columns.paths,
    addColumn: columns.add,
    removeColumn: (path) => {
      columns.remove(path);
      if (cell === path) cell = undefined;
    },
    setColumns: columns.set,
    cell: () => cell,
    setCell: (next) => {
      cell = next;
    },
    planOf,
    reset: () => {
      selected = undefined;
      cell = undefined;
      opened = undefined;
      reference = undefined;
      marked.clear();
      provideContext();
      snapshot = view().snapshot();
    },
    onScroll: heed,
  };
}
