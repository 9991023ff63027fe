/** From signed bytes to segments. */

import { gunzipSync } from 'node:zlib';
import { type BatchPayload, isGzip, parsePayload } from '../../src/protocol/batch.ts';
import { MAX_BATCH_BYTES, MAX_BATCH_EVENTS } from '../../src/protocol/limits.ts';
import type { Source } from '../configuration/source.ts';
import { Refusal } from '../http/answer.ts';

export interface OpenedBatch extends BatchPayload {
  readonly events: number;
  /** Bytes after gunzip. */
  readonly bytes: number;
}

export function openBatch(
  payload: Uint8Array,
  { batchEvents = MAX_BATCH_EVENTS }: Partial<Source['limits']> = {},
): OpenedBatch {
  const inflated = isGzip(payload) ? gunzip(payload) : payload;
  const parsed = parsePayload(decodeText(inflated));
  if (!parsed.ok) throw new Refusal(parsed.code, parsed.reason);
  const events = parsed.value.segments.reduce((sum, { lines }) => sum + lines.length, 0);
  if (events > batchEvents) {
    throw new Refusal('too_large', `events: expected at most ${batchEvents}, got ${events}`);
  }
  return { ...parsed.value, events, bytes: inflated.length };
}

// Not DecompressionStream: in workerd it has no backpressure, so 64 KiB grow to 64 MiB in memory before a cap can cancel it.
function gunzip(payload: Uint8Array): Uint8Array {
  try {
    return gunzipSync(payload, { maxOutputLength: MAX_BATCH_BYTES });
  } catch (error) {
    // Node says ERR_BUFFER_TOO_LARGE, workerd has no code for it; both throw a RangeError for this alone.
    if (error instanceof RangeError) {
      throw new Refusal('too_large', `batch: expected at most ${MAX_BATCH_BYTES} bytes inflated`);
    }
    throw new Refusal('malformed', 'batch: expected whole gzip', {}, { cause: error });
  }
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new Refusal('malformed', 'batch: expected UTF-8', {}, { cause: error });
  }
}
