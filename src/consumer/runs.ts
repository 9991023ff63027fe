/** A set of whole numbers as the runs they form: a lane of a million events without a hole is one pair. */
export interface Runs {
  /** Adds `first` to `last`, both included. Tells how many of them are new. */
  readonly add: (first: number, last: number) => number;
  readonly has: (value: number) => boolean;
  /** The runs of what is absent from `first` to `last`. */
  readonly absent: (first: number, last: number) => Run[];
}

export type Run = readonly [first: number, last: number];

export function createRuns(): Runs {
  /** Ascending; between two runs at least one number is absent. */
  const runs: Run[] = [];

  /** The place of the first run that ends at `value` or later. From the end: numbers arrive nearly in order. */
  function placeOf(value: number): number {
    let low = 0;
    let high = runs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (lastOf(runs[middle]) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function add(first: number, last: number): number {
    // Neighbours grow together, therefore one less and one more.
    const from = placeOf(first - 1);
    let to = from;
    let added = last - first + 1;
    let start = first;
    let end = last;
    for (let run = runs[to]; run && run[0] <= last + 1; run = runs[++to]) {
      added -= Math.max(0, Math.min(last, run[1]) - Math.max(first, run[0]) + 1);
      start = Math.min(start, run[0]);
      end = Math.max(end, run[1]);
    }
    runs.splice(from, to - from, [start, end]);
    return added;
  }

  function has(value: number): boolean {
    const run = runs[placeOf(value)];
    return run !== undefined && run[0] <= value;
  }

  function absent(first: number, last: number): Run[] {
    const gaps: Run[] = [];
    let next = first;
    for (let at = placeOf(first); next <= last; at++) {
      const [start, end] = runs[at] ?? [last + 1, last];
      if (start > next) gaps.push([next, Math.min(start - 1, last)]);
      next = end + 1;
    }
    return gaps;
  }

  return { add, has, absent };
}

function lastOf(run: Run | undefined): number {
  return run ? run[1] : 0;
}
