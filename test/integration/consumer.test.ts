import { createHash, randomUUID } from 'node:crypto';
import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  type KinesisClient,
  MergeShardsCommand,
  PutRecordsCommand,
  SplitShardCommand,
} from '@aws-sdk/client-kinesis';
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import {
  type ConsumedRecord,
  type ConsumerOptions,
  createConsumer,
} from '../../src/consumer/index.ts';
import { encodeAggregate } from '../../src/protocol/aggregate.ts';
import { useLocalKinesis } from '../helpers/local-kinesis.ts';

const REGION = 'eu-central-1';
const KEYS = [...'abcdefghijkl'];

const local = useLocalKinesis(REGION);
let client: KinesisClient;

beforeAll(() => {
  client = local();
});

async function createStream(shards: number): Promise<string> {
  const stream = `consumer-${randomUUID()}`;
  await client.send(new CreateStreamCommand({ StreamName: stream, ShardCount: shards }));
  await untilActive(stream);
  return stream;
}

function untilActive(stream: string): Promise<void> {
  return vi.waitFor(
    async () => {
      const answer = await client.send(new DescribeStreamSummaryCommand({ StreamName: stream }));
      expect(answer.StreamDescriptionSummary?.StreamStatus).toBe('ACTIVE');
    },
    { timeout: 20_000, interval: 100 },
  );
}

async function put(stream: string, round: number): Promise<void> {
  const Records = KEYS.map((key) => ({ PartitionKey: key, Data: Buffer.from(`${key}${round}`) }));
  const answer = await client.send(new PutRecordsCommand({ StreamName: stream, Records }));
  expect(answer.FailedRecordCount ?? 0).toBe(0);
}

function read(stream: string, options: Partial<ConsumerOptions> = {}) {
  const consumer = createConsumer({
    client,
    stream,
    readsPerSecond: 5,
    pollIntervalMs: 200,
    ...options,
  });
  onTestFinished(() => consumer.close());
  const received: ConsumedRecord[] = [];
  void (async () => {
    for await (const record of consumer) received.push(record);
  })();
  const texts = () => received.map(({ data }) => new TextDecoder().decode(data));
  return { consumer, received, texts };
}

function untilReceived(received: readonly unknown[], count: number): Promise<void> {
  return vi.waitFor(() => expect(received.length).toBeGreaterThanOrEqual(count), {
    timeout: 20_000,
    interval: 50,
  });
}

function untilLive(consumer: ReturnType<typeof createConsumer>): Promise<void> {
  return vi.waitFor(
    () => expect(new Set(consumer.shards().map(({ status }) => status))).toEqual(new Set(['live'])),
    {
      timeout: 20_000,
      interval: 50,
    },
  );
}

test('reads a split and a merge parents first, each record once', async () => {
  const stream = await createStream(2);
  const { consumer, received, texts } = read(stream, { from: 'TRIM_HORIZON' });
  await put(stream, 0);

  await client.send(
    new SplitShardCommand({
      StreamName: stream,
      ShardToSplit: 'shardId-000000000000',
      NewStartingHashKey: `${2n ** 126n}`,
    }),
  );
  await untilActive(stream);
  await put(stream, 1);
  await client.send(
    new MergeShardsCommand({
      StreamName: stream,
      ShardToMerge: 'shardId-000000000003',
      AdjacentShardToMerge: 'shardId-000000000001',
    }),
  );
  await untilActive(stream);
  await put(stream, 2);
  await untilReceived(received, KEYS.length * 3);

  expect(received).toHaveLength(KEYS.length * 3);
  for (const key of KEYS) {
    expect(texts().filter((text) => text.startsWith(key))).toEqual([
      `${key}0`,
      `${key}1`,
      `${key}2`,
    ]);
  }
  expect(consumer.shards().map(({ status }) => status === 'closed')).toEqual([
    true,
    true,
    false,
    true,
    false,
  ]);
});

test('LATEST, a time and sequence numbers begin where they say', async () => {
  const stream = await createStream(2);
  const latest = read(stream);
  await untilLive(latest.consumer);
  await put(stream, 0);
  await untilReceived(latest.received, KEYS.length);
  // Arrival times are whole milliseconds: the next one belongs to the next round alone.
  await vi.waitUntil(
    () => Date.now() > Math.max(...latest.received.map(({ arrivedAt = 0 }) => arrivedAt)),
  );
  const between = Date.now();
  await put(stream, 1);
  await untilReceived(latest.received, KEYS.length * 2);
  latest.consumer.close();
  await put(stream, 2);

  const after = Object.fromEntries(
    latest.received.map(({ shardId, sequenceNumber }) => [shardId, sequenceNumber]),
  );
  const atTime = read(stream, { from: { atTimestamp: between } });
  const resumed = read(stream, { from: { afterSequenceNumbers: after } });
  await untilReceived(atTime.received, KEYS.length * 2);
  await untilReceived(resumed.received, KEYS.length);

  expect(atTime.texts().sort()).toEqual(KEYS.flatMap((key) => [`${key}1`, `${key}2`]));
  expect(resumed.texts().sort()).toEqual(KEYS.map((key) => `${key}2`));
});

test('a closed shard resumed after its last record ends, whatever ending number the emulator gives', async () => {
  const stream = await createStream(1);
  const first = read(stream, { from: 'TRIM_HORIZON' });
  await put(stream, 0);
  await untilReceived(first.received, KEYS.length);
  first.consumer.close();
  await client.send(
    new SplitShardCommand({
      StreamName: stream,
      ShardToSplit: 'shardId-000000000000',
      NewStartingHashKey: `${2n ** 127n}`,
    }),
  );
  await untilActive(stream);
  await put(stream, 1);

  const last = first.received.at(-1);
  const resumed = read(stream, {
    from: { afterSequenceNumbers: { [last?.shardId ?? '']: last?.sequenceNumber ?? '' } },
  });
  await untilReceived(resumed.received, KEYS.length);

  expect(resumed.texts().sort()).toEqual(KEYS.map((key) => `${key}1`));
});

test('takes aggregates apart, and marks what lies in a shard that its key does not name', async () => {
  const stream = await createStream(4);
  const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest();
  const records = ['alpha', 'ключ', 'alpha'].map((partitionKey, index) => ({
    partitionKey,
    data: Buffer.from(`${index}`),
  }));
  await client.send(
    new PutRecordsCommand({
      StreamName: stream,
      Records: [{ PartitionKey: 'alpha', Data: encodeAggregate(records, md5) }],
    }),
  );

  const { received } = read(stream, { from: 'TRIM_HORIZON' });
  await untilReceived(received, 3);

  expect(
    received.map(({ partitionKey, subSequenceNumber, aggregateCount, outOfRange, shardId }) => [
      partitionKey,
      subSequenceNumber,
      aggregateCount,
      outOfRange,
      shardId,
    ]),
  ).toEqual([
    ['alpha', 0, 3, false, 'shardId-000000000000'],
    ['ключ', 1, 3, true, 'shardId-000000000000'],
    ['alpha', 2, 3, false, 'shardId-000000000000'],
  ]);
});

test('a stream that is not there says so, and is read once it is', async () => {
  const stream = `late-${randomUUID()}`;
  const { consumer, received } = read(stream, { from: 'TRIM_HORIZON' });
  await vi.waitFor(() => expect(consumer.error()).toMatch(/ResourceNotFound/), { timeout: 10_000 });

  await client.send(new CreateStreamCommand({ StreamName: stream, ShardCount: 1 }));
  await untilActive(stream);
  await put(stream, 0);
  await untilReceived(received, KEYS.length);

  expect(consumer.error()).toBeUndefined();
});
