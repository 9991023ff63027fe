/**
 * What an isolate remembers of a stream from one batch to the next: whether it answers, which of its shards and keys are too
 * busy, and where its keys lie. Isolates share nothing of it, and where it is lost it is learnt again.
 */

import type { RelayRuntime } from '../runtime.ts';
import { type CircuitBreaker, createCircuitBreaker } from './circuit-breaker.ts';
import { createKeyMemory, type KeyMemory } from './key-memory.ts';
import type { EntryOutcome } from './put-call.ts';
import { createShardMemory } from './shard-memory.ts';
import type { Unit } from './unit.ts';

export interface StreamMemory {
  readonly breaker: CircuitBreaker;
  readonly keys: Pick<KeyMemory, 'isHot' | 'salt'>;
  /** Units that were put in one call, and what became of each. */
  readonly note: (units: readonly Unit[], outcomes: readonly EntryOutcome[]) => void;
  /** The shard that said so, or the key's as far as it is known. */
  readonly shardOf: (unit: Unit, outcome: EntryOutcome) => string | undefined;
  /** Whether what the shard throttles is better tried again later. */
  readonly isHotShard: (shard: string) => boolean;
}

export function createStreamMemory(runtime: Pick<RelayRuntime, 'now' | 'random'>): StreamMemory {
  const keys = createKeyMemory(runtime);
  const shards = createShardMemory(runtime);

  const shardOf = ({ partitionKey }: Unit, outcome: EntryOutcome): string | undefined =>
    outcome.shard ?? keys.shardOf(partitionKey);

  function note(units: readonly Unit[], outcomes: readonly EntryOutcome[]): void {
    const stored = new Set<string>();
    const throttled = new Set<string>();
    outcomes.forEach((outcome, index) => {
      const unit = units[index] as Unit;
      const shard = shardOf(unit, outcome);
      const isThrottled = outcome.kind === 'throttled';
      if (!shard || (outcome.kind !== 'stored' && !isThrottled)) return;
      (isThrottled ? throttled : stored).add(shard);
      const { partitionKey, bytes } = unit;
      if (!isThrottled) keys.noteStored(partitionKey, shard);
      keys.noteBytes(partitionKey, bytes, shards.noteBytes(shard, bytes), isThrottled);
    });
    for (const shard of throttled) shards.heat(shard);
    for (const shard of stored) if (!throttled.has(shard)) shards.cool(shard);
  }

  return {
    breaker: createCircuitBreaker(runtime),
    keys,
    note,
    shardOf,
    isHotShard: shards.isHot,
  };
}
