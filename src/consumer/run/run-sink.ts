import type { RunHost, Sink } from '../sink.ts';
import { isCaughtUp, othersOf } from './caught-up.ts';
import { resolveRunOptions } from './options.ts';
import { createShardWork, type RunTally, type ShardWork } from './shard-work.ts';
import type { Handler, RunOptions, RunReport } from './types.ts';

/** A run of a handler: it takes what the shards' readers bring. */
export interface Run extends Sink {
  /**
   * Resolves when no call is under way any more, and none will be made: because the consumer closes, the time is over, or
   * everything is done. Never rejects.
   */
  readonly ended: Promise<RunReport>;
}

/**
 * A shard whose owner does not live is taken over after a lease's time, ten seconds unless the application says otherwise:
 * what after this long is still another's is read by one that lives.
 */
const OTHERS_LIVE_MS = 30_000;

export function createRun(handler: Handler, given: RunOptions, host: RunHost): Run {
  const options = resolveRunOptions(handler, given);
  const { until, maxMs } = options;
  const { now, delay } = host.runtime;
  const startedAt = now();
  const works = new Map<string, ShardWork>();
  const tally: RunTally = { handled: 0, parked: 0, failures: 0 };
  const undo: (() => void)[] = [];
  let isFinishing = false;
  let resolveEnded: (report: RunReport) => void = () => {};
  const ended = new Promise<RunReport>((resolve) => {
    resolveEnded = resolve;
  });

  function workOf(shardId: string, after?: Promise<void>): ShardWork {
    const known = works.get(shardId);
    if (known) return known;
    const source = { shardId, handler, options, host, tally, startedAt, after, progressed };
    const work = createShardWork(source);
    works.set(shardId, work);
    if (isFinishing) work.finish();
    if (host.signal.aborted) work.abort();
    return work;
  }

  function progressed(): void {
    if (until !== 'caught_up' || isFinishing) return;
    const catchingUp = {
      shards: host.shards(),
      isDone: (shardId: string) => works.get(shardId)?.isCaughtUp() === true,
      leavesOthers: now() - startedAt >= OTHERS_LIVE_MS,
    };
    if (isCaughtUp(catchingUp)) void finish(true);
  }

  async function finish(isCaughtUp: boolean): Promise<void> {
    if (isFinishing) return;
    isFinishing = true;
    for (const step of undo) step();
    for (const work of works.values()) work.finish();
    await Promise.all([...works.values()].map((work) => work.idle()));
    resolveEnded({ ...tally, elsewhere: othersOf(host.shards()).length, isCaughtUp });
  }

  function close(): void {
    for (const work of works.values()) work.abort();
    void finish(false);
  }

  if (maxMs !== undefined) undo.push(delay(() => void finish(false), maxMs));
  if (until === 'caught_up') {
    undo.push(host.onShards(progressed), delay(progressed, OTHERS_LIVE_MS));
  }
  if (host.signal.aborted) close();
  else host.signal.addEventListener('abort', close);

  return {
    take: (shardId, records, reachedAt) => workOf(shardId).take(records, reachedAt),
    end: (shardId) => workOf(shardId).end(),
    revoke: (shardId) => {
      const work = works.get(shardId);
      if (!work) return;
      work.revoke();
      works.delete(shardId);
      // It may come back before its last call has ended, which must not go on beside the next.
      workOf(shardId, work.idle());
    },
    ended,
  };
}
