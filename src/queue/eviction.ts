import { segmentBytes } from './segment.ts';
import type { LogBounds, LogStats, Segment, StoredSegment, Surplus } from './types.ts';

/** 2020-01-01. A clock that says less was never set: nobody knows how old that segment is. */
const CLOCKS_ARE_SET_SINCE = 1_577_836_800_000;
/** What of the bounds stays when they are exceeded: not every append shall be one too many. */
const KEPT_PART = 0.9;
const PAGE_SEGMENTS = 16;

/** The segments of a log, as much as has to be looked at. */
export interface Shelf {
  /** Some of them, oldest first; none where there are no more. */
  readonly page: (afterId: number) => Promise<readonly StoredSegment[]>;
  /** The ids of one priority, ascending. */
  readonly ids: (priority: Segment['priority']) => Promise<number[]>;
  readonly load: (ids: readonly number[]) => Promise<readonly StoredSegment[]>;
}

/** Whether a look at the segments themselves is needed. */
export function hasSurplus(
  { createdSince = 0, ...bounds }: LogBounds,
  { oldestAt = createdSince, ...stats }: LogStats,
): boolean {
  return isBeyond(bounds, stats, 1) || oldestAt < createdSince;
}

/** What has to go: the too old, and then so much of the lowest priority that a part of both bounds is free. */
export async function findSurplus(
  shelf: Shelf,
  { createdSince = 0, policy, ...bounds }: LogBounds,
  stats: LogStats,
): Promise<Surplus[]> {
  const left = { events: stats.events, bytes: stats.bytes };
  const gone = new Map<number, Surplus>();
  const giveUp = (segment: StoredSegment, reason: Surplus['reason']): void => {
    const { id, lane, first, count } = segment;
    if (gone.has(id)) return;
    gone.set(id, { lane, first, count, reason });
    left.events -= count;
    left.bytes -= segmentBytes(segment);
  };

  let page = createdSince > 0 ? await shelf.page(0) : [];
  while (page.length > 0) {
    const dated = page.filter(({ createdAt }) => createdAt >= CLOCKS_ARE_SET_SINCE);
    const old = dated.filter(({ createdAt }) => createdAt < createdSince);
    for (const segment of old) giveUp(segment, 'too_old');
    // The log is in the order of writing, which is almost that of age.
    if (old.length === 0 && dated.length > 0) break;
    page = await shelf.page(page.at(-1)?.id ?? 0);
  }

  if (!isBeyond(bounds, left, 1)) return joinRuns([...gone.values()]);
  for (const priority of ['low', undefined, 'high'] as const) {
    const ids = isBeyond(bounds, left, KEPT_PART) ? await shelf.ids(priority) : [];
    if (policy === 'drop-newest') ids.reverse();
    while (ids.length > 0 && isBeyond(bounds, left, KEPT_PART)) {
      for (const segment of await shelf.load(ids.splice(0, PAGE_SEGMENTS))) {
        if (isBeyond(bounds, left, KEPT_PART)) giveUp(segment, 'queue_full');
      }
    }
  }
  return joinRuns([...gone.values()]);
}

function isBeyond(
  { maxEvents, maxBytes }: Pick<LogBounds, 'maxEvents' | 'maxBytes'>,
  { events, bytes }: Pick<LogStats, 'events' | 'bytes'>,
  part: number,
): boolean {
  return events > maxEvents * part || bytes > maxBytes * part;
}

/** Runs of one lane and reason that touch become one. */
export function joinRuns(runs: readonly Surplus[]): Surplus[] {
  const joined: Surplus[] = [];
  const ends = new Map<string, number>();
  for (const run of [...runs].sort((a, b) => a.first - b.first)) {
    const key = run.lane + run.reason;
    const index = ends.get(key) ?? joined.length;
    const last = joined[index] ?? { ...run, count: 0 };
    const isTouching = last.first + last.count === run.first;
    const at = isTouching ? index : joined.length;
    joined[at] = isTouching ? { ...last, count: last.count + run.count } : run;
    ends.set(key, at);
  }
  return joined;
}
