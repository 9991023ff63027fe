/** What becomes of the events of a put, and what a log line says of it. */

import { PUT_PAYLOAD_UNIT_BYTES } from '../../src/protocol/limits.ts';
import type { CallFailure } from './failure.ts';
import type { CallOutcome, EntryOutcome } from './put-call.ts';
import type { Unit } from './unit.ts';

/** Why an event has to come again. */
export type Failure = Exclude<CallFailure, 'refused'>;

export type Fate =
  | { readonly kind: 'stored'; readonly shard: string; readonly sequence: string }
  | { readonly kind: 'refused'; readonly code: string }
  | {
      readonly kind: 'retry';
      readonly failure: Failure;
      /** Where it is known before when nothing will be stored. */
      readonly afterMs?: number;
      /** It may be stored all the same. */
      readonly isUnknown: boolean;
    };

export interface PutReport {
  /** Of every event, by its place in the batch. */
  readonly fates: ReadonlyMap<number, Fate>;
  /** The service's word for each failed entry and call, with its count. */
  readonly errors: ReadonlyMap<string, number>;
  readonly calls: number;
  /** Kinesis records that were stored, and their PUT payload units. */
  readonly records: number;
  readonly payloadUnits: number;
  readonly throttledKeys: ReadonlySet<string>;
  readonly throttledShards: ReadonlySet<string>;
}

/** A report as it is written. */
export interface PutTally {
  readonly countCall: (outcome: CallOutcome) => void;
  readonly countThrottle: (partitionKey: string, shard: string | undefined) => void;
  readonly store: (unit: Unit, outcome: Extract<EntryOutcome, { kind: 'stored' }>) => void;
  readonly refuse: (unit: Unit, code: string) => void;
  /** The answer was lost: whatever comes of another try, it may be stored already. */
  readonly doubt: (unit: Unit) => void;
  /** They were not stored in this put. */
  readonly giveUp: (units: Iterable<Unit>, failure: Failure, afterMs?: number) => void;
  /** Call when it is over. */
  readonly report: () => PutReport;
}

/** So many records that are refused while none is stored: then it is the stream that is wrong, and not the records. */
const REFUSED_ALONE = 3;

export function createPutTally(): PutTally {
  const fates = new Map<number, Fate>();
  const errors = new Map<string, number>();
  const throttledKeys = new Set<string>();
  const throttledShards = new Set<string>();
  const doubted = new Set<number>();
  let calls = 0;
  let records = 0;
  let payloadUnits = 0;
  let refused = 0;

  const count = (code: string): void => {
    errors.set(code, (errors.get(code) ?? 0) + 1);
  };

  function countCall(outcome: CallOutcome): void {
    if (outcome.ok || !outcome.isUncalled) calls++;
    if (outcome.ok) {
      for (const entry of outcome.entries) if (entry.kind !== 'stored') count(entry.code);
    } else count(outcome.code);
  }

  /** A setting that makes Kinesis refuse everything must not have everything deleted by its senders. */
  function spareRefused(): void {
    if (records > 0 || refused < REFUSED_ALONE) return;
    for (const [index, { kind }] of fates) {
      if (kind !== 'refused') continue;
      fates.set(index, { kind: 'retry', failure: 'misconfigured', isUnknown: false });
    }
  }

  return {
    countCall,
    countThrottle(partitionKey, shard) {
      throttledKeys.add(partitionKey);
      if (shard) throttledShards.add(shard);
    },
    store({ entries, bytes }, outcome) {
      records++;
      payloadUnits += Math.ceil(bytes / PUT_PAYLOAD_UNIT_BYTES);
      for (const { index } of entries) fates.set(index, outcome);
    },
    refuse({ entries }, code) {
      refused++;
      for (const { index } of entries) fates.set(index, { kind: 'refused', code });
    },
    doubt({ entries }) {
      for (const { index } of entries) doubted.add(index);
    },
    giveUp(units, failure, afterMs) {
      for (const { entries } of units) {
        for (const { index } of entries) {
          const isUnknown = doubted.has(index);
          const after = afterMs === undefined ? {} : { afterMs };
          fates.set(index, { kind: 'retry', failure, isUnknown, ...after });
        }
      }
    },
    report() {
      spareRefused();
      return { fates, errors, calls, records, payloadUnits, throttledKeys, throttledShards };
    },
  };
}
