/** When rows came to be seen: one mark a drawing, not one a row. */
export interface ShownLog {
  /** Everything up to this row is on the screen now, or above it. */
  readonly mark: (lastId: number, at: number) => void;
  readonly of: (id: number) => number | undefined;
}

/** Three minutes of drawings at the fastest pace; older rows go without this leg. */
const MAX_MARKS = 2_000;

export function createShownLog(): ShownLog {
  const marks: { readonly lastId: number; readonly at: number }[] = [];
  let forgotten = -1;
  return {
    mark: (lastId, at) => {
      if (lastId <= (marks.at(-1)?.lastId ?? forgotten)) return;
      marks.push({ lastId, at });
      if (marks.length > MAX_MARKS) forgotten = marks.shift()?.lastId ?? forgotten;
    },
    of: (id) => {
      if (id <= forgotten) return undefined;
      let low = 0;
      let high = marks.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((marks[middle]?.lastId ?? id) < id) low = middle + 1;
        else high = middle;
      }
      return marks[low]?.at;
    },
  };
}
