import { segmentBytes } from './segment.ts';
import type { LogStats, StoredSegment } from './types.ts';

/** What the segments up to an id amount to: kept, so that nobody has to load the whole log to know its size. */
export interface Tally {
  upTo: number;
  segments: number;
  events: number;
  bytes: number;
}

export function createTally(upTo: number): Tally {
  return { upTo, segments: 0, events: 0, bytes: 0 };
}

/** Adds a segment, or takes it off. One beyond the tally is not in it: it is counted when the tally gets there. */
export function addToTally(tally: Tally, segment: StoredSegment, sign: 1 | -1): void {
  if (segment.id > tally.upTo) return;
  tally.segments += sign;
  tally.events += sign * segment.count;
  tally.bytes += sign * segmentBytes(segment);
}

export function statsOf({ upTo, ...sums }: Tally, oldest: StoredSegment | undefined): LogStats {
  return { ...sums, oldestAt: oldest?.createdAt };
}
