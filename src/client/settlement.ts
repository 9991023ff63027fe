import type { LaneRange } from '../protocol/event.ts';
import type { Receipt, RejectionCode } from '../protocol/receipt.ts';
import { overlap, without } from '../queue/lane-range.ts';
import type { RejectedRun, SegmentLog } from '../queue/types.ts';
import type { Runtime } from '../runtime.ts';
import type { Emitter } from './emitter.ts';
import type { Lane } from './lane.ts';
import type { LogTail } from './log-tail.ts';

/** Takes out of the log what has found its end, and counts it. */
export interface Settlement {
  /** What the relay says of a batch. Resolves to what it leaves for a later one. */
  readonly accept: (
    sent: readonly LaneRange[],
    receipts: readonly Receipt[],
  ) => Promise<{ readonly unsettled: number; readonly afterMs: number }>;
  /** Refused for good: declared, and to be settled. */
  readonly reject: (
    ranges: readonly LaneRange[],
    code: RejectionCode,
    reason: string,
  ) => Promise<void>;
  /** In one transaction, and again before anything else where that failed: what is stored must not be sent twice. */
  readonly settle: () => Promise<void>;
  readonly isSettled: () => boolean;
  readonly counts: () => { stored: number; rejected: number };
}

export interface SettlementSetting extends Pick<Emitter, 'emit'> {
  readonly runtime: Pick<Runtime, 'now'>;
  readonly log: Pick<SegmentLog, 'settle'>;
  /** Leaves word of rejected runs on the stream. */
  readonly lane: Pick<Lane, 'declare'>;
  /** Loses what is about to leave the log. */
  readonly tail: Pick<LogTail, 'drop'>;
}

export function createSettlement(setting: SettlementSetting): Settlement {
  const { runtime, log, lane, tail, emit } = setting;
  let settled: LaneRange[] = [];
  let refused: RejectedRun[] = [];
  let stored = 0;
  let rejected = 0;

  function refuse(range: LaneRange, code: RejectionCode, reason: string): LaneRange {
    rejected += range.count;
    emit('rejected', { ...range, code, reason });
    refused.push({ ...range, code, reason, at: runtime.now() });
    return range;
  }

  /** The declaration goes first: a page that ends in between declares twice, which is better than not at all. */
  async function declare(ranges: readonly LaneRange[]): Promise<void> {
    if (ranges.length === 0) return;
    await lane.declare('rejected', ranges);
    settled.push(...ranges);
  }

  return {
    async accept(sent, receipts) {
      let open = sent;
      let afterMs = 0;
      const refusedNow: LaneRange[] = [];
      for (const receipt of receipts) {
        emit('receipt', { receipt, at: runtime.now() });
        if (receipt.status === 'retry') {
          afterMs = Math.max(afterMs, receipt.after || 0);
          continue;
        }
        // What two receipts name is the first one's, and what was not sent is nobody's.
        for (const range of open.flatMap((run) => overlap(run, receipt) ?? [])) {
          if (receipt.status === 'rejected') {
            refusedNow.push(refuse(range, receipt.code, receipt.reason));
          } else {
            stored += range.count;
            settled.push(range);
          }
        }
        open = open.flatMap((run) => without(run, receipt));
      }
      await declare(refusedNow);
      return { unsettled: open.reduce((sum, { count }) => sum + count, 0), afterMs };
    },
    reject: (ranges, code, reason) => declare(ranges.map((range) => refuse(range, code, reason))),
    async settle() {
      if (settled.length === 0) return;
      settled.forEach(tail.drop);
      await log.settle(settled, refused);
      settled = [];
      refused = [];
    },
    isSettled: () => settled.length === 0,
    counts: () => ({ stored, rejected }),
  };
}
