/**
 * Stores units in order of their key. PutRecords itself promises no order, so a call carries at most one unit of a key, and
 * the next of that key waits until it is stored: a failed entry holds up its own key and no other.
 */

import { MAX_PUT_ENTRIES } from '../../src/protocol/limits.ts';
import type { RelayRuntime } from '../runtime.ts';
import type { EntryOutcome, PutCall } from './put-call.ts';
import { createPutTally, type Failure, type PutReport } from './put-report.ts';
import { MIN_CALL_MS, retryDelayMs } from './put-time.ts';
import type { StreamMemory } from './stream-memory.ts';
import { splitUnit, type Unit } from './unit.ts';

export interface PutSetting {
  readonly runtime: Pick<RelayRuntime, 'now' | 'random' | 'delay'>;
  readonly memory: StreamMemory;
  /** On the runtime's clock. Nothing is begun that could not end by then. */
  readonly deadline: number;
}

interface KeyQueue {
  units: Unit[];
  attempt: number;
  notBefore: number;
  failure?: Failure;
}

export async function putUnits(
  byKey: ReadonlyMap<string, readonly Unit[]>,
  put: PutCall,
  maxPutBytes: number,
  { runtime: { now, random, delay }, memory, deadline }: PutSetting,
): Promise<PutReport> {
  const tally = createPutTally();
  const queues = new Set<KeyQueue>();
  for (const units of byKey.values()) queues.add({ units: [...units], attempt: 0, notBefore: 0 });
  /** Why the stream is asked no more. */
  let ending: { readonly failure: Failure; readonly afterMs?: number | undefined } | undefined;

  /** Sends, and halves what is refused as a whole until the unit at fault stands alone. */
  const send = async (units: readonly Unit[]): Promise<readonly EntryOutcome[] | undefined> => {
    const timeoutMs = deadline - now();
    if (timeoutMs < MIN_CALL_MS) return undefined;
    const outcome = await memory.breaker.guard(() => put(units, timeoutMs));
    tally.countCall(outcome);
    if (outcome.ok) {
      memory.note(units, outcome.entries);
      return outcome.entries;
    }
    const { failure, afterMs } = outcome;
    if (failure !== 'refused') {
      ending = { failure, afterMs };
      if (failure === 'unavailable' && !outcome.isUncalled) units.forEach(tally.doubt);
      return undefined;
    }
    if (units.length === 1) return [{ kind: 'refused', code: outcome.code }];
    const middle = Math.ceil(units.length / 2);
    const first = await send(units.slice(0, middle));
    if (!first) return undefined;
    const second = await send(units.slice(middle));
    return second ? [...first, ...second] : first;
  };

  const putOff = (queue: KeyQueue, unit: Unit, outcome: EntryOutcome, failure: Failure): void => {
    queue.failure = failure;
    queue.notBefore = now() + retryDelayMs(queue.attempt, random);
    queue.attempt++;
    if (failure === 'unavailable') {
      tally.doubt(unit);
      return;
    }
    const shard = memory.shardOf(unit, outcome);
    tally.countThrottle(unit.partitionKey, shard);
    // What it has for others of this batch is not worth waiting for either.
    if (shard && memory.isHotShard(shard)) giveUp(queue);
  };

  const giveUp = (queue: KeyQueue): void => {
    tally.giveUp(queue.units, ending?.failure ?? queue.failure ?? 'throttled', ending?.afterMs);
    queues.delete(queue);
  };

  const settle = (queue: KeyQueue, outcome: EntryOutcome): void => {
    const [unit, ...rest] = queue.units as [Unit, ...Unit[]];
    if (outcome.kind === 'throttled' || outcome.kind === 'unavailable') {
      putOff(queue, unit, outcome, outcome.kind);
      return;
    }
    queue.units = rest;
    if (outcome.kind === 'stored') {
      tally.store(unit, outcome);
      queue.attempt = 0;
    } else if (unit.entries.length > 1) queue.units.unshift(...splitUnit(unit));
    else tally.refuse(unit, outcome.code);
    if (queue.units.length === 0) queues.delete(queue);
  };

  while (queues.size > 0 && !ending) {
    const waitMs = Math.min(...[...queues].map((queue) => queue.notBefore)) - now();
    if (now() + Math.max(0, waitMs) > deadline - MIN_CALL_MS) break;
    if (waitMs > 0) await delay(waitMs);
    const ready = nextCall(queues, now(), maxPutBytes);
    // A timer may fire a little early.
    if (ready.length === 0) continue;
    const outcomes = await send(ready.map(({ units }) => units[0] as Unit));
    outcomes?.forEach((outcome, index) => {
      settle(ready[index] as KeyQueue, outcome);
    });
    if (!outcomes) break;
  }
  for (const queue of queues) giveUp(queue);
  return tally.report();
}

/** The keys whose first unit goes into the next call, within the limits of one. */
function nextCall(queues: ReadonlySet<KeyQueue>, now: number, maxPutBytes: number): KeyQueue[] {
  const chosen: KeyQueue[] = [];
  let bytes = 0;
  for (const queue of queues) {
    const [unit] = queue.units;
    if (!unit || queue.notBefore > now) continue;
    if (chosen.length === MAX_PUT_ENTRIES || (bytes > 0 && bytes + unit.bytes > maxPutBytes)) break;
    chosen.push(queue);
    bytes += unit.bytes;
  }
  return chosen;
}
