import {
  SHARD_READ_CALLS_PER_SECOND,
  SHARD_WRITE_BYTES_PER_SECOND,
  SHARD_WRITE_RECORDS_PER_SECOND,
} from '../../../src/protocol/limits.ts';
import type { HashKeyRange } from '../../../src/protocol/partition-key.ts';
import { endingSequenceNumber, sequenceNumber } from './sequence.ts';
import { createTokenBucket } from './token-bucket.ts';

export interface StoredRecord {
  readonly shardId: string;
  readonly sequenceNumber: string;
  readonly partitionKey: string;
  readonly data: Uint8Array;
  /** Milliseconds since 1970. */
  readonly arrivedAt: number;
}

export interface FakeShard {
  readonly shardId: string;
  readonly parents: readonly string[];
  readonly hashKeys: HashKeyRange;
  readonly startingSequenceNumber: string;
  readonly endingSequenceNumber: () => string | undefined;
  readonly createdAt: number;
  readonly closedAt: () => number | undefined;
  readonly records: readonly StoredRecord[];
  /** Whether a record of this size passes the shard's write limits now. */
  readonly admits: (bytes: number) => boolean;
  readonly append: (partitionKey: string, data: Uint8Array) => StoredRecord;
  /** Whether one more GetRecords passes the shard's read limits; counts it if so. */
  readonly admitsRead: () => boolean;
  readonly noteRead: (bytes: number) => void;
  readonly admitsIterator: () => boolean;
  readonly close: () => void;
  /** Whether the shard has given this sequence number. */
  readonly gave: (sequence: string) => boolean;
  /** The place in the log of the oldest record that arrived at that time or later. */
  readonly firstSince: (horizon: number) => number;
}

const MiB = 1024 * 1024;
const READ_BYTES_PER_SECOND = 2 * MiB;

export interface ShardPlan {
  readonly index: number;
  readonly parents: readonly string[];
  readonly hashKeys: HashKeyRange;
}

/** One shard: a log with the service's limits on its two ends. */
export function createShard(
  plan: ShardPlan,
  maxRecordBytes: () => number,
  now: () => number,
): FakeShard {
  const { index, parents, hashKeys } = plan;
  const shardId = `shardId-${String(index).padStart(12, '0')}`;
  const made = { index, createdAt: now() };
  const records: StoredRecord[] = [];
  const writtenRecords = createTokenBucket(SHARD_WRITE_RECORDS_PER_SECOND, now);
  // Large records pass as a burst; what they took has to refill (large-records.html).
  const writtenBytes = createTokenBucket(SHARD_WRITE_BYTES_PER_SECOND, now, () =>
    Math.max(SHARD_WRITE_BYTES_PER_SECOND, maxRecordBytes()),
  );
  const readCalls = createTokenBucket(SHARD_READ_CALLS_PER_SECOND, now);
  const iteratorCalls = createTokenBucket(SHARD_READ_CALLS_PER_SECOND, now);
  let readableAt = 0;
  let counter = 0n;
  let ending: string | undefined;
  let closedAt: number | undefined;
  let trimmed = 0;

  return {
    shardId,
    parents,
    hashKeys,
    records,
    startingSequenceNumber: sequenceNumber(made, 0n, made.createdAt),
    endingSequenceNumber: () => ending,
    createdAt: made.createdAt,
    closedAt: () => closedAt,
    admits: (bytes) => writtenRecords.has(1) && writtenBytes.has(bytes),
    append: (partitionKey, data) => {
      writtenRecords.take(1);
      writtenBytes.take(data.length + new TextEncoder().encode(partitionKey).length);
      counter += 1n;
      const record = {
        shardId,
        sequenceNumber: sequenceNumber(made, counter, now()),
        partitionKey,
        data,
        arrivedAt: now(),
      };
      records.push(record);
      return record;
    },
    admitsRead: () => {
      if (now() < readableAt || !readCalls.has(1)) return false;
      readCalls.take(1);
      return true;
    },
    noteRead: (bytes) => {
      // 10 MiB at once are five seconds of the shard's rate (API_GetRecords.html).
      if (bytes > READ_BYTES_PER_SECOND)
        readableAt = now() + (bytes / READ_BYTES_PER_SECOND) * 1000;
    },
    admitsIterator: () => {
      if (!iteratorCalls.has(1)) return false;
      iteratorCalls.take(1);
      return true;
    },
    gave: (sequence) => records.some((record) => record.sequenceNumber === sequence),
    close: () => {
      ending ??= endingSequenceNumber(made, now());
      closedAt ??= now();
    },
    firstSince: (horizon) => {
      // Time goes on: what is gone is gone.
      while ((records[trimmed]?.arrivedAt ?? horizon) < horizon) trimmed++;
      return trimmed;
    },
  };
}
