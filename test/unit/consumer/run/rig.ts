import { createRun, type Run } from '../../../../src/consumer/run/run-sink.ts';
import type { Handler, RunOptions } from '../../../../src/consumer/run/types.ts';
import type { RecordFilter } from '../../../../src/consumer/sink.ts';
import type { ConsumedRecord, Position, ShardState } from '../../../../src/consumer/types.ts';
import { createFakeClock, type FakeClock } from '../../../helpers/fake-clock.ts';
import { consumed } from '../event.ts';

/** Enough for the promises of a call. */
const QUIET_TURNS = 3;

export interface RunRig {
  readonly clock: FakeClock;
  /** What the host was told, `a1` for the first record of shard a. */
  readonly done: string[];
  readonly failures: Map<string, string | undefined>;
  readonly held: Set<string>;
  /** What `shards()` answers. */
  readonly states: ShardState[];
  readonly tellShards: () => void;
  readonly closing: AbortController;
  readonly run: (handler: Handler, options?: RunOptions, filter?: RecordFilter) => Run;
}

/** A run and a host that notes down what it is told. */
export function createRunRig(random: () => number = () => 0): RunRig {
  const clock = createFakeClock(undefined, QUIET_TURNS);
  const closing = new AbortController();
  const done: string[] = [];
  const failures = new Map<string, string | undefined>();
  const held = new Set(['a', 'b', 'c']);
  const states: ShardState[] = [];
  const listeners = new Set<() => void>();
  return {
    clock,
    done,
    failures,
    held,
    states,
    tellShards: () => {
      for (const listener of listeners) listener();
    },
    closing,
    run: (handler, options = {}, filter) =>
      createRun(handler, options, {
        holds: (shardId) => held.has(shardId),
        done: (shardId, upTo) => done.push(`${shardId}${numberOf(upTo)}`),
        failed: (shardId, message) => failures.set(shardId, message),
        filter,
        signal: closing.signal,
        runtime: { now: clock.now, delay: clock.delay, random },
        shards: () => states,
        onShards: (listener) => {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      }),
  };
}

/** Records `from` to `to` of a shard. Each sequence number holds two, as an aggregate does. */
export function recordsOf(shardId: string, from: number, to: number): ConsumedRecord[] {
  return Array.from({ length: to - from + 1 }, (_, index) => recordOf(shardId, from + index));
}

export function recordOf(shardId: string, number: number): ConsumedRecord {
  return {
    ...consumed(undefined),
    shardId,
    sequenceNumber: `${Math.ceil(number / 2)}`,
    subSequenceNumber: (number + 1) % 2,
  };
}

export function numberOf({ sequenceNumber, subSequenceNumber }: Position): number {
  return Number(sequenceNumber) * 2 - 1 + subSequenceNumber;
}

/** `a1 a2`: which records they are. */
export function namesOf(records: readonly ConsumedRecord[]): string {
  return records.map((record) => `${record.shardId}${numberOf(record)}`).join(' ');
}

export function stateOf(shardId: string, change: Partial<ShardState> = {}): ShardState {
  return {
    shardId,
    parents: [],
    hashKeys: { start: 0n, end: 1n },
    status: 'live',
    millisBehindLatest: 0,
    records: 0,
    bytes: 0,
    lastSequenceNumber: undefined,
    lastReadAt: undefined,
    lastProgressAt: undefined,
    pace: 'budget',
    reads: 1,
    throttledReads: 0,
    checkpoint: undefined,
    owner: undefined,
    error: undefined,
    isDrained: true,
    loss: undefined,
    ...change,
  };
}
