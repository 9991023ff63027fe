/**
 * Stores the units of a key one after another, each behind the sequence number of the one before: the strictest order that
 * Kinesis can promise. docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html#API_PutRecord_RequestParameters
 */

import type { PutSetting } from './put.ts';
import type { CallOutcome, OrderedPutCall } from './put-call.ts';
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

  async function send(unit: Unit, after: string | undefined): Promise<CallOutcome | undefined> {
    const timeoutMs = deadline - now();
    if (timeoutMs < MIN_CALL_MS) return undefined;
    const outcome = await memory.breaker.guard(() => put(unit, after, timeoutMs));
    tally.countCall(outcome);
    if (outcome.ok) memory.note([unit], outcome.entries);
    // Its shard may have been split or merged since: then the number is one of another shard.
    const isRefused = !outcome.ok && outcome.failure === 'refused';
    return isRefused && after !== undefined ? send(unit, undefined) : outcome;
  }

  async function putKey(units: Unit[]): Promise<void> {
    let sequence: string | undefined;
    let failure: Failure = 'throttled';
    let attempt = 0;
    while (units.length > 0 && !ending) {
      const unit = units[0] as Unit;
      const outcome = await send(unit, sequence ?? afterOf(unit));
      if (!outcome) break;
      if (!outcome.ok && outcome.failure !== 'refused') {
        const { afterMs } = outcome;
        ending = { failure: outcome.failure, afterMs };
        if (outcome.failure === 'unavailable' && !outcome.isUncalled) tally.doubt(unit);
        break;
      }
      const [entry] = outcome.ok
        ? outcome.entries
        : [{ kind: 'refused', code: outcome.code } as const];
      if (entry?.kind === 'stored') {
        tally.store(unit, entry);
        sequence = entry.sequence;
        attempt = 0;
        units.shift();
      } else if (entry?.kind === 'refused') {
        units.shift();
        if (unit.entries.length > 1) units.unshift(...splitUnit(unit));
        else tally.refuse(unit, entry.code);
      } else if (entry) {
        failure = entry.kind;
        const shard = memory.shardOf(unit, entry);
        if (failure === 'unavailable') tally.doubt(unit);
        else tally.countThrottle(unit.partitionKey, shard);
        const waitMs = retryDelayMs(attempt++, random);
        if (shard && memory.isHotShard(shard)) break;
        if (now() + waitMs > deadline - MIN_CALL_MS) break;
        await delay(waitMs);
      }
    }
    tally.giveUp(units, ending?.failure ?? failure, ending?.afterMs);
  }

  async function putKeys(): Promise<void> {
    for (let units = waiting.shift(); units; units = waiting.shift()) await putKey([...units]);
  }

  await Promise.all(Array.from({ length: MAX_KEYS_AT_ONCE }, putKeys));
  return tally.report();
}
