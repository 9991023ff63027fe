import type { LaneRange } from '../protocol/event.ts';
import { segmentBytes } from './segment.ts';
import type { LogStats, StoredSegment } from './types.ts';

/** What the segments up to an id amount to: kept, so that nobody has to load the whole log to know its size. */
export interface Tally {
  upTo: number;
  segments: number;
  events: number;
  bytes: number;
  /** What was found to be lost and has not been settled since. Not counted. */
  lost: LaneRange[];
}

export function createTally(upTo: number): Tally {
  return { upTo, segments: 0, events: 0, bytes: 0, lost: [] };
}

/** Adds a segment, or takes it off. One beyond the tally is not in it: it is counted when the tally gets there. */
export function addToTally(tally: Tally, segment: StoredSegment, sign: 1 | -1): void {
  if (segment.id > tally.upTo) return;
  tally.segments += sign;
  tally.events += sign * segment.count;
  tally.bytes += sign * segmentBytes(segment);
}

export function statsOf(
  { segments, events, bytes }: Tally,
  oldest: StoredSegment | undefined,
  inMemory: number = events,
): LogStats {
  return { segments, events, bytes, oldestAt: oldest?.createdAt, inMemory };
}
