import { encodeSegmentHead, type SenderFacts } from '../protocol/batch.ts';
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

/** One run of bytes out of texts and bytes. */
export function joinBytes(...parts: (string | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const chunks = parts.map((part) => (typeof part === 'string' ? encoder.encode(part) : part));
  const joined = new Uint8Array(chunks.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}
