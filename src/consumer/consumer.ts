import type { ChildShard } from '@aws-sdk/client-kinesis';
import { RivuletError } from '../errors.ts';
import { doRangesOverlap } from '../protocol/partition-key.ts';
import { alone } from './alone.ts';
import { createBell } from './bell.ts';
import type { Checkpoint, CheckpointSession } from './checkpoint/types.ts';
import { discoverShards } from './discovery.ts';
import { createIteration } from './iteration.ts';
import { factsOfChild, type ShardFacts } from './lineage.ts';
import { md5 } from './md5.ts';
import { type ConsumerOptions, resolveOptions } from './options.ts';
import { createPause, type Pause } from './pause.ts';
import { createRoster } from './roster.ts';
import { createRun, type Run } from './run/run-sink.ts';
import { readShard, type ShardRead } from './shard-reader.ts';
import { createShardStates } from './shard-states.ts';
import { createSight } from './sight.ts';
import type { RunHost, Sink } from './sink.ts';
import type { ConsumedEvent, ConsumedRecord, Consumer, ShardState } from './types.ts';
import { unpack } from './unpack.ts';

/**
 * Reads every shard of a stream from now on, until it is closed: parents before children, at a pace that leaves room for
 * other readers, and no faster than what it reads is pulled or handled. Failures do not end it; they show in `shards()` and
 * `error()`.
 *
 * @example
 * for await (const { event } of createConsumer({ client, stream: 'clickstream' })) console.log(event);
 */
export function createConsumer(options: ConsumerOptions): Consumer {
  const resolved = resolveOptions(options);
  const { stream, hashKeys: wanted, maxRecordsPerRead, signal, runtime, whenHidden } = resolved;
  const ending = new AbortController();
  const pause = createPause(runtime.delay, ending.signal);
  const sight = createSight(whenHidden === 'pause' ? runtime.page : undefined);
  const states = createShardStates((shardId) => session.lease(shardId));
  /** The shards that this consumer reads, each with what ends that. */
  const readings = new Map<string, AbortController>();
  const roster = createRoster((shardId) => readings.has(shardId) || states.hasLoss(shardId));
  let listError: string | undefined;
  let storeError: string | undefined;
  let closing: Promise<void> | undefined;

  let sink: Sink | undefined;
  let run: Run | undefined;
  const chosen = createBell(ending.signal);

  const reading = {
    ...resolved,
    stream: stream.startsWith('arn:') ? { StreamARN: stream } : { StreamName: stream },
    signal: ending.signal,
    pause,
    sight,
  };

  const host: RunHost = {
    runtime,
    holds: (shardId) => readings.has(shardId) && session.holds(shardId),
    done: (shardId, upTo) => {
      if (!readings.has(shardId)) return;
      session.done(shardId, upTo);
      states.done(shardId, upTo);
    },
    failed: states.handlerFailed,
    filter: resolved.filter,
    signal: ending.signal,
    shards,
    onShards: states.onChange,
  };

  const session: CheckpointSession = (resolved.checkpoint ?? alone).start({
    from: resolved.from,
    runtime,
    granted,
    revoked,
    failed: (message) => {
      storeError = message;
      states.tell();
    },
  });

  function found(list: readonly ShardFacts[]): void {
    listError = undefined;
    roster.listed(list);
    states.keep(roster.all());
    states.tell();
    know();
  }

  function isWanted({ hashKeys }: ShardFacts): boolean {
    return !wanted || doRangesOverlap(hashKeys, wanted);
  }

  /** A wanted shard's parents that are not have nothing of what is looked for: it waits for the others alone. */
  function know(): void {
    session.known(roster.current().filter(isWanted));
  }

  function granted(shardId: string, from: Checkpoint): void {
    const shard = roster.get(shardId);
    if (!shard || readings.has(shardId) || ending.signal.aborted) return;
    const stop = new AbortController();
    readings.set(shardId, stop);
    void follow(shard, from, stop.signal);
  }

  function revoked(shardId: string): void {
    readings.get(shardId)?.abort();
    readings.delete(shardId);
    sink?.revoke(shardId);
    states.handlerFailed(shardId, undefined);
    const idle = { isDrained: true, pace: 'budget', error: undefined } as const;
    states.report(shardId, { status: 'waiting', ...idle });
  }

  async function follow(shard: ShardFacts, from: Checkpoint, stopped: AbortSignal): Promise<void> {
    const { shardId } = shard;
    let children: readonly ChildShard[] = [];
    // Nothing will ever come after the latest record of a closed shard.
    if (from !== 'SHARD_END' && !(from === 'LATEST' && shard.isClosed)) {
      states.report(shardId, { status: 'reading' });
      const stoppable = createPause(runtime.delay, stopped);
      children = await readShard({
        ...reading,
        shardId,
        from,
        limit: maxRecordsPerRead,
        signal: stopped,
        pause: stoppable,
        isForgotten: () => roster.isForgotten(shardId),
        relist,
        deliver: (read) => deliver(shard, read, stopped, stoppable),
        report: (change) => {
          if (!stopped.aborted) states.report(shardId, change);
        },
      });
      if (stopped.aborted) return;
      states.report(shardId, { lastProgressAt: runtime.now(), millisBehindLatest: 0 });
    }
    // A shard of which nothing came waits for nobody.
    await sink?.end(shardId);
    if (stopped.aborted) return;
    states.report(shardId, { status: 'closed', error: undefined });
    roster.ended(shard, children.map(factsOfChild));
    know();
    readings.delete(shardId);
    session.done(shardId, 'SHARD_END');
    relist();
  }

  async function deliver(
    { shardId, hashKeys }: ShardFacts,
    { answer, after, askedAt, change }: ShardRead,
    stopped: AbortSignal,
    stoppable: Pause,
  ): Promise<void> {
    const from = { shardId, hashKeys, readAt: runtime.now(), md5 };
    const records = await unpack(answer.Records ?? [], after, from, { runtime, pause: stoppable });
    if (stopped.aborted) return;
    states.arrived(shardId, records, { ...change, pace: 'full' });
    // Until somebody iterates or runs, reading goes on as far as the first record.
    if (!sink && records.length === 0) return;
    while (!sink && !stopped.aborted) await chosen.heard();
    if (stopped.aborted) return;
    const unknownMs = records.length > 0 ? Number.POSITIVE_INFINITY : 0;
    const reachedAt = askedAt - (answer.MillisBehindLatest ?? unknownMs);
    await sink?.take(shardId, records, answer.NextShardIterator ? reachedAt : undefined);
  }

  function choose<S extends Sink>(make: () => S): S {
    if (sink) {
      throw new RivuletError(
        'invalid_option',
        'consumer: expected one loop or one run, got a second',
      );
    }
    const made = make();
    sink = made;
    chosen.ring();
    return made;
  }

  function iterate<T extends ConsumedRecord>(
    accepts: (record: ConsumedRecord) => record is T,
  ): AsyncGenerator<T, undefined> {
    const looped = { ...host, left: close };
    return choose(() => createIteration(maxRecordsPerRead, accepts, looped)).records;
  }

  function shards(): readonly ShardState[] {
    return roster.all().map((shard) => {
      const state = states.get(shard);
      return isWanted(shard) ? state : { ...state, status: 'skipped' };
    });
  }

  function close(): Promise<void> {
    if (!closing) {
      // Before anybody is told, so that whoever closes on being told gets the same.
      closing = Promise.resolve().then(finish);
      signal?.removeEventListener('abort', close);
      ending.abort();
      for (const stop of readings.values()) stop.abort();
    }
    return closing;
  }

  async function finish(): Promise<void> {
    await run?.ended;
    await session.end();
    readings.clear();
  }

  const relist = discoverShards({
    ...reading,
    found,
    failed: (message) => {
      listError = message;
      states.tell();
    },
  });
  if (signal?.aborted) void close();
  else signal?.addEventListener('abort', close);

  return {
    events: () => ({ [Symbol.asyncIterator]: () => iterate(isEvent) }),
    run: async (handler, runOptions = {}) => {
      run = choose(() => createRun(handler, runOptions, host));
      const report = await run.ended;
      await close();
      return report;
    },
    shards,
    error: () => listError ?? storeError,
    onShards: states.onChange,
    flush: session.flush,
    close,
    [Symbol.asyncIterator]: () => iterate(isRecord),
  };
}

function isRecord(_: ConsumedRecord): _ is ConsumedRecord {
  return true;
}

function isEvent(record: ConsumedRecord): record is ConsumedEvent {
  return record.event !== undefined;
}
