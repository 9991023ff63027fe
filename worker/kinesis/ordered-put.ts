/**
 * Stores the units of a key one after another, each behind the sequence number of the one before: the strictest order that
 * Kinesis can promise. docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html#API_PutRecord_RequestParameters
 */

import type { PutSetting } from './put.ts';
import type { EntryOutcome, OrderedPutCall } from './put-call.ts';
import { createPutTally, type Failure, type PutReport } from './put-report.ts';
import { MIN_CALL_MS, retryDelayMs } from './put-time.ts';
import { splitUnit, type Unit } from './unit.ts';

/** A Worker may wait for the headers of six answers at a time: developers.cloudflare.com/workers/platform/limits */
const MAX_KEYS_AT_ONCE = 6;

/** `afterOf`: the sequence number that a unit must come after, where nothing of its key was stored before it in this put. */
export async function putInOrder(
  byKey: ReadonlyMap<string, readonly Unit[]>,
  put: OrderedPutCall,
  afterOf: (unit: Unit) => string | undefined,
  { runtime: { now, random, delay }, memory, deadline }: PutSetting,
): Promise<PutReport> {
  const tally = createPutTally();
  const waiting = [...byKey.values()];
  let ending: { readonly failure: Failure; readonly afterMs?: number | undefined } | undefined;

  /** Resolves to nothing where the stream is asked no more. */
  async function send(unit: Unit, after: string | undefined): Promise<EntryOutcome | undefined> {
    const timeoutMs = deadline - now();
    if (timeoutMs < MIN_CALL_MS) return undefined;
    const outcome = await memory.breaker.guard(() => put(unit, after, timeoutMs));
    tally.countCall(outcome);
    if (outcome.ok) {
      memory.note([unit], outcome.entries);
      return outcome.entries[0];
    }
    const { failure, code, afterMs } = outcome;
    if (failure !== 'refused') {
      ending = { failure, afterMs };
      if (failure === 'unavailable' && !outcome.isUncalled) tally.doubt(unit);
      return undefined;
    }
    // Its shard may have been split or merged since: then the number is one of another shard.
    return after === undefined ? { kind: 'refused', code } : send(unit, undefined);
  }

  async function putKey(planned: readonly Unit[]): Promise<void> {
    let units = planned;
    let sequence: string | undefined;
    let failure: Failure = 'throttled';
    let attempt = 0;
    while (units.length > 0 && !ending) {
      const [unit, ...rest] = units as [Unit, ...Unit[]];
      const outcome = await send(unit, sequence ?? afterOf(unit));
      if (!outcome) break;
      if (outcome.kind === 'stored') {
        tally.store(unit, outcome);
        sequence = outcome.sequence;
        attempt = 0;
        units = rest;
      } else if (outcome.kind === 'refused') {
        const isAlone = unit.entries.length === 1;
        if (isAlone) tally.refuse(unit, outcome.code);
        units = isAlone ? rest : [...splitUnit(unit), ...rest];
      } else {
        failure = outcome.kind;
        const shard = memory.shardOf(unit, outcome);
        if (failure === 'unavailable') tally.doubt(unit);
        else tally.countThrottle(unit.partitionKey, shard);
        const waitMs = retryDelayMs(attempt, random);
        attempt++;
        const isHot = shard !== undefined && memory.isHotShard(shard);
        if (isHot || now() + waitMs > deadline - MIN_CALL_MS) break;
        await delay(waitMs);
      }
    }
    tally.giveUp(units, ending?.failure ?? failure, ending?.afterMs);
  }

  async function putKeys(): Promise<void> {
    for (let units = waiting.shift(); units; units = waiting.shift()) await putKey(units);
  }

  await Promise.all(Array.from({ length: MAX_KEYS_AT_ONCE }, putKeys));
  return tally.report();
}
