import { encodeSegmentHead, type SenderFacts } from '../protocol/batch.ts';
import { joinBytes } from '../protocol/bytes.ts';
import type { LaneRange } from '../protocol/event.ts';
import { type BatchPiece, type BatchPlan, planBatch } from '../queue/batch-planner.ts';
import type { ReadLimits, Segment } from '../queue/types.ts';

/** A batch as it travels. Kept until its outcome is known: the same bytes go again. */
export interface PreparedBatch {
  readonly ranges: readonly LaneRange[];
  readonly events: number;
  /** Before gzip. */
  readonly bytes: number;
  readonly payload: Uint8Array<ArrayBuffer>;
  attempts: number;
}

export function prepareBatch(
  { pieces, events }: BatchPlan,
  bytes: number,
  payload: Uint8Array<ArrayBuffer>,
): PreparedBatch {
  const ranges = pieces.map(({ lane, first, count }) => ({ lane, first, count }));
  return { ranges, events, bytes, payload, attempts: 0 };
}

/** The payload of a batch: the sender's line, then each piece under its head line. */
export function encodeBatch(
  sender: SenderFacts,
  pieces: readonly BatchPiece[],
): Uint8Array<ArrayBuffer> {
  return joinBytes(
    `${JSON.stringify(sender)}\n`,
    ...pieces.flatMap(({ lane, first, context, body }) => [
      encodeSegmentHead(lane, first, context),
      body,
      '\n',
    ]),
  );
}

/** As many events as fit, oldest first: unlike a batch of the log's it cuts the last segment, and may be empty. */
export function planWithin(
  segments: readonly Segment[],
  { maxEvents, maxBytes }: ReadLimits,
): BatchPlan {
  const pieces: BatchPiece[] = [];
  let events = 0;
  let bytes = 0;
  for (const segment of segments) {
    const room = { maxEvents: maxEvents - events, maxBytes: maxBytes - bytes };
    const plan = planBatch([segment], room);
    // One event is always planned.
    if (plan.events > room.maxEvents || plan.bytes > room.maxBytes) break;
    pieces.push(...plan.pieces);
    events += plan.events;
    bytes += plan.bytes;
    if (plan.events < segment.count) break;
  }
  return { pieces, events, bytes };
}
