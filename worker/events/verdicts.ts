/** From the fates of records to what the sender is told. */

import type { RefusalCode } from '../../src/protocol/receipt.ts';
import { Refusal } from '../http/answer.ts';
import type { Failure, Fate } from '../kinesis/put-report.ts';
import type { RelayRuntime } from '../runtime.ts';
import type { Verdict } from './receipts.ts';

/**
 * A wait drawn between these, so that the clients of an outage do not come back as one. It is the least that a client
 * waits, after a single lost reply too; who fails again adds its own backoff, which doubles.
 */
const WAIT_MS: Readonly<Record<Failure, readonly [number, number]>> = {
  throttled: [1000, 5000],
  unavailable: [1000, 5000],
  // Somebody has to change a setting first.
  misconfigured: [60_000, 300_000],
};

const FAILURE_CODES: Readonly<Record<Failure, RefusalCode>> = {
  throttled: 'stream_throttled',
  unavailable: 'stream_unavailable',
  misconfigured: 'stream_misconfigured',
};

/** One wait for each kind of failure in a batch, so that neighbours share a receipt. */
export function createVerdicts({ random }: Pick<RelayRuntime, 'random'>): (fate: Fate) => Verdict {
  const waits = new Map<Failure, number>();

  /** Beyond the time in which the stream is known not to be asked: all who come in it would come back as one. */
  function waitOf(failure: Failure, afterMs = 0): number {
    const [least, most] = WAIT_MS[failure];
    const drawn = waits.get(failure) ?? least + random() * (most - least);
    waits.set(failure, drawn);
    return Math.round(afterMs + drawn);
  }

  const decide = (fate: Fate): Verdict => {
    switch (fate.kind) {
      case 'stored':
        return { status: 'stored', shard: fate.shard, sequence: fate.sequence };
      case 'refused': {
        const reason = `record: Kinesis refused it with ${fate.code}`;
        return { status: 'rejected', code: 'record_refused', reason };
      }
      case 'retry': {
        const after = waitOf(fate.failure, fate.afterMs);
        return { status: 'retry', after, ...(fate.isUnknown ? { unknown: true } : {}) };
      }
    }
  };

  // The events of a unit have one fate, and so one verdict.
  const known = new Map<Fate, Verdict>();
  return (fate) => {
    const verdict = known.get(fate) ?? decide(fate);
    known.set(fate, verdict);
    return verdict;
  };
}

/** The refusal of a whole batch, where nothing of it found its end and all of it for one reason. */
export function refusalOf(
  fates: readonly Fate[],
  verdictOf: (fate: Fate) => Verdict,
): Refusal | undefined {
  const [first] = fates;
  if (first?.kind !== 'retry') return undefined;
  const { failure } = first;
  if (!fates.every((fate) => fate.kind === 'retry' && fate.failure === failure)) return undefined;
  const verdict = verdictOf(first);
  const hints = verdict.status === 'retry' ? { after: verdict.after } : {};
  return new Refusal(FAILURE_CODES[failure], `stream: ${failure}, nothing was stored`, hints);
}
