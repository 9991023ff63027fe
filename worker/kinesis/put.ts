/**
 * Stores units in order of their key. PutRecords itself promises no order, so a call carries at most one unit of a key, and
 * the next of that key waits until it is stored: a failed entry holds up its own key and no other.
 */

import { MAX_PUT_BYTES, MAX_PUT_ENTRIES } from '../../src/protocol/limits.ts';
import type { RelayRuntime } from '../runtime.ts';
import type { CallFailure } from './failure.ts';
import type { CallOutcome, EntryOutcome, PutCall } from './put-call.ts';
import { splitUnit, type Unit } from './unit.ts';

/** A client waits 15 s for its answer; behind a stream that stays busy it waits better at home. */
const PUT_BUDGET_MS = 5000;

/** Less time than this is not worth a call: it would time out, and its outcome would be unknown. */
const MIN_CALL_MS = 500;

/** A shard's limits are counted by the second. */
const RETRY_BASE_MS = 100;
const RETRY_MAX_MS = 1600;

export type Fate =
  | { readonly kind: 'stored'; readonly shard: string; readonly sequence: string }
  | { readonly kind: 'refused'; readonly code: string };

export interface PutReport {
  /** By the events' places in the batch. An event that is not in it is not known to be stored. */
  readonly fates: ReadonlyMap<number, Fate>;
  /** Why some events have no fate. */
  readonly failure: Exclude<CallFailure, 'refused'> | undefined;
  /** The service's word for each failed entry and call, with its count. */
  readonly errors: ReadonlyMap<string, number>;
  readonly calls: number;
}

interface KeyQueue {
  units: Unit[];
  attempt: number;
  notBefore: number;
}

export async function putUnits(
  byKey: ReadonlyMap<string, readonly Unit[]>,
  put: PutCall,
  { now, random, delay }: Pick<RelayRuntime, 'now' | 'random' | 'delay'>,
): Promise<PutReport> {
  const deadline = now() + PUT_BUDGET_MS;
  const queues = new Set<KeyQueue>();
  for (const units of byKey.values()) queues.add({ units: [...units], attempt: 0, notBefore: 0 });
  const fates = new Map<number, Fate>();
  const errors = new Map<string, number>();
  let calls = 0;
  let failure: PutReport['failure'];

  /** Sends, and halves what is refused as a whole until the unit at fault stands alone. */
  const send = async (units: readonly Unit[]): Promise<readonly EntryOutcome[] | undefined> => {
    const timeoutMs = deadline - now();
    if (timeoutMs < MIN_CALL_MS) return undefined;
    calls++;
    const outcome = await put(units, timeoutMs);
    countErrors(errors, outcome);
    if (outcome.ok) return outcome.entries;
    if (outcome.failure !== 'refused') {
      failure = outcome.failure;
      return undefined;
    }
    if (units.length === 1) return [{ kind: 'refused', code: outcome.code }];
    const middle = Math.ceil(units.length / 2);
    const first = await send(units.slice(0, middle));
    if (!first) return undefined;
    const second = await send(units.slice(middle));
    return second ? [...first, ...second] : first;
  };

  const settle = (queue: KeyQueue, outcome: EntryOutcome): void => {
    const unit = queue.units.shift() as Unit;
    if (outcome.kind === 'stored') {
      for (const { index } of unit.entries) fates.set(index, outcome);
      queue.attempt = 0;
    } else if (outcome.kind !== 'refused') {
      failure = outcome.kind;
      queue.units.unshift(unit);
      queue.notBefore =
        now() + random() * Math.min(RETRY_MAX_MS, RETRY_BASE_MS * 2 ** queue.attempt);
      queue.attempt++;
    } else if (unit.entries.length > 1) {
      queue.units.unshift(...splitUnit(unit));
    } else {
      for (const { index } of unit.entries)
        fates.set(index, { kind: 'refused', code: outcome.code });
    }
    if (queue.units.length === 0) queues.delete(queue);
  };

  while (queues.size > 0) {
    const waitMs = Math.min(...[...queues].map((queue) => queue.notBefore)) - now();
    if (now() + Math.max(0, waitMs) > deadline - MIN_CALL_MS) break;
    if (waitMs > 0) await delay(waitMs);
    const ready = nextCall(queues, now());
    // A timer may fire a little early.
    if (ready.length === 0) continue;
    const outcomes = await send(ready.map(({ units }) => units[0] as Unit));
    outcomes?.forEach((outcome, index) => {
      settle(ready[index] as KeyQueue, outcome);
    });
    if (!outcomes || outcomes.length < ready.length) break;
  }
  if (queues.size === 0) failure = undefined;
  else failure ??= 'throttled';
  return { fates, failure, errors, calls };
}

/** The keys whose first unit goes into the next call, within the limits of one. */
function nextCall(queues: ReadonlySet<KeyQueue>, now: number): KeyQueue[] {
  const chosen: KeyQueue[] = [];
  let bytes = 0;
  for (const queue of queues) {
    const [unit] = queue.units;
    if (!unit || queue.notBefore > now) continue;
    if (chosen.length === MAX_PUT_ENTRIES || (bytes > 0 && bytes + unit.bytes > MAX_PUT_BYTES))
      break;
    chosen.push(queue);
    bytes += unit.bytes;
  }
  return chosen;
}

function countErrors(errors: Map<string, number>, outcome: CallOutcome): void {
  const codes = outcome.ok
    ? outcome.entries.flatMap((entry) => (entry.kind === 'stored' ? [] : [entry.code]))
    : [outcome.code];
  for (const code of codes) errors.set(code, (errors.get(code) ?? 0) + 1);
}
