import { createBell } from './bell.ts';
import type { Sink, SinkHost } from './sink.ts';
import type { ConsumedRecord } from './types.ts';

/** The sink of a loop: records wait in it until they are pulled, one at a time. */
export interface Iteration<T extends ConsumedRecord> extends Sink {
  /** Closes by being left. A record is done when the next one is asked for. */
  readonly records: AsyncGenerator<T, undefined>;
}

export interface IterationHost extends SinkHost {
  /** The loop has ended. */
  readonly left: () => Promise<void>;
}

/** What one read brought of a shard, as far as it was not pulled. */
interface Batch {
  readonly shardId: string;
  readonly records: readonly ConsumedRecord[];
  next: number;
}

/**
 * Hands out what `accepts` takes; the rest is done by being passed over. Shards may be read on while fewer than `wished`
 * records wait: readers wait here, and not in memory.
 */
export function createIteration<T extends ConsumedRecord>(
  wished: number,
  accepts: (record: ConsumedRecord) => record is T,
  host: IterationHost,
): Iteration<T> {
  const { filter, signal } = host;
  const pushed = createBell(signal);
  const pulled = createBell(signal);
  /** Of one shard always in its order, of all shards in the order of their arrival. */
  let batches: Batch[] = [];
  let waiting = 0;
  /** The record that the loop has in its hands, and whether its shard is still ours. */
  let out: { readonly record: ConsumedRecord; isOurs: boolean } | undefined;

  function finish(): void {
    if (!out) return;
    const { record, isOurs } = out;
    out = undefined;
    filter?.done(record);
    if (isOurs) host.done(record.shardId, record);
    pulled.ring();
  }

  function next(): T | undefined {
    for (const batch of batches) {
      // It is revoked soon.
      if (!host.holds(batch.shardId)) continue;
      const record = nextOf(batch);
      const isEmpty = batch.next === batch.records.length;
      if (isEmpty) batches = batches.filter((it) => it !== batch);
      if (isEmpty || waiting < wished) pulled.ring();
      if (record) return record;
    }
    return undefined;
  }

  function nextOf(batch: Batch): T | undefined {
    while (batch.next < batch.records.length) {
      const record = batch.records[batch.next++] as ConsumedRecord;
      waiting--;
      if (accepts(record) && (!filter || filter.isWanted(record))) return record;
      host.done(record.shardId, record);
    }
    return undefined;
  }

  async function* pull(): AsyncGenerator<T, undefined> {
    try {
      for (;;) {
        finish();
        if (signal.aborted) return undefined;
        const record = next();
        if (record) {
          out = { record, isOurs: true };
          yield record;
        } else await pushed.heard();
      }
    } finally {
      await host.left();
    }
  }

  return {
    records: pull(),
    take: async (shardId, records) => {
      if (records.length > 0) batches.push({ shardId, records, next: 0 });
      waiting += records.length;
      pushed.ring();
      while (!signal.aborted && waiting >= wished) await pulled.heard();
    },
    end: async (shardId) => {
      const isUnderWay = (): boolean =>
        (out?.isOurs === true && out.record.shardId === shardId) ||
        batches.some((batch) => batch.shardId === shardId);
      while (!signal.aborted && isUnderWay()) await pulled.heard();
    },
    revoke: (shardId) => {
      for (const batch of batches) {
        if (batch.shardId === shardId) waiting -= batch.records.length - batch.next;
      }
      batches = batches.filter((batch) => batch.shardId !== shardId);
      if (out?.record.shardId === shardId) out.isOurs = false;
      pulled.ring();
    },
  };
}
