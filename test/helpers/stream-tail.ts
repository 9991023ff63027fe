import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
} from '@aws-sdk/client-kinesis';
import SparkMd5 from 'spark-md5';
import { decodeAggregate, type StreamRecord } from '../../src/protocol/index.ts';

/** An event as it lies in a shard. */
export interface TailedEvent {
  readonly shardId: string;
  readonly partitionKey: string;
  readonly event: StreamRecord;
}

export interface StreamTail {
  /** Everything that has been stored since the stream was made, in the order of each shard. */
  readonly readToEnd: () => Promise<readonly TailedEvent[]>;
  /** Hash ranges as the stream told them at the beginning. */
  readonly shards: readonly { readonly shardId: string; readonly start: bigint }[];
  readonly close: () => void;
}

/** Reads a stream with the AWS SDK and nothing of the consumer, so that the two can be wrong in different ways. */
export async function openStreamTail(client: KinesisClient, stream: string): Promise<StreamTail> {
  const list = async (): Promise<readonly { shardId: string; start: bigint }[]> => {
    const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName: stream }));
    return Shards.map(({ ShardId = '', HashKeyRange }) => ({
      shardId: ShardId,
      start: BigInt(HashKeyRange?.StartingHashKey ?? 0),
    }));
  };
  const shards = await list();
  /** Empty at the end of a shard that was split or merged. */
  const iterators = new Map<string, string>();
  const begin = async (shardId: string): Promise<void> => {
    const { ShardIterator = '' } = await client.send(
      new GetShardIteratorCommand({
        StreamName: stream,
        ShardId: shardId,
        ShardIteratorType: 'TRIM_HORIZON',
      }),
    );
    iterators.set(shardId, ShardIterator);
  };
  for (const { shardId } of shards) await begin(shardId);
  const events: TailedEvent[] = [];

  const readShard = async (shardId: string): Promise<void> => {
    if (!iterators.has(shardId)) await begin(shardId);
    while (iterators.get(shardId)) {
      const answer = await client.send(
        new GetRecordsCommand({ ShardIterator: iterators.get(shardId), Limit: 10_000 }),
      );
      iterators.set(shardId, answer.NextShardIterator ?? '');
      const { Records = [] } = answer;
      for (const { Data = new Uint8Array(), PartitionKey = '' } of Records) {
        events.push(...eventsOf(Data, PartitionKey).map((found) => ({ shardId, ...found })));
      }
      if (Records.length === 0) return;
    }
  };

  return {
    readToEnd: async () => {
      // Parents come before their children.
      for (const { shardId } of await list()) await readShard(shardId);
      return events;
    },
    shards,
    close: () => client.destroy(),
  };
}

function eventsOf(data: Uint8Array, outerKey: string): Omit<TailedEvent, 'shardId'>[] {
  const decoded = decodeAggregate(data, md5);
  const records =
    decoded.kind === 'aggregate' ? decoded.records : [{ partitionKey: outerKey, data }];
  return records.map(({ partitionKey, data: bytes }) => ({
    partitionKey,
    event: JSON.parse(new TextDecoder().decode(bytes)) as StreamRecord,
  }));
}

export function md5(bytes: Uint8Array): Uint8Array {
  const digest = SparkMd5.ArrayBuffer.hash(bytes as unknown as ArrayBuffer, true);
  return Uint8Array.from(digest, (character) => character.charCodeAt(0));
}
