import type { LaneRange } from '../protocol/event.ts';
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
  return rejected.flatMap(({ lane, first, count, code, reason, at }) => {
    const from = Math.max(first, settled.first, segment.first);
    const to = Math.min(
      first + count,
      settled.first + settled.count,
      segment.first + segment.count,
    );
    if (lane !== segment.lane || from >= to) return [];
    return [{ ...runOf(segment, from - segment.first, to - from), code, reason, at }];
  });
}

/** The newest that the store keeps, oldest first. */
export function newestRejected(rejected: readonly RejectedSegment[]): RejectedSegment[] {
  let room = MAX_REJECTED_EVENTS;
  return [...rejected]
    .reverse()
    .sort((a, b) => b.at - a.at)
    .flatMap((run) => {
      const kept = Math.min(run.count, room);
      room -= kept;
      return kept > 0 ? [runOf(run, run.count - kept, kept)] : [];
    })
    .reverse();
}
