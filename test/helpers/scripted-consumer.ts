import type { ConsumedRecord, Consumer, ShardState } from '../../src/consumer/types.ts';
import type { StreamRecord } from '../../src/protocol/event.ts';

/** A consumer that reads what the test gives it. */
export interface ScriptedConsumer extends Consumer {
  readonly push: (...records: readonly ConsumedRecord[]) => void;
  readonly setShards: (shards: readonly ShardState[]) => void;
  /** As when the shards cannot be listed. */
  readonly setError: (error: string | undefined) => void;
  /** Ends the iteration with an error. */
  readonly fail: (error: Error) => void;
  readonly isClosed: () => boolean;
}

export function createScriptedConsumer(initial: readonly ShardState[] = []): ScriptedConsumer {
  const waiting: ConsumedRecord[] = [];
  const listeners = new Set<() => void>();
  let shards = initial;
  let wake: () => void = () => {};
  let listError: string | undefined;
  let closed = false;
  let failure: Error | undefined;

  async function* iterate(): AsyncGenerator<ConsumedRecord> {
    while (!closed) {
      const record = waiting.shift();
      if (record) yield record;
      else if (failure) throw failure;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  }
  return {
    [Symbol.asyncIterator]: iterate,
    async *events() {
      for await (const record of iterate()) {
        if (record.event) yield { ...record, event: record.event };
      }
    },
    run: async () => {
      throw new Error('consumer: expected a loop, got a run');
    },
    flush: async () => {},
    shards: () => shards,
    error: () => listError,
    onShards: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => {
      closed = true;
      wake();
    },
    push: (...records) => {
      waiting.push(...records);
      wake();
    },
    setShards: (next) => {
      shards = next;
      for (const listener of listeners) listener();
    },
    setError: (error) => {
      listError = error;
      for (const listener of listeners) listener();
    },
    fail: (error) => {
      failure = error;
      wake();
    },
    isClosed: () => closed,
  };
}

const SPACE = 2n ** 128n;

/** A shard over a part of the hash keys, 0 to 1, live unless the test says otherwise. */
export function shardOf(
  number: number,
  [from, to]: readonly [number, number],
  change: Partial<ShardState> = {},
): ShardState {
  const at = (part: number): bigint => (SPACE * BigInt(Math.round(part * 1024))) / 1024n;
  return {
    shardId: `shardId-${String(number).padStart(12, '0')}`,
    parents: [],
    hashKeys: { start: at(from), end: at(to) - 1n },
    status: 'live',
    millisBehindLatest: 0,
    records: 0,
    bytes: 0,
    lastSequenceNumber: undefined,
    lastReadAt: undefined,
    isDrained: true,
    lastProgressAt: undefined,
    pace: 'budget',
    reads: 0,
    throttledReads: 0,
    checkpoint: undefined,
    owner: undefined,
    loss: undefined,
    error: undefined,
    ...change,
  };
}

let sequence = 49_590_000_000_000_000_000_000n;

/** A record with an event inside, as the consumer hands it over. */
export function recordOf(
  lane: string,
  seq: number,
  event: { readonly [Field in keyof StreamRecord]?: StreamRecord[Field] | undefined } = {},
  change: Partial<ConsumedRecord> = {},
): ConsumedRecord {
  const readAt = change.readAt ?? Date.now();
  const at = new Date(readAt - 900).toISOString();
  const record: StreamRecord = {
    type: 'track',
    messageId: `${lane}.${seq}`,
    anonymousId: `client-of-${lane}`,
    userId: null,
    event: 'Product Clicked',
    context: { page: { path: '/' } },
    originalTimestamp: at,
    timestamp: at,
    sentAt: new Date(readAt - 500).toISOString(),
    receivedAt: new Date(readAt - 460).toISOString(),
    rivulet: { lane, seq, source: 'shop' },
    ...(event as Partial<StreamRecord>),
  };
  return {
    shardId: 'shardId-000000000000',
    sequenceNumber: String(sequence++),
    subSequenceNumber: 0,
    aggregateCount: undefined,
    undecoded: undefined,
    outOfRange: false,
    kclDrops: false,
    partitionKey: record.anonymousId,
    data: new TextEncoder().encode(JSON.stringify(record)),
    arrivedAt: readAt - 420,
    readAt,
    event: record,
    ...change,
  };
}
