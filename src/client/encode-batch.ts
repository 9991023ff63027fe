import { encodeSegmentHead, type SenderFacts } from '../protocol/batch.ts';
import { joinBytes } from '../protocol/bytes.ts';
import type { BatchPiece } from '../queue/batch-planner.ts';

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
