/** Which rows are drawn, and where the scroll stands. Rows are equally high, so a row's place is its index times its height. */

export interface RowTable {
  readonly count: number;
  /** `undefined` for a line that is no row. */
  readonly idAt: (index: number) => number | undefined;
  /** The index of the row with this id, or of the next one. */
  readonly indexOf: (id: number) => number;
  readonly rowHeight: number;
  /** Height of the sticky head above the first row. */
  readonly headHeight: number;
  /** Empty space below the last row. */
  readonly footHeight: number;
  /** Keeps the newest row in sight. */
  readonly follow: boolean;
  /** A row to bring into sight. */
  readonly reveal: number | undefined;
}

/** Indexes of the rows to draw, `end` excluded. */
export interface RowRange {
  readonly start: number;
  readonly end: number;
}

export interface RowWindow {
  /**
   * To be called when the height of all rows is in the page: puts the scroll where it belongs, and answers with the rows that
   * are then in sight. What is read stays in its place, whatever leaves above it, and however high rows become.
   */
  readonly place: (table: RowTable) => RowRange;
  /**
   * Where a person scrolled to is what they read. To be called when the scroll moved, and before the height of all rows changes:
   * that moves the scroll too. Answers with how far down it was; 0 where the scroll stands as it was placed.
   */
  readonly read: () => number;
  readonly isAtEnd: () => boolean;
  /** Rows that fit into sight, but for one. */
  readonly pageSize: () => number;
}

/** Rows drawn above and below what is seen: a turn of the wheel is there before the next drawing. */
const OVERSCAN = 10;

/** Pixels by which a scroll may miss the end: fractions of the device's pixels, and no turn of a wheel. */
const END_PX = 4;

export function createRowWindow(scroller: () => HTMLElement | null): RowWindow {
  let last: RowTable | undefined;
  /** The topmost row, and how much of it is hidden. */
  let anchor: { readonly id: number | undefined; readonly offset: number } | undefined;
  let lastTop = 0;

  const anchorAt = (top: number, { rowHeight, idAt }: RowTable): typeof anchor => {
    const index = Math.floor(top / rowHeight);
    return { id: idAt(index), offset: top / rowHeight - index };
  };

  return {
    place: (table) => {
      const { count, rowHeight, headHeight, footHeight, reveal } = table;
      const element = scroller();
      if (!element) return { start: 0, end: 0 };
      const seen = element.clientHeight;
      const bottom = Math.max(0, headHeight + count * rowHeight + footHeight - seen);
      let top = element.scrollTop;
      if (table.follow) top = bottom;
      else if (anchor?.id !== undefined) {
        top = (table.indexOf(anchor.id) + anchor.offset) * rowHeight;
      }
      if (reveal !== undefined) {
        const above = reveal * rowHeight;
        top = Math.min(above, Math.max(top, above + headHeight + rowHeight + footHeight - seen));
      }
      top = Math.round(Math.min(bottom, Math.max(0, top)));
      if (Math.abs(element.scrollTop - top) >= 1) element.scrollTop = top;
      lastTop = element.scrollTop;
      last = table;
      anchor = anchorAt(top, table);
      return {
        start: Math.max(0, Math.floor(top / rowHeight) - OVERSCAN),
        end: Math.min(count, Math.ceil((top + seen) / rowHeight) + OVERSCAN),
      };
    },
    read: () => {
      const top = scroller()?.scrollTop ?? 0;
      const moved = top - lastTop;
      if (!last || Math.abs(moved) <= 1) return 0;
      anchor = anchorAt(top, last);
      lastTop = top;
      return moved;
    },
    isAtEnd: () => {
      const element = scroller();
      return !element || element.scrollHeight - element.scrollTop - element.clientHeight <= END_PX;
    },
    pageSize: () => {
      const { rowHeight = 28, headHeight = 0 } = last ?? {};
      const seen = scroller()?.clientHeight ?? 0;
      return Math.max(1, Math.floor((seen - headHeight) / rowHeight) - 1);
    },
  };
}
