import { encodeSegmentHead, type SenderFacts } from '../protocol/batch.ts';
import { joinBytes } from '../protocol/bytes.ts';
import type { LaneRange } from '../protocol/event.ts';
import type { BatchPiece, BatchPlan } from '../queue/batch-planner.ts';

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
