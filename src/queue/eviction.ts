import type { LaneRange } from '../protocol/event.ts';
import { joinRuns } from './lane-range.ts';
import { PAGE_RECORDS } from './records.ts';
import { segmentBytes } from './segment.ts';
import type { LogBounds, LogStats, Segment, StoredSegment, Surplus } from './types.ts';

/** 2020-01-01. A clock that says less was never set: nobody knows how old that segment is. */
const CLOCKS_ARE_SET_SINCE = 1_577_836_800_000;
/** What of the bounds stays when they are exceeded: not every append shall be one too many. */
const KEPT_PART = 0.9;

/** The segments of a log, as much as has to be looked at. */
export interface Shelf {
  /** Some of them, oldest first; none where there are no more. */
  readonly page: (afterId: number) => Promise<readonly StoredSegment[]>;
  /** The ids of one priority, ascending. */
  readonly ids: (priority: Segment['priority']) => Promise<number[]>;
  readonly load: (ids: readonly number[]) => Promise<readonly StoredSegment[]>;
}

/** What has to go: the lost, the too old, and then so much of the lowest priority that a part of both bounds is free. */
export async function findSurplus(
  shelf: Shelf,
  { createdSince = 0, policy, maxEvents, maxBytes }: LogBounds,
  { events, bytes }: Pick<LogStats, 'events' | 'bytes'>,
  lost: readonly LaneRange[] = [],
): Promise<Surplus[]> {
  const isBeyond = (part: number): boolean => events > maxEvents * part || bytes > maxBytes * part;
  const gone = new Map<number, Surplus>();
  const giveUp = (segment: StoredSegment, reason: Surplus['reason']): void => {
    const { id, lane, first, count } = segment;
    if (gone.has(id)) return;
    gone.set(id, { lane, first, count, reason });
    events -= count;
    bytes -= segmentBytes(segment);
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

  const keptPart = isBeyond(1) ? KEPT_PART : Number.POSITIVE_INFINITY;
  for (const priority of ['low', undefined, 'high'] as const) {
    const ids = isBeyond(keptPart) ? await shelf.ids(priority) : [];
    if (policy === 'drop-newest') ids.reverse();
    while (ids.length > 0 && isBeyond(keptPart)) {
      for (const segment of await shelf.load(ids.splice(0, PAGE_RECORDS))) {
        if (isBeyond(keptPart)) giveUp(segment, 'queue_full');
      }
    }
  }
  // The too old come first.
  return joinRuns([
    ...lost.map((range) => ({ ...range, reason: 'storage_lost' as const })),
    ...gone.values(),
  ]);
}
