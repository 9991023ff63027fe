/** A stream that is split, merged and scaled while devices send to it: real HTTP, the relay in workerd and in Node. */

import { randomBytes } from 'node:crypto';
import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
  MergeShardsCommand,
  type Shard,
  SplitShardCommand,
  UpdateShardCountCommand,
} from '@aws-sdk/client-kinesis';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import {
  createLocalClient,
  LOCAL_CREDENTIALS,
  type LocalKinesis,
  startKinesisLocal,
} from '../../demo/launcher/kinesis-local.ts';
import { findFreePort } from '../../demo/launcher/ports.ts';
import { startRelay, toEnvJson } from '../../demo/launcher/relay.ts';
import { until } from '../../demo/launcher/until.ts';
import { decodeAggregate } from '../../src/protocol/aggregate.ts';
import { hashKeyOf, isInRange } from '../../src/protocol/partition-key.ts';
import { createNodeRelay } from '../../worker/node/index.ts';
import { createLaneSender, type LaneSender } from '../helpers/lane-sender.ts';
import { md5 } from '../helpers/stream-tail.ts';

const REGION = 'us-east-1';
const LANES = ['laneOfDevice1', 'laneOfDevice2', 'laneOfDevice3'];
const KEYS = 12;
const giveUp = AbortSignal.timeout(180_000);

let local: LocalKinesis;
let client: KinesisClient;

beforeAll(async () => {
  const port = await findFreePort();
  const setting = { stream: 'first', shards: 1, region: REGION, port };
  local = await startKinesisLocal({ ...setting, givenUp: AbortSignal.timeout(30_000) });
  client = createLocalClient(local.url, REGION);
});

afterAll(async () => {
  client?.destroy();
  await local?.stop();
});

/** The address of a relay whose write key is the stream's name. */
async function start(runtime: string, stream: string, fields: object): Promise<string> {
  const partition = 'properties.deviceId';
  const source = { name: 'shop', stream, origins: '*', partition, ...fields };
  const settings = {
    RELAY_SECRET: randomBytes(32).toString('base64url'),
    RELAY_AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
    RELAY_AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
    RELAY_AWS_REGION: REGION,
    RELAY_KINESIS_ENDPOINT: local.url,
  };
  if (runtime === 'workerd') {
    const env = { ...settings, SOURCES: toEnvJson({ [stream]: source }) };
    const relay = await startRelay(env, AbortSignal.timeout(30_000));
    onTestFinished(() => relay.stop());
    return relay.url;
  }
  const SOURCES = JSON.stringify({ [stream]: source });
  const relay = createNodeRelay({ env: { ...settings, SOURCES }, log: () => {} });
  onTestFinished(() => relay.close());
  return `http://127.0.0.1:${await relay.listen()}`;
}

async function shardsOf(stream: string): Promise<Shard[]> {
  const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName: stream }));
  return Shards;
}

/** Shards without children, by their place in the hash key space. */
async function openShardsOf(stream: string): Promise<Shard[]> {
  const shards = await shardsOf(stream);
  const parents = new Set(shards.flatMap((it) => [it.ParentShardId, it.AdjacentParentShardId]));
  return shards
    .filter(({ ShardId }) => !parents.has(ShardId))
    .sort((one, other) => (rangeOf(one).start < rangeOf(other).start ? -1 : 1));
}

function rangeOf({ HashKeyRange }: Shard) {
  const { StartingHashKey = '0', EndingHashKey = '0' } = HashKeyRange ?? {};
  return { start: BigInt(StartingHashKey), end: BigInt(EndingHashKey) };
}

async function isActive(stream: string): Promise<void> {
  await until(
    `${stream}: to be active`,
    async () => {
      const command = new DescribeStreamSummaryCommand({ StreamName: stream });
      const { StreamDescriptionSummary } = await client.send(command);
      return StreamDescriptionSummary?.StreamStatus === 'ACTIVE';
    },
    giveUp,
  );
}

/** Split, merge, new shard count: each while batches go on arriving, and seen through before the next. */
async function reshard(stream: string, senders: readonly LaneSender[]): Promise<void> {
  const goOn = async (): Promise<void> => {
    await isActive(stream);
    const targets = senders.map((sender) => sender.batches() + 3);
    const areOn = async () => senders.every((it, at) => it.batches() >= (targets[at] ?? 0));
    await until('senders: three more batches each', areOn, giveUp);
  };
  await goOn();
  const [split] = await openShardsOf(stream);
  const { start, end } = rangeOf(split as Shard);
  await client.send(
    new SplitShardCommand({
      ...{ StreamName: stream, ShardToSplit: split?.ShardId },
      NewStartingHashKey: String(start + (end - start) / 2n),
    }),
  );
  await goOn();
  const [, second, third] = await openShardsOf(stream);
  await client.send(
    new MergeShardsCommand({
      ...{ StreamName: stream, ShardToMerge: second?.ShardId },
      AdjacentShardToMerge: third?.ShardId,
    }),
  );
  await goOn();
  await client.send(
    new UpdateShardCountCommand({
      ...{ StreamName: stream, TargetShardCount: 4, ScalingType: 'UNIFORM_SCALING' },
    }),
  );
  await goOn();
}

interface Read {
  readonly key: string;
  readonly id: string;
  readonly seq: number;
  readonly shardId: string;
}

/** What the Kinesis Client Library would hand on of a shard: an aggregate with one foreign record is dropped whole. */
async function readShard(stream: string, shard: Shard): Promise<Read[]> {
  const { ShardId: shardId = '' } = shard;
  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({
      ...{ StreamName: stream, ShardId: shardId, ShardIteratorType: 'TRIM_HORIZON' },
    }),
  );
  const read: Read[] = [];
  for (let iterator = ShardIterator; iterator; ) {
    const answer = await client.send(new GetRecordsCommand({ ShardIterator: iterator }));
    for (const { Data = new Uint8Array(), PartitionKey = '' } of answer.Records ?? []) {
      const decoded = decodeAggregate(Data, md5);
      const parts =
        decoded.kind === 'aggregate'
          ? decoded.records
          : [{ partitionKey: PartitionKey, data: Data }];
      const isWhole = parts.every((it) =>
        isInRange(hashKeyOf(it.partitionKey, md5), rangeOf(shard)),
      );
      if (!isWhole) continue;
      for (const { partitionKey: key, data } of parts) {
        const { messageId: id, rivulet } = JSON.parse(new TextDecoder().decode(data));
        read.push({ key, id, seq: rivulet.seq, shardId });
      }
    }
    if (!answer.Records?.length) return read;
    iterator = answer.NextShardIterator ?? undefined;
  }
  return read;
}

test.each([
  ['in workerd', 'workerd', {}],
  ['in Node', 'node', {}],
  ['in strict order', 'node', { ordering: 'strict' }],
] as const)(
  'loses nothing and keeps the order of keys, which follow to the children: %s',
  async (name, runtime, fields) => {
    const stream = name.replaceAll(' ', '-');
    await client.send(new CreateStreamCommand({ StreamName: stream, ShardCount: 2 }));
    await isActive(stream);
    const relay = await start(runtime, stream, fields);
    const senders = LANES.map((lane) =>
      createLaneSender({ relay, writeKey: stream, lane, keys: KEYS, batchEvents: 36 }),
    );

    const sending = Promise.all(senders.map((sender) => sender.run()));
    // Whatever ends the one ends the other.
    await Promise.race([reshard(stream, senders), sending]);
    for (const sender of senders) sender.stop();
    await sending;

    const shards = await shardsOf(stream);
    const open = new Set((await openShardsOf(stream)).map(({ ShardId }) => ShardId));
    // By their numbers: a child's is higher than its parents'.
    const read = (await Promise.all(shards.map((shard) => readShard(stream, shard)))).flat();
    const firsts = [...new Map(read.toReversed().map((it) => [it.id, it])).values()].toReversed();
    const captured = LANES.flatMap((lane, at) =>
      Array.from({ length: senders[at]?.captured() ?? 0 }, (_, seq) => `${lane}.${seq + 1}`),
    );
    expect(shards.length).toBeGreaterThanOrEqual(2 + 2 + 1 + 2);
    expect(open.size).toBe(4);
    expect(firsts.map(({ id }) => id).sort()).toEqual(captured.sort());
    const byKey = Map.groupBy(firsts, ({ key }) => key);
    expect(byKey.size).toBe(LANES.length * KEYS);
    for (const ofKey of byKey.values()) {
      const seqs = ofKey.map(({ seq }) => seq);
      expect(seqs).toEqual([...seqs].sort((one, other) => one - other));
      expect(open).toContain(ofKey.at(-1)?.shardId);
      expect(new Set(ofKey.map(({ shardId }) => shardId)).size).toBeGreaterThan(1);
    }
  },
);
