/** A value and how often it came, by a sketch that keeps only so many of them. */
export interface Counter {
  readonly value: string;
  /** Never less than it was. */
  count: number;
  /** How much of `count` may be others'. */
  error: number;
  /** Its place in the heap. */
  place: number;
}

/**
 * The most frequent values of a stream in bounded memory: Metwally, Agrawal, El Abbadi, "Efficient Computation of Frequent
 * and Top-k Elements in Data Streams", 2005. Merging by Agarwal and others, "Mergeable Summaries", 2012. Whatever came more
 * often than the total divided by `capacity` is there, and no count is too high by more than that.
 */
export interface SpaceSaving {
  readonly counters: Map<string, Counter>;
  /** The same with the least at the root. */
  readonly heap: Counter[];
}

export function createSpaceSaving(): SpaceSaving {
  return { counters: new Map(), heap: [] };
}

export function addToSpaceSaving(
  summary: SpaceSaving,
  capacity: number,
  value: string,
  weight: number,
): void {
  const { counters, heap } = summary;
  const known = counters.get(value);
  if (known) {
    known.count += weight;
    sink(heap, known);
    return;
  }
  const error = floorOf(summary, capacity);
  if (heap.length < capacity) {
    enter(summary, { value, count: weight, error });
    return;
  }
  const least = heap[0] as Counter;
  counters.delete(least.value);
  const counter = { value, count: error + weight, error, place: 0 };
  counters.set(value, counter);
  heap[0] = counter;
  sink(heap, counter);
}

export function mergeSpaceSaving(summary: SpaceSaving, capacity: number, other: SpaceSaving): void {
  const ofOther = floorOf(other, capacity);
  if (ofOther === 0) {
    // Exact counts are as good as a stream.
    for (const { value, count } of other.heap) addToSpaceSaving(summary, capacity, value, count);
    return;
  }
  const ours = floorOf(summary, capacity);
  const merged = new Map<string, Pick<Counter, 'value' | 'count' | 'error'>>();
  for (const { value, count, error } of summary.heap) {
    const theirs = other.counters.get(value) ?? { count: ofOther, error: ofOther };
    merged.set(value, { value, count: count + theirs.count, error: error + theirs.error });
  }
  for (const { value, count, error } of other.heap) {
    if (!merged.has(value)) merged.set(value, { value, count: count + ours, error: error + ours });
  }
  const ranked = [...merged.values()].sort((one, next) => next.count - one.count);
  summary.counters.clear();
  summary.heap.length = 0;
  for (const counter of ranked.slice(0, capacity)) enter(summary, counter);
}

/** What a value that is not there may have come to: in a full one as much as the least that is. */
function floorOf({ heap }: SpaceSaving, capacity: number): number {
  return heap.length < capacity ? 0 : (heap[0]?.count ?? 0);
}

function enter({ counters, heap }: SpaceSaving, counter: Omit<Counter, 'place'>): void {
  const entered = { ...counter, place: heap.length };
  counters.set(counter.value, entered);
  heap.push(entered);
  rise(heap, entered);
}

function rise(heap: Counter[], counter: Counter): void {
  while (counter.place > 0) {
    const parent = heap[(counter.place - 1) >> 1];
    if (!parent || parent.count <= counter.count) return;
    swap(heap, counter, parent);
  }
}

function sink(heap: Counter[], counter: Counter): void {
  for (;;) {
    const left = heap[2 * counter.place + 1];
    const right = heap[2 * counter.place + 2];
    const lesser = right && left && right.count < left.count ? right : left;
    if (!lesser || lesser.count >= counter.count) return;
    swap(heap, counter, lesser);
  }
}

function swap(heap: Counter[], one: Counter, other: Counter): void {
  [one.place, other.place] = [other.place, one.place];
  heap[one.place] = one;
  heap[other.place] = other;
}
