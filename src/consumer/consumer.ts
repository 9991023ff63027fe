import type { GetRecordsCommandOutput } from '@aws-sdk/client-kinesis';
import { createChannel } from './channel.ts';
import { decodeRecord } from './decode.ts';
import { discoverShards } from './discovery.ts';
import { createLineage, factsOfChild, type ShardFacts } from './lineage.ts';
import { md5 } from './md5.ts';
import { type ConsumerOptions, resolveOptions } from './options.ts';
import { createPause } from './pause.ts';
import { type Position, readShard } from './shard-reader.ts';
import type { ConsumedRecord, Consumer, ShardState, StartPosition } from './types.ts';

/** Decoding lets the page breathe after this long. */
const DECODE_SLICE_MS = 8;

/**
 * Reads every shard of a stream from now on, until it is closed: parents before children, at a pace that leaves room for
 * other readers, and no faster than it is iterated. Failures do not end it; they show in `shards()` and `error()`.
 *
 * @example
 * for await (const { event } of createConsumer({ client, stream: 'clickstream' })) console.log(event);
 */
export function createConsumer(options: ConsumerOptions): Consumer {
  const { client, stream, from, pollIntervalMs, maxRecordsPerRead, signal, runtime } =
    resolveOptions(options);
  const ending = new AbortController();
  const pause = createPause(runtime.delay, ending.signal);
  const channel = createChannel<ConsumedRecord>(maxRecordsPerRead, ending.signal, close);
  const lineage = createLineage();
  const states = new Map<string, ShardState>();
  const listeners = new Set<() => void>();
  /** Children that the service named at their parents' end: a list may be a little behind. */
  const children: ShardFacts[] = [];
  let isFirstList = true;
  let error: string | undefined;
  let isTelling = false;

  const reading = {
    client,
    stream: stream.startsWith('arn:') ? { StreamARN: stream } : { StreamName: stream },
    pollIntervalMs,
    runtime,
    signal: ending.signal,
    pause,
  };

  function found(listed: readonly ShardFacts[]): void {
    error = undefined;
    for (const shard of lineage.add([...children.splice(0), ...listed])) {
      states.set(shard.shardId, newState(shard));
    }
    // A shard that need not be read frees its children at once.
    for (let free = lineage.ready(); free.length > 0; free = lineage.ready()) {
      for (const shard of free) void follow(shard, isFirstList);
    }
    isFirstList = false;
    tell();
  }

  async function follow(shard: ShardFacts, isFromStart: boolean): Promise<void> {
    const { shardId } = shard;
    // What is there later than the start came after it, so that LATEST is behind it.
    const position = from === 'LATEST' && !isFromStart ? 'TRIM_HORIZON' : from;
    // Nothing will ever come after the latest record of a closed shard.
    if (!(position === 'LATEST' && shard.isClosed)) {
      report(shardId, { status: 'reading' });
      const next = await readShard({
        ...reading,
        shardId,
        start: positionOf(position, shardId),
        limit: maxRecordsPerRead,
        isClosed: () => lineage.get(shardId)?.isClosed === true,
        relist,
        room: channel.room,
        deliver: (answer) => deliver(shard, answer),
        report: (change) => report(shardId, change),
      });
      if (ending.signal.aborted) return;
      children.push(...next.map(factsOfChild));
      relist();
    }
    lineage.drain(shardId);
    report(shardId, { status: 'closed', millisBehindLatest: 0, error: undefined });
  }

  async function deliver(
    { shardId, hashKeys }: ShardFacts,
    answer: GetRecordsCommandOutput,
  ): Promise<void> {
    const readAt = runtime.now();
    let { records = 0, bytes = 0, lastSequenceNumber } = states.get(shardId) ?? {};
    let sliceAt = readAt;
    for (const record of answer.Records ?? []) {
      const decoded = decodeRecord(record, { shardId, hashKeys, readAt, md5 });
      channel.push(decoded);
      records += decoded.length;
      for (const { data } of decoded) bytes += data.length;
      lastSequenceNumber = record.SequenceNumber;
      if (runtime.now() - sliceAt > DECODE_SLICE_MS) {
        await pause(0);
        sliceAt = runtime.now();
      }
    }
    report(shardId, { records, bytes, lastSequenceNumber, lastReadAt: readAt });
  }

  function report(shardId: string, change: Partial<ShardState>): void {
    const state = states.get(shardId);
    if (!state) return;
    states.set(shardId, { ...state, ...change });
    tell();
  }

  /** Once a turn, and apart from the reading: what a listener throws is its own. */
  function tell(): void {
    if (isTelling) return;
    isTelling = true;
    void Promise.resolve().then(() => {
      isTelling = false;
      for (const listener of listeners) listener();
    });
  }

  function close(): void {
    signal?.removeEventListener('abort', close);
    ending.abort();
  }
  const relist = discoverShards({
    ...reading,
    found,
    failed: (message) => {
      error = message;
      tell();
    },
  });
  if (signal?.aborted) close();
  else signal?.addEventListener('abort', close);

  return {
    shards: () => lineage.all().flatMap(({ shardId }) => states.get(shardId) ?? []),
    error: () => error,
    onShards: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close,
    [Symbol.asyncIterator]: () => channel.items,
  };
}

function positionOf(from: StartPosition, shardId: string): Position {
  if (typeof from === 'string') return { ShardIteratorType: from };
  if ('atTimestamp' in from) {
    return { ShardIteratorType: 'AT_TIMESTAMP', Timestamp: new Date(from.atTimestamp) };
  }
  const after = from.afterSequenceNumbers[shardId];
  return after === undefined
    ? { ShardIteratorType: 'TRIM_HORIZON' }
    : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: after };
}

function newState({ shardId, parents, hashKeys }: ShardFacts): ShardState {
  return {
    shardId,
    parents,
    hashKeys,
    status: 'waiting',
    millisBehindLatest: undefined,
    records: 0,
    bytes: 0,
    lastSequenceNumber: undefined,
    lastReadAt: undefined,
    error: undefined,
  };
}
