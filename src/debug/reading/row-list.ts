/** A list that grows at its end and is cut at its beginning. Positions never shift: the first row ever is 0. */
export interface RowList<Row extends { readonly id: number }> {
  /** Position of the oldest row that is still here. */
  readonly first: () => number;
  /** One past the position of the newest. */
  readonly end: () => number;
  readonly at: (position: number) => Row | undefined;
  readonly push: (row: Row) => void;
  /** Removes the oldest row. */
  readonly shift: () => Row | undefined;
  /** Position of the row with this id, or of the next one; ids ascend. */
  readonly find: (id: number) => number;
}

/** The oldest row that is so. */
export function findRow<Row extends { readonly id: number }>(
  rows: Pick<RowList<Row>, 'first' | 'end' | 'at'>,
  isSo: (row: Row) => boolean,
): Row | undefined {
  for (let at = rows.first(); at < rows.end(); at++) {
    const row = rows.at(at);
    if (row && isSo(row)) return row;
  }
  return undefined;
}

/** Array.shift moves every row; so slots are emptied, and the array is cut when as many are empty. */
const MIN_CUT = 1024;

export function createRowList<Row extends { readonly id: number }>(): RowList<Row> {
  let rows: (Row | undefined)[] = [];
  let head = 0;
  let offset = 0;
  const end = (): number => offset + rows.length;
  const at = (position: number): Row | undefined => rows[position - offset];
  return {
    first: () => offset + head,
    end,
    at,
    push: (row) => {
      rows.push(row);
    },
    shift: () => {
      if (head === rows.length) return undefined;
      const row = rows[head];
      rows[head++] = undefined;
      if (head >= MIN_CUT && head * 2 >= rows.length) {
        rows = rows.slice(head);
        offset += head;
        head = 0;
      }
      return row;
    },
    find: (id) => {
      let low = offset + head;
      let high = end();
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((at(middle)?.id ?? 0) < id) low = middle + 1;
        else high = middle;
      }
      return low;
    },
  };
}
