/** How runs grow and shrink. */

import { numberAt, type Place, placeOf, type Run, type Runs, spread, WIDTH } from './runs.ts';

/** Where a hole fills in front of a million others, this much is moved, and not all of it. */
const MAX_CHUNK = 128 * WIDTH;

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

function split(chunks: number[][], chunk: number): void {
  const here = chunks[chunk];
  if (!here || here.length <= MAX_CHUNK) return;
  const half = Math.floor(here.length / WIDTH / 2) * WIDTH;
  chunks.splice(chunk + 1, 0, here.splice(half));
}

function fold(runs: Runs, chunks: number[][]): void {
  const tail = chunks.at(-1) ?? [];
  runs.first = chunks[0]?.[0] ?? 0;
  runs.last = tail.at(-2) ?? 0;
  runs.mark = tail.at(-1) ?? 0;
  runs.chunks = runs.size > 1 ? chunks : undefined;
}
