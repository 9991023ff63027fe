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
 * many lines as do. One event always leaves, for a limit that stopped it would stop the queue for ever.
 */
export function planBatch(
  segments: readonly Segment[],
  { maxEvents, maxBytes }: ReadLimits,
): BatchPlan {
  const pieces: BatchPiece[] = [];
  let events = 0;
  let bytes = 0;
  for (const { lane, first, context, ...segment } of segments) {
    let { count, body } = segment;
    const head = joinBytes(encodeSegmentHead(lane, first, context)).length;
    const roomBytes = maxBytes - bytes - head;
    if (events + count > maxEvents || body.length >= roomBytes) {
      if (events > 0) break;
      count = countLines(body, Math.min(count, maxEvents), roomBytes);
      body = sliceLines(body, 0, count);
    }
    pieces.push({ lane, first, count, context, body });
    events += count;
    bytes += head + body.length + 1;
    if (count < segment.count) break;
  }
  return { pieces, events, bytes };
}

/** How many lines fit, each with its newline: one at least. */
function countLines(body: Uint8Array, maxLines: number, maxBytes: number): number {
  let count = 1;
  for (let end = nextLine(body, 0); count < maxLines; count++) {
    end = nextLine(body, end);
    if (end > maxBytes) break;
  }
  return count;
}
