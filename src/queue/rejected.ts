import type { LaneRange } from '../protocol/event.ts';
import { overlap } from './lane-range.ts';
import { runOf } from './remainder.ts';
import {
  MAX_REJECTED_EVENTS,
  type RejectedRun,
  type RejectedSegment,
  type Segment,
} from './types.ts';

/** What goes to the rejected store when a range of a segment is settled. */
export function rejectedOf(
  segment: Segment,
  settled: LaneRange,
  rejected: readonly RejectedRun[],
): RejectedSegment[] {
  return rejected.flatMap((run) => {
    const refused = overlap(run, settled);
    const range = refused && overlap(refused, segment);
    return range ? [{ ...run, ...runOf(segment, range) }] : [];
  });
}

/** The newest that the store keeps, oldest first. */
export function newestRejected(rejected: readonly RejectedSegment[]): RejectedSegment[] {
  let room = MAX_REJECTED_EVENTS;
  return [...rejected]
    .reverse()
    .sort((a, b) => b.at - a.at)
    .flatMap((run) => {
      const count = Math.min(run.count, room);
      room -= count;
      return count > 0 ? [runOf(run, { first: run.first + run.count - count, count })] : [];
    })
    .reverse();
}
