import type { LaneRange } from '../protocol/event.ts';
import { sliceLines } from './lines.ts';
import type { Segment, StoredSegment } from './types.ts';

/**
 * How far apart the ids of two neighbouring events of one segment are. Ids of whole segments are whole numbers, so what
 * is left of one lies between it and the next, however often it is cut; 2^20 events fit a segment, and 2^33 segments
 * leave a double exact.
 */
const EVENT_STEP = 2 ** -20;

/**
 * What stays of a segment when a range is settled: nothing, itself, or the run before and the run after, each in its
 * place and with its lines as they were.
 */
export function remainderOf(segment: StoredSegment, range: LaneRange): readonly StoredSegment[] {
  if (segment.lane !== range.lane) return [segment];
  const { id, first, count } = segment;
  const run = (from: number, to: number): StoredSegment => {
    const kept = runOf(segment, from, to - from);
    return kept === segment ? segment : { ...kept, id: id + from * EVENT_STEP };
  };
  const start = range.first - first;
  const end = start + range.count;
  // A range beside the segment leaves one of the two runs whole, and the other without an event.
  return [run(0, Math.min(start, count)), run(Math.max(end, 0), count)].filter(
    ({ count }) => count > 0,
  );
}

/** `count` events from the one at `from` on; the whole is itself. Ciphertext is not cut. */
export function runOf<T extends Pick<Segment, 'first' | 'count' | 'body' | 'sealedBefore'>>(
  segment: T,
  from: number,
  count: number,
): T {
  if (count === segment.count) return segment;
  const { first, body, sealedBefore } = segment;
  return {
    ...segment,
    first: first + from,
    count,
    ...(sealedBefore === undefined
      ? { body: sliceLines(body, from, count) }
      : { sealedBefore: sealedBefore + from }),
  };
}
