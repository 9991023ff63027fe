import { isLane } from '../protocol/event.ts';
import type { ReadLimits, Segment, StoredSegment } from './types.ts';

/** Bytes that a segment counts for. A context's characters stand for its bytes: encoding it to know would cost every write. */
export function segmentBytes({ body, context }: Segment): number {
  return body.length + context.length;
}

/** What the store may hold: every record has an `id`, by which the database keeps it. */
export type StoredRecord = Pick<StoredSegment, 'id'>;

/** Whether a record is a segment: the database is the origin's, and any script of it may have written there. */
export function isStoredSegment(record: StoredRecord): record is StoredSegment {
  const { id, lane, first, count, context, body } = record as StoredSegment;
  return (
    typeof id === 'number' &&
    isLane(lane) &&
    first > 0 &&
    count > 0 &&
    typeof context === 'string' &&
    body instanceof Uint8Array
  );
}

/** Answers for one segment after another whether it still belongs to the head of the log. The first always does. */
export function createHead({ maxEvents, maxBytes }: ReadLimits): (segment: Segment) => boolean {
  let events = 0;
  let bytes = 0;
  return (segment) => {
    const isFirst = !events;
    events += segment.count;
    bytes += segmentBytes(segment);
    return isFirst || (events <= maxEvents && bytes <= maxBytes);
  };
}
