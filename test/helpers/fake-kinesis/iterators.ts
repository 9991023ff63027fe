import { SHARD_ITERATOR_LIFE_MS } from '../../../src/protocol/limits.ts';
import { invalid, KinesisError } from './errors.ts';
import type { FakeShard } from './shard.ts';

/** What an iterator stands for: the next record of a shard, by its place in the shard's log. */
export interface Cursor {
  readonly stream: string;
  readonly shardId: string;
  readonly next: number;
  readonly createdAt: number;
}

export interface IteratorRequest {
  readonly ShardIteratorType?: string;
  readonly StartingSequenceNumber?: string;
  /** Seconds since 1970. */
  readonly Timestamp?: number;
}

export function encodeIterator(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64');
}

export function decodeIterator(iterator: string, now: number): Cursor {
  const cursor = parse(iterator);
  if (now - cursor.createdAt > SHARD_ITERATOR_LIFE_MS) {
    throw new KinesisError(
      'ExpiredIteratorException',
      `Iterator expired. The iterator was created at time ${new Date(cursor.createdAt)} while right now it is ${new Date(now)} which is further in the future than the tolerated delay of ${SHARD_ITERATOR_LIFE_MS} milliseconds.`,
    );
  }
  return cursor;
}

function parse(iterator: string): Cursor {
  try {
    return JSON.parse(Buffer.from(iterator, 'base64').toString());
  } catch {
    throw invalid('Invalid ShardIterator.');
  }
}

/** The place in a shard's log where a requested position begins. */
export function placeOf(shard: FakeShard, request: IteratorRequest, now: number): number {
  const { records } = shard;
  switch (request.ShardIteratorType) {
    case 'TRIM_HORIZON':
      return 0;
    case 'LATEST':
      return records.length;
    case 'AT_TIMESTAMP': {
      const at = (request.Timestamp ?? 0) * 1000;
      if (at > now)
        throw invalid(
          `The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: ${at}, currentTimestampInMillis: ${now}`,
        );
      return firstWhere(records.length, (index) => (records[index]?.arrivedAt ?? 0) >= at);
    }
    case 'AT_SEQUENCE_NUMBER':
    case 'AFTER_SEQUENCE_NUMBER': {
      const sequence = sequenceOf(shard, request.StartingSequenceNumber);
      const isAfter = request.ShardIteratorType === 'AFTER_SEQUENCE_NUMBER';
      return firstWhere(records.length, (index) => {
        const candidate = BigInt(records[index]?.sequenceNumber ?? 0);
        return isAfter ? candidate > sequence : candidate >= sequence;
      });
    }
    default:
      throw invalid(`Invalid ShardIteratorType ${request.ShardIteratorType}`);
  }
}

function sequenceOf(shard: FakeShard, text: string | undefined): bigint {
  if (text === undefined || !/^(0|[1-9]\d{0,128})$/.test(text)) {
    throw invalid(
      `StartingSequenceNumber ${text} used in GetShardIterator on shard ${shard.shardId} is invalid.`,
    );
  }
  const ending = shard.endingSequenceNumber();
  if (ending !== undefined && BigInt(text) >= BigInt(ending)) {
    throw invalid(
      `StartingSequenceNumber ${text} used in GetShardIterator on shard ${shard.shardId} has reached max possible value for the shard.`,
    );
  }
  return BigInt(text);
}

/** Binary search for the first index at which a condition that stays true becomes true. */
function firstWhere(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
