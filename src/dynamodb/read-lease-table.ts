import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { GetRecordsCommand, GetShardIteratorCommand } from '@aws-sdk/client-kinesis';
import { comparePositions, isPosition } from '../consumer/position.ts';
import type { Position, ShardState } from '../consumer/types.ts';
import { platformRuntime, type Runtime } from '../runtime.ts';
import type { LeaseTableRow } from './lease-item.ts';
import { scanLeases } from './scan.ts';
import type { DynamoDbSender } from './throttle.ts';

export interface ReadLeaseTableOptions {
  readonly client: DynamoDbSender;
  /** The application's name, unless its table has another one. */
  readonly table: string;
  readonly runtime?: Pick<Runtime, 'random' | 'delay'>;
}

/**
 * What the consumers of a Kinesis Client Library's application have reached, or those of Rivulet. It only reads, and needs no
 * more than `dynamodb:Scan`.
 */
export function readLeaseTable(options: ReadLeaseTableOptions): Promise<readonly LeaseTableRow[]> {
  const { client, table, runtime = platformRuntime() } = options;
  return scanLeases(client, { TableName: table }, runtime);
}

/** How far another application is in a shard, next to how far we have read it. */
export interface ShardProgress {
  readonly shardId: string;
  readonly row: LeaseTableRow;
  /**
   * - `done`: it has finished the shard
   * - `behind`, `level`, `ahead`: it is, of what we have read
   * - `begun`: it has no checkpoint there yet
   * - `unknown`: we have not read there
   */
  readonly place: 'done' | 'behind' | 'level' | 'ahead' | 'begun' | 'unknown';
}

/** Sets the rows of a lease table against what a consumer has read: `consumer.shards()`. */
export function compareProgress(
  rows: readonly LeaseTableRow[],
  shards: readonly Pick<ShardState, 'shardId' | 'lastSequenceNumber'>[],
): readonly ShardProgress[] {
  const ours = new Map(shards.map((shard) => [shard.shardId, shard.lastSequenceNumber]));
  return rows.map((row) => ({
    shardId: row.shardId,
    row,
    place: placeOf(row.checkpoint, ours.get(row.shardId)),
  }));
}

function placeOf(
  checkpoint: LeaseTableRow['checkpoint'],
  ours: string | undefined,
): ShardProgress['place'] {
  if (checkpoint === 'SHARD_END') return 'done';
  if (checkpoint === 'AT_TIMESTAMP' || !isPosition(checkpoint)) return 'begun';
  if (ours === undefined) return 'unknown';
  const whole = (sequenceNumber: string): Position => ({ sequenceNumber, subSequenceNumber: 0 });
  const order = comparePositions(whole(checkpoint.sequenceNumber), whole(ours));
  if (order === 0) return 'level';
  return order < 0 ? 'behind' : 'ahead';
}

/**
 * When the record of a row's checkpoint arrived in the stream, in milliseconds since 1970: now less that is the application's
 * lag. `undefined` where there is no such record, or not any more. It costs the shard one of its five reads a second.
 */
export async function reachedAt(
  client: Pick<KinesisClient, 'send'>,
  stream: string,
  { shardId, checkpoint }: Pick<LeaseTableRow, 'shardId' | 'checkpoint'>,
): Promise<number | undefined> {
  if (checkpoint === 'AT_TIMESTAMP' || !isPosition(checkpoint)) return undefined;
  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({
      ...(stream.startsWith('arn:') ? { StreamARN: stream } : { StreamName: stream }),
      ShardId: shardId,
      ShardIteratorType: 'AT_SEQUENCE_NUMBER',
      StartingSequenceNumber: checkpoint.sequenceNumber,
    }),
  );
  if (!ShardIterator) return undefined;
  const { Records = [] } = await client.send(new GetRecordsCommand({ ShardIterator, Limit: 1 }));
  const [record] = Records;
  // A later one stands where the record has gone.
  if (record?.SequenceNumber !== checkpoint.sequenceNumber) return undefined;
  return record.ApproximateArrivalTimestamp?.getTime();
}
