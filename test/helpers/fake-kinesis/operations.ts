import { invalid, KinesisError } from './errors.ts';
import type { Fault } from './faults.ts';
import { type ListShardsRequest, listShards } from './list-shards.ts';
import { getRecords, getShardIterator } from './read.ts';
import { createStream, type FakeStream } from './stream.ts';
import { type PutEntry, putRecord, putRecords } from './write.ts';

type Input = Readonly<Record<string, unknown>>;
type Named = { readonly StreamName?: string; readonly StreamARN?: string };

/** Every operation that is spoken, by its name. */
export type Operations = Readonly<
  Record<string, (input: Input, fault: Fault | undefined) => object>
>;

export function createOperations(options: {
  readonly streams: Map<string, FakeStream>;
  readonly account: string;
  readonly region: string;
  readonly now: () => number;
}): Operations {
  const { streams, account, region, now } = options;

  function find({ StreamName, StreamARN }: Named): FakeStream {
    const name = StreamName ?? StreamARN?.split('/').at(-1) ?? '';
    const stream = streams.get(name);
    if (stream) return stream;
    throw new KinesisError(
      'ResourceNotFoundException',
      `Stream ${name} under account ${account} not found.`,
    );
  }

  return {
    CreateStream: (input) => {
      const name = String(input.StreamName);
      if (streams.has(name)) {
        throw new KinesisError(
          'ResourceInUseException',
          `Stream ${name} under account ${account} already exists.`,
        );
      }
      const shardCount = Number(input.ShardCount ?? 4);
      const { StreamMode } = (input.StreamModeDetails ?? {}) as { readonly StreamMode?: string };
      const isOnDemand = StreamMode === 'ON_DEMAND';
      const stream = createStream({ name, shardCount, account, region, now, isOnDemand });
      if (input.MaxRecordSizeInKiB !== undefined)
        stream.maxRecordBytes = Number(input.MaxRecordSizeInKiB) * 1024;
      streams.set(name, stream);
      return {};
    },
    DescribeStreamSummary: (input) => {
      const stream = find(input);
      return {
        StreamDescriptionSummary: {
          StreamName: stream.name,
          StreamARN: stream.arn,
          StreamStatus: stream.status(),
          StreamModeDetails: { StreamMode: stream.isOnDemand ? 'ON_DEMAND' : 'PROVISIONED' },
          RetentionPeriodHours: stream.retentionMs / 3_600_000,
          StreamCreationTimestamp: stream.createdAt / 1000,
          EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
          EncryptionType: 'NONE',
          OpenShardCount: stream.open().length,
          ConsumerCount: 0,
          MaxRecordSizeInKiB: stream.maxRecordBytes / 1024,
        },
      };
    },
    ListShards: (input) => listShards(find, input as ListShardsRequest, now()),
    GetShardIterator: (input) => getShardIterator(find(input), input, now()),
    GetRecords: (input) => getRecords((name) => find({ StreamName: name }), input, now()),
    PutRecord: (input) => putRecord(find(input), input, account),
    PutRecords: (input, fault) =>
      putRecords(
        find(input),
        input.Records as readonly PutEntry[],
        account,
        fault?.kind === 'entries' ? fault.fails : undefined,
      ),
    SplitShard: (input) => {
      if (!/^\d{1,39}$/.test(String(input.NewStartingHashKey)))
        throw invalid('Invalid NewStartingHashKey');
      find(input).split(String(input.ShardToSplit), BigInt(String(input.NewStartingHashKey)));
      return {};
    },
    MergeShards: (input) => {
      find(input).merge(String(input.ShardToMerge), String(input.AdjacentShardToMerge));
      return {};
    },
    UpdateShardCount: (input) => {
      const stream = find(input);
      const before = stream.open().length;
      const target = Number(input.TargetShardCount);
      stream.scale(target);
      return {
        StreamName: stream.name,
        StreamARN: stream.arn,
        CurrentShardCount: before,
        TargetShardCount: target,
      };
    },
    UpdateStreamRecordDistributionStrategy: (input) => {
      const stream = find(input);
      const { RecordDistributionStrategy: strategy } = input;
      if (strategy !== 'AUTO' && strategy !== 'USER_PARTITION_KEY') {
        throw invalid('Invalid RecordDistributionStrategy');
      }
      if (!stream.isOnDemand) throw invalid('RecordDistributionStrategy is for on-demand streams.');
      stream.distribution = strategy;
      return {};
    },
    UpdateMaxRecordSize: (input) => {
      find(input).maxRecordBytes = Number(input.MaxRecordSizeInKiB) * 1024;
      return {};
    },
  };
}
