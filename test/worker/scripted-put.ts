/** The put loop on its own: calls are answered by a function, time passes only by waiting and calling. */

import { MAX_PUT_BYTES, MAX_RECORD_BYTES } from '../../src/protocol/limits.ts';
import { putUnits } from '../../worker/kinesis/put.ts';
import type { CallOutcome, EntryOutcome } from '../../worker/kinesis/put-call.ts';
import { PUT_BUDGET_MS } from '../../worker/kinesis/put-time.ts';
import { createStreamMemory, type StreamMemory } from '../../worker/kinesis/stream-memory.ts';
import { type Entry, planUnits, type Unit } from '../../worker/kinesis/unit.ts';

export type Answer = (units: readonly Unit[], call: number) => CallOutcome;

export interface PutOptions {
  readonly aggregate?: boolean;
  readonly callMs?: number;
  readonly random?: () => number;
  readonly maxPutBytes?: number;
  /** Of earlier puts. */
  readonly memory?: StreamMemory;
}

/** Each entry is `key` or `key:bytes`; each is a unit of its own, unless `aggregate` says otherwise. */
export async function runPut(
  entries: readonly string[],
  answer: Answer,
  {
    aggregate = false,
    callMs = 10,
    random = () => 0.5,
    maxPutBytes = MAX_PUT_BYTES,
    memory,
  }: PutOptions = {},
) {
  let now = 0;
  const calls: string[][] = [];
  const waits: number[] = [];
  const planned = entries.map((text, index): Entry => {
    const [partitionKey = '', bytes = '4'] = text.split(':');
    return { index, partitionKey, data: new Uint8Array(Number(bytes)) };
  });
  const runtime = {
    now: () => now,
    random,
    delay: async (delayMs: number) => {
      waits.push(delayMs);
      now += delayMs;
    },
  };
  const report = await putUnits(
    planUnits(planned, { aggregate, aggregateBytes: 51_200, maxRecordBytes: MAX_RECORD_BYTES }),
    async (units) => {
      now += callMs;
      calls.push(units.map((unit) => unit.entries.map(({ index }) => index).join('+')));
      return answer(units, calls.length - 1);
    },
    maxPutBytes,
    { runtime, memory: memory ?? createStreamMemory(runtime), deadline: PUT_BUDGET_MS },
  );
  const fates = entries.map((_, index) => report.fates.get(index)?.kind ?? 'none');
  const [failure] = [...report.fates.values()].flatMap((fate) =>
    fate.kind === 'retry' ? [fate.failure] : [],
  );
  return { report, calls, waits, fates, failure, elapsedMs: () => now };
}

export const ok: EntryOutcome = { kind: 'stored', shard: 's', sequence: '1' };
export const throttled: EntryOutcome = { kind: 'throttled', code: 'Throttled' };
export const unknown: EntryOutcome = { kind: 'unavailable', code: 'InternalFailure' };
export const refused: EntryOutcome = { kind: 'refused', code: 'InvalidArgumentException' };

/** An answer with one outcome for each unit. */
export function each(outcomeOf: (unit: Unit) => EntryOutcome): Answer {
  return (units) => ({ ok: true, entries: units.map(outcomeOf) });
}
