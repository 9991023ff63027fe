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

const WIDTH = 3;
/** Where a hole fills in front of a million others, this much is moved, and not all of it. */
const MAX_CHUNK = 128 * WIDTH;

export function createRuns(): Runs {
  return { count: 0, size: 0, first: 0, last: 0, mark: 0, chunks: undefined };
}

export function copyRuns(runs: Runs): Runs {
  return { ...runs, chunks: runs.chunks?.map((chunk) => [...chunk]) };
}

/** Adds `first` to `last`. Tells how many of them are new. */
export function addRun(runs: Runs, first: number, last: number, mark = 0): number {
  // Nearly every event is the next one of a lane without a hole.
  if (!runs.chunks && first === runs.last + 1 && runs.size === 1) {
    runs.last = last;
    runs.mark = mark || runs.mark;
    runs.count += last - first + 1;
    return last - first + 1;
  }
  const before = runs.count;
  const chunks = spread(runs);
  const place = placeOf(chunks, first - 1);
  if (place[0] < chunks.length) merge(runs, chunks, place, [first, last, mark]);
  else append(runs, chunks, [first, last, mark]);
  fold(runs, chunks);
  return runs.count - before;
}

/** What the run overlaps, and its neighbours, become one with it. */
function merge(runs: Runs, chunks: number[][], [chunk, at]: Place, [first, last, mark]: Run): void {
  let start = first;
  let end = last;
  let lower = 0;
  let upper = 0;
  let until = chunk;
  let to = at;
  for (;;) {
    const here = chunks[until] ?? [];
    while (to < here.length && numberAt(here, to) <= last + 1) {
      const low = numberAt(here, to);
      const high = numberAt(here, to + 1);
      const its = numberAt(here, to + 2);
      start = Math.min(start, low);
      end = Math.max(end, high);
      if (high > last) upper = its;
      else lower = its || lower;
      runs.count -= high - low + 1;
      runs.size--;
      to += WIDTH;
    }
    if (to < here.length || until + 1 === chunks.length) break;
    until++;
    to = 0;
  }
  runs.count += end - start + 1;
  runs.size++;
  const one = chunks[chunk] ?? [];
  const run = [start, end, upper || mark || lower];
  if (until === chunk) {
    one.splice(at, to - at, ...run);
  } else {
    const rest = (chunks[until] ?? []).slice(to);
    one.splice(at, one.length, ...run);
    chunks.splice(chunk + 1, until - chunk, ...(rest.length > 0 ? [rest] : []));
  }
  split(chunks, chunk);
}

/** Above all others. A full chunk is left full: numbers mostly rise. */
function append(runs: Runs, chunks: number[][], run: Run): void {
  const tail = chunks.at(-1);
  if (tail && tail.length < MAX_CHUNK) tail.push(...run);
  else chunks.push([...run]);
  runs.count += run[1] - run[0] + 1;
  runs.size++;
}

/** Takes one number out. Tells whether it was there. The marks of what is left are lost. */
export function removeNumber(runs: Runs, value: number): boolean {
  const chunks = spread(runs);
  const [chunk, at] = placeOf(chunks, value);
  const here = chunks[chunk];
  if (!here || numberAt(here, at) > value) return false;
  const first = numberAt(here, at);
  const last = numberAt(here, at + 1);
  const left = first < value ? [first, value - 1, 0] : [];
  const right = value < last ? [value + 1, last, 0] : [];
  here.splice(at, WIDTH, ...left, ...right);
  if (here.length === 0) chunks.splice(chunk, 1);
  runs.count--;
  runs.size += (left.length + right.length) / WIDTH - 1;
  split(chunks, chunk);
  fold(runs, chunks);
  return true;
}

/** Forgets the run of the lowest numbers. */
export function dropLowest(runs: Runs): void {
  const chunks = spread(runs);
  const [lowest] = chunks;
  if (!lowest) return;
  const [first = 0, last = 0] = lowest.splice(0, WIDTH);
  if (lowest.length === 0) chunks.shift();
  runs.count -= last - first + 1;
  runs.size--;
  fold(runs, chunks);
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

type Place = readonly [chunk: number, at: number];

/** That of the first run that ends at `value` or later. */
function placeOf(chunks: readonly number[][], value: number): Place {
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

function split(chunks: number[][], chunk: number): void {
  const here = chunks[chunk];
  if (!here || here.length <= MAX_CHUNK) return;
  const half = Math.floor(here.length / WIDTH / 2) * WIDTH;
  chunks.splice(chunk + 1, 0, here.splice(half));
}

function spread(runs: Runs): number[][] {
  if (runs.chunks) return runs.chunks;
  return runs.size === 0 ? [] : [[runs.first, runs.last, runs.mark]];
}

function fold(runs: Runs, chunks: number[][]): void {
  const tail = chunks.at(-1) ?? [];
  runs.first = chunks[0]?.[0] ?? 0;
  runs.last = tail.at(-2) ?? 0;
  runs.mark = tail.at(-1) ?? 0;
  runs.chunks = runs.size > 1 ? chunks : undefined;
}

function numberAt(chunk: readonly number[], at: number): number {
  return chunk[at] as number;
}
