import type { LaneRange } from '../protocol/event.ts';
import { without } from './lane-range.ts';
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
  return without(segment, range).map((rest) =>
    rest.count === segment.count
      ? segment
      : {
          ...runOf(segment, rest),
          id: segment.id + (rest.first - segment.first) * EVENT_STEP,
        },
  );
}

/** The events of a run that lies within the segment; the whole is itself. Ciphertext is not cut. */
export function runOf<T extends Pick<Segment, 'first' | 'count' | 'body' | 'sealedBefore'>>(
  segment: T,
  { first, count }: Pick<LaneRange, 'first' | 'count'>,
): T {
  if (count === segment.count) return segment;
  const { body, sealedBefore } = segment;
  const from = first - segment.first;
  return {
    ...segment,
    ...{ first, count },
    ...(sealedBefore === undefined
      ? { body: sliceLines(body, from, count) }
      : { sealedBefore: sealedBefore + from }),
  };
}
