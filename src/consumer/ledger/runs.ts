/**
 * A set of whole numbers as the runs they form: a lane of a million events without a hole is one run. Plain data and
 * functions: a ledger holds one for each of a million lanes, and methods would cost more than the numbers.
 */
export interface Runs {
  /** How many numbers, and how many runs they form. */
  count: number;
  size: number;
  /** The lowest and the highest number. While there is but one run, this is it, with its mark. */
  first: number;
  last: number;
  mark: number;
  /** Two runs and more, ascending: `first, last, mark` of one after the other, in pieces that are quick to insert into. */
  chunks: number[][] | undefined;
}

/**
 * Both ends are included. The mark is that of the run's highest number, or of one below where that has none: whoever adds
 * says what it means, and 0 is none.
 */
export type Run = readonly [first: number, last: number, mark: number];

/** Numbers that a run takes in a chunk. */
export const WIDTH = 3;
export function createRuns(): Runs {
  return { count: 0, size: 0, first: 0, last: 0, mark: 0, chunks: undefined };
}

export function copyRuns(runs: Runs): Runs {
  return { ...runs, chunks: runs.chunks?.map((chunk) => [...chunk]) };
}

/** The run that the number is in. */
export function runAt(runs: Runs, value: number): Run | undefined {
  const [run] = runsFrom(runs, value);
  return run && run[0] <= value ? run : undefined;
}

export function hasNumber(runs: Runs, value: number): boolean {
  if (value < runs.first || value > runs.last || runs.size === 0) return false;
  return !runs.chunks || runAt(runs, value) !== undefined;
}

/** The runs of what is absent from `first` to `last`. */
export function absentFrom(runs: Runs, first: number, last: number): [number, number][] {
  const gaps: [number, number][] = [];
  let next = first;
  for (const [start, end] of runsFrom(runs, first)) {
    if (start > last) break;
    if (start > next) gaps.push([next, start - 1]);
    next = end + 1;
  }
  if (next <= last) gaps.push([next, last]);
  return gaps;
}

/** How many of the numbers from `first` to `last` are there. */
export function countIn(runs: Runs, first: number, last: number): number {
  let count = 0;
  for (const [start, end] of runsFrom(runs, first)) {
    if (start > last) break;
    count += Math.min(end, last) - Math.max(start, first) + 1;
  }
  return count;
}

/** The runs that end at `value` or later, ascending. */
export function* runsFrom(runs: Runs, value: number): Generator<Run, undefined> {
  if (!runs.chunks) {
    if (runs.size > 0 && runs.last >= value) yield [runs.first, runs.last, runs.mark];
    return undefined;
  }
  let [chunk, at] = placeOf(runs.chunks, value);
  for (; chunk < runs.chunks.length; chunk++, at = 0) {
    const here = runs.chunks[chunk] ?? [];
    for (; at < here.length; at += WIDTH) {
      yield [numberAt(here, at), numberAt(here, at + 1), numberAt(here, at + 2)];
    }
  }
  return undefined;
}

/** `first, last, mark` of one run after the other. */
export function flatten(runs: Runs): number[] {
  return spread(runs).flat();
}

/** The runs as chunks, whether they stand in some or not. */
export function spread(runs: Runs): number[][] {
  if (runs.chunks) return runs.chunks;
  return runs.size === 0 ? [] : [[runs.first, runs.last, runs.mark]];
}

/** A chunk, and where in it a run begins. */
export type Place = readonly [chunk: number, at: number];

/** That of the first run that ends at `value` or later. */
export function placeOf(chunks: readonly number[][], value: number): Place {
  let low = 0;
  let high = chunks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const chunk = chunks[middle] ?? [];
    if (numberAt(chunk, chunk.length - 2) < value) low = middle + 1;
    else high = middle;
  }
  const chunk = chunks[low];
  if (!chunk) return [low, 0];
  let from = 0;
  let to = chunk.length / WIDTH;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (numberAt(chunk, middle * WIDTH + 1) < value) from = middle + 1;
    else to = middle;
  }
  return [low, from * WIDTH];
}

export function numberAt(chunk: readonly number[], at: number): number {
  return chunk[at] as number;
}
