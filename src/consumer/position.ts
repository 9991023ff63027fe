import type { GetShardIteratorCommandInput } from '@aws-sdk/client-kinesis';
import type { Checkpoint } from './checkpoint/types.ts';
import type { Position, StartPosition } from './types.ts';

/** A sub-sequence number behind every one that an aggregate can hold: the Kinesis record as a whole. */
export const WHOLE_RECORD: number = Number.MAX_SAFE_INTEGER;

/** Where in a shard to open an iterator. */
export type Place = Pick<
  GetShardIteratorCommandInput,
  'ShardIteratorType' | 'StartingSequenceNumber' | 'Timestamp'
>;

/** Below, at or above 0 as the first lies before, at or after the other. Sequence numbers are too long for a number. */
export function comparePositions(one: Position, other: Position): number {
  if (one.sequenceNumber !== other.sequenceNumber) {
    const difference = BigInt(one.sequenceNumber) - BigInt(other.sequenceNumber);
    if (difference !== 0n) return difference < 0n ? -1 : 1;
  }
  return one.subSequenceNumber - other.subSequenceNumber;
}

export function isPosition(checkpoint: Checkpoint): checkpoint is Position {
  return typeof checkpoint === 'object' && 'sequenceNumber' in checkpoint;
}

/** Where a shard begins of which nothing has been done. */
export function startOf(from: StartPosition, shardId: string): Checkpoint {
  if (typeof from === 'string' || 'atTimestamp' in from) return from;
  const sequenceNumber = from.afterSequenceNumbers[shardId];
  return sequenceNumber === undefined
    ? 'TRIM_HORIZON'
    : { sequenceNumber, subSequenceNumber: WHOLE_RECORD };
}

/**
 * The place that brings what follows a checkpoint. A position's own record comes once more, to be left out by
 * {@link comparePositions}: only so can reading go on inside an aggregate, see that the stream still keeps what follows, and
 * open a closed shard, where AFTER_SEQUENCE_NUMBER may be refused.
 */
export function placeOf(checkpoint: Checkpoint): Place {
  if (checkpoint === 'LATEST') return { ShardIteratorType: 'LATEST' };
  if (typeof checkpoint === 'string') return { ShardIteratorType: 'TRIM_HORIZON' };
  return isPosition(checkpoint)
    ? {
        ShardIteratorType: 'AT_SEQUENCE_NUMBER',
        StartingSequenceNumber: checkpoint.sequenceNumber,
      }
    : { ShardIteratorType: 'AT_TIMESTAMP', Timestamp: new Date(checkpoint.atTimestamp) };
}
