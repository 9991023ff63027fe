import { encodeSegmentHead } from '../protocol/batch.ts';
import { joinBytes } from '../protocol/bytes.ts';
import type { LaneRange } from '../protocol/event.ts';
import { nextLine, sliceLines } from './lines.ts';
import type { ReadLimits, Segment } from './types.ts';

/** A run of events of one segment, as it leaves: its head line and its body, each followed by a newline. */
export interface BatchPiece extends LaneRange {
  readonly context: string;
  readonly body: Uint8Array<ArrayBuffer>;
}

export interface BatchPlan {
  readonly pieces: readonly BatchPiece[];
  readonly events: number;
  /** On the wire before gzip: head lines and bodies with their newlines, without the sender's line. */
  readonly bytes: number;
}

/**
 * Which events leave next: whole segments, oldest first, while they fit; of a first segment that does not fit alone, as
 * many lines as do. One event always leaves, for a limit that stopped it would stop the queue for ever: unless the limits
 * are strict. Then every segment is cut that does not fit, and the plan may be empty.
 */
export function planBatch(
  segments: readonly Segment[],
  { maxEvents, maxBytes }: ReadLimits,
  isStrict = false,
): BatchPlan {
  const pieces: BatchPiece[] = [];
  let events = 0;
  let bytes = 0;
  for (const { lane, first, context, ...segment } of segments) {
    let { count, body } = segment;
    const head = joinBytes(encodeSegmentHead(lane, first, context)).length;
    const roomBytes = maxBytes - bytes - head;
    if (events + count > maxEvents || body.length >= roomBytes) {
      if (events > 0 && !isStrict) break;
      count = countLines(body, Math.min(count, maxEvents - events), roomBytes);
      if (!isStrict) count ||= 1;
      if (count === 0) break;
      body = sliceLines(body, 0, count);
    }
    pieces.push({ lane, first, count, context, body });
    events += count;
    bytes += head + body.length + 1;
    if (count < segment.count) break;
  }
  return { pieces, events, bytes };
}

/** How many lines fit, each with its newline. */
function countLines(body: Uint8Array, maxLines: number, maxBytes: number): number {
  let count = 0;
  for (let end = 0; count < maxLines; count++) {
    end = nextLine(body, end);
    if (end > maxBytes) break;
  }
  return count;
}
