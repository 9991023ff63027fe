import { backoffMs } from '../../transport/retry.ts';
import { createBell } from '../bell.ts';
import { createPause } from '../pause.ts';
import type { RunHost } from '../sink.ts';
import type { ConsumedRecord, Position } from '../types.ts';
import { callWithin } from './call.ts';
import type { ResolvedRunOptions } from './options.ts';
import type { Handler } from './types.ts';

/** What a run has counted so far. */
export interface RunTally {
  handled: number;
  parked: number;
  failures: number;
}

export interface ShardWorkSource {
  readonly shardId: string;
  readonly handler: Handler;
  readonly options: ResolvedRunOptions;
  readonly host: RunHost;
  readonly tally: RunTally;
  /** What was read up to this time is what the run is there for: milliseconds since 1970. */
  readonly startedAt: number;
  /** When the shard was here before: its last call may still be under way. */
  readonly after: Promise<void> | undefined;
  readonly progressed: () => void;
}

/** One shard's records on their way through the handler. */
export interface ShardWork {
  readonly take: (records: readonly ConsumedRecord[], reachedAt?: number) => Promise<void>;
  readonly end: () => Promise<void>;
  /** Makes no further call; the one under way goes on. */
  readonly finish: () => void;
  /** The same, and tells the one under way. */
  readonly abort: () => void;
  /** The same, and what it does is no longer counted. */
  readonly revoke: () => void;
  /** Resolves when no call is under way. */
  readonly idle: () => Promise<void>;
  readonly isCaughtUp: () => boolean;
}

/** A longer wait would keep a shard back that could go on. */
const RETRY_MAX_MS = 30_000;

/** While the store of checkpoints is out of reach, the shard may be another's by now: nothing is handed out. */
const HOLD_CHECK_MS = 500;

export function createShardWork(source: ShardWorkSource): ShardWork {
  const { shardId, handler, options, host, tally } = source;
  const { batchSize, attempts, timeoutMs, park } = options;
  const { delay, random } = host.runtime;
  const retrying = { retryBaseMs: options.retryDelayMs, retryMaxMs: RETRY_MAX_MS };
  const finishing = new AbortController();
  const telling = new AbortController();
  const pause = createPause(delay, finishing.signal);
  const bell = createBell(telling.signal);
  const limits = { timeoutMs, delay, signal: telling.signal };
  let waiting: ConsumedRecord[] = [];
  let isRevoked = false;
  let isTroubled = false;
  let working: Promise<void> | undefined;
  let taken = 0;
  let done = 0;
  /** How many are to be done until the shard is where it was when the run began. */
  let goal: number | undefined;

  function ring(): void {
    bell.ring();
    source.progressed();
  }

  async function take(records: readonly ConsumedRecord[], reachedAt = -1): Promise<void> {
    if (telling.signal.aborted) return;
    for (const record of records) waiting.push(record);
    taken += records.length;
    // In the same millisecond it may have been asked for before.
    if (reachedAt > source.startedAt) goal ??= taken;
    work();
    source.progressed();
    // The next read goes on beside the last batch.
    while (!telling.signal.aborted && waiting.length >= batchSize) await bell.heard();
  }

  function work(): void {
    if (working || waiting.length === 0 || finishing.signal.aborted) return;
    working = (async () => {
      await source.after;
      while (!finishing.signal.aborted && waiting.length > 0) await handleNext();
      working = undefined;
      ring();
    })();
  }

  async function handleNext(): Promise<void> {
    const { filter } = host;
    const batch = waiting.slice(0, batchSize);
    waiting = waiting.slice(batch.length);
    ring();
    const upTo = batch.at(-1);
    const wanted = filter ? batch.filter(filter.isWanted) : batch;
    if (wanted.length > 0 && !(await handle(wanted))) return;
    if (upTo && upTo !== wanted.at(-1)) settle([], upTo);
    done += batch.length;
    ring();
  }

  /** Until they are done, all of them and in order. False where that may be no more. */
  async function handle(records: readonly ConsumedRecord[]): Promise<boolean> {
    const [first] = records;
    const last = records.at(-1);
    if (!first || !last) return true;
    for (let attempt = 1; await mayHandOut(); attempt++) {
      try {
        await callWithin(
          'handler',
          (signal) => handler(records, { shardId, attempt, signal }),
          limits,
        );
        if (isRevoked) return false;
        tally.handled += records.length;
        settle(records, last);
        return true;
      } catch (error) {
        // Told to stop, it did.
        if (telling.signal.aborted) return false;
        tally.failures++;
        say(records, attempt, error);
        if (attempt >= attempts) {
          if (records.length > 1) return handleHalves(records);
          if (await tryPark(first, attempt, error)) return true;
        }
        await pause(backoffMs(attempt, retrying, random));
      }
    }
    return false;
  }

  /** One of them is bad, or more: the others need not wait for it, but for their turn. */
  async function handleHalves(records: readonly ConsumedRecord[]): Promise<boolean> {
    const middle = Math.ceil(records.length / 2);
    return (await handle(records.slice(0, middle))) && (await handle(records.slice(middle)));
  }

  async function tryPark(
    record: ConsumedRecord,
    attempt: number,
    error: unknown,
  ): Promise<boolean> {
    if (!park || !(await mayHandOut())) return false;
    try {
      await callWithin('park', () => park({ record, error, attempts: attempt }), limits);
      if (isRevoked) return false;
      tally.parked++;
      settle([record], record);
      return true;
    } catch (refused) {
      trouble(`park failed with ${placeOf(record)}, and is called again: ${refused}`);
      return false;
    }
  }

  async function mayHandOut(): Promise<boolean> {
    while (!finishing.signal.aborted && !host.holds(shardId)) await pause(HOLD_CHECK_MS);
    return !finishing.signal.aborted;
  }

  function settle(records: readonly ConsumedRecord[], upTo: Position): void {
    for (const record of records) host.filter?.done(record);
    host.done(shardId, upTo);
    if (isTroubled) host.failed(shardId, undefined);
    isTroubled = false;
  }

  function say(records: readonly ConsumedRecord[], attempt: number, error: unknown): void {
    const [first] = records;
    if (!first) return;
    const what =
      records.length > 1 ? `${records.length} records from ${placeOf(first)} on` : placeOf(first);
    const next =
      records.length > 1 || attempt < attempts || park
        ? 'and is called again'
        : 'and the shard waits for it (mend the handler, or say with `park` who keeps it)';
    trouble(`the handler failed with ${what}, call ${attempt}, ${next}: ${error}`);
  }

  function trouble(message: string): void {
    isTroubled = true;
    host.failed(shardId, message);
  }

  function finish(): void {
    finishing.abort();
  }

  function abort(): void {
    finish();
    telling.abort(new DOMException('the shard is not read any more', 'AbortError'));
  }

  return {
    take,
    end: async () => {
      // Where a run has finished before its shard, this stays open: the shard is not done.
      while (!telling.signal.aborted && (working || waiting.length > 0)) await bell.heard();
    },
    finish,
    abort,
    revoke: () => {
      isRevoked = true;
      waiting = [];
      abort();
    },
    idle: async () => {
      await source.after;
      await working;
    },
    isCaughtUp: () => goal !== undefined && done >= goal,
  };
}

function placeOf({ sequenceNumber, subSequenceNumber }: Position): string {
  return `${sequenceNumber}.${subSequenceNumber}`;
}
