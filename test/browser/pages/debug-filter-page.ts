/** The debug view with named filters, and a stream of four shards that it can read anew. */

import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListShardsCommand,
} from '@aws-sdk/client-kinesis';
import type { KinesisReader } from '../../../src/consumer/options.ts';
import { shardOf } from '../../helpers/scripted-consumer.ts';
import { page } from './debug-page.ts';

const { view } = page;
/** Shards that were asked for records. */
let reads = new Set<string>();

const shards = [0, 1, 2, 3].map((number) => {
  const { shardId, hashKeys } = shardOf(number, [number / 4, (number + 1) / 4]);
  return {
    ShardId: shardId,
    HashKeyRange: {
      StartingHashKey: String(hashKeys.start),
      EndingHashKey: String(hashKeys.end),
    },
    SequenceNumberRange: { StartingSequenceNumber: '1' },
  };
});

async function answer(command: unknown): Promise<object> {
  if (command instanceof ListShardsCommand) return { Shards: shards };
  if (command instanceof GetShardIteratorCommand) return { ShardIterator: command.input.ShardId };
  if (!(command instanceof GetRecordsCommand)) throw new Error('expected a read');
  const { ShardIterator = '' } = command.input;
  reads.add(ShardIterator);
  return { Records: [], NextShardIterator: ShardIterator, MillisBehindLatest: 0 };
}

const shardReads = {
  /** Reads the four shards in place of the scripted stream. */
  readShards(): void {
    view.consumer = undefined;
    view.kinesis = { send: answer } as KinesisReader;
  },
  /** Shards that were read since the last question. */
  takeReads(): readonly string[] {
    const taken = [...reads].sort();
    reads = new Set();
    return taken;
  },
};

export type ShardReads = typeof shardReads;

Object.assign(window, { shardReads });
view.filters = [{ name: 'orders', filter: 'event:"Order Completed"' }];
