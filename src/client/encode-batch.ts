import type { SenderFacts } from '../protocol/batch.ts';
import { joinBytes } from '../protocol/bytes.ts';
import type { LaneRange } from '../protocol/event.ts';
import type { BatchPlan } from '../queue/batch-planner.ts';

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
  { ranges, events }: BatchPlan,
  bytes: number,
  payload: Uint8Array<ArrayBuffer>,
): PreparedBatch {
  return { ranges, events, bytes, payload, attempts: 0 };
}

/** The payload of a batch: the sender's line, and what was planned. */
export function encodeBatch(sender: SenderFacts, { texts }: BatchPlan): Uint8Array<ArrayBuffer> {
  return joinBytes(`${JSON.stringify(sender)}\n`, ...texts);
}
