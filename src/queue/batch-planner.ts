import { encodeSegmentHead } from '../protocol/batch.ts';
import { joinBytes } from '../protocol/bytes.ts';
import type { LaneRange } from '../protocol/event.ts';
import { nextLine, sliceLines } from './lines.ts';
import type { ReadLimits, Segment } from './types.ts';

export interface BatchPlan {
  /** Runs of events of one segment each. */
  readonly ranges: readonly LaneRange[];
  /** For each run its head line and its body, as they leave, each followed by a newline. */
  readonly texts: readonly (string | Uint8Array<ArrayBuffer>)[];
  readonly events: number;
  /** What the texts are on the wire before gzip, without the sender's line. */
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
  const ranges: LaneRange[] = [];
  const texts: (string | Uint8Array<ArrayBuffer>)[] = [];
  let events = 0;
  let bytes = 0;
  for (const { lane, first, context, ...segment } of segments) {
    let { count, body } = segment;
    const head = joinBytes(encodeSegmentHead(lane, first, context));
    const roomBytes = maxBytes - bytes - head.length;
    if (events + count > maxEvents || body.length >= roomBytes) {
      if (events > 0 && !isStrict) break;
      count = countLines(body, Math.min(count, maxEvents - events), roomBytes);
      if (!isStrict) count ||= 1;
      if (count === 0) break;
      body = sliceLines(body, 0, count);
    }
    ranges.push({ lane, first, count });
    texts.push(head, body, '\n');
    events += count;
    bytes += head.length + body.length + 1;
    if (count < segment.count) break;
  }
  return { ranges, texts, events, bytes };
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
