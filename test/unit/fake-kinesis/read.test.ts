// @vitest-environment node
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  type GetShardIteratorCommandInput,
  ListShardsCommand,
  type ListShardsCommandInput,
  type Shard,
} from '@aws-sdk/client-kinesis';
import { expect, test } from 'vitest';
import { clientOf, createFakeKinesis } from '../../helpers/fake-kinesis/index.ts';

const MiB = 1024 * 1024;
const START = Date.UTC(2026, 0, 1);
const HOUR_MS = 60 * 60_000;

function setUp(shardCount = 1) {
  let now = START;
  const fake = createFakeKinesis({ now: () => now });
  fake.call('CreateStream', {
    StreamName: 's',
    ShardCount: shardCount,
    MaxRecordSizeInKiB: 10_240,
  });
  const client = clientOf(fake);
  return {
    fake,
    client,
    wait: (ms: number) => {
      now += ms;
    },
    put: (...texts: string[]) => {
      for (const text of texts) {
        fake.call('PutRecord', { StreamName: 's', PartitionKey: 'k', Data: btoa(text) });
      }
    },
    iterator: async (
      position: Pick<
        GetShardIteratorCommandInput,
        'ShardIteratorType' | 'StartingSequenceNumber' | 'Timestamp'
      >,
      index = 0,
    ): Promise<string> => {
      const ShardId = `shardId-00000000000${index}`;
      const request = { StreamName: 's', ShardId, ...position };
      return (await client.send(new GetShardIteratorCommand(request))).ShardIterator ?? '';
    },
    read: async (ShardIterator: string | undefined, Limit?: number) => {
      const answer = await client.send(new GetRecordsCommand({ ShardIterator, Limit }));
      const { Records = [], NextShardIterator, ChildShards, MillisBehindLatest } = answer;
      const texts = Records.map(({ Data = new Uint8Array() }) => new TextDecoder().decode(Data));
      return { texts, records: Records, NextShardIterator, ChildShards, MillisBehindLatest };
    },
  };
}

test('each position begins where its name says', async () => {
  const { put, wait, iterator, read } = setUp();
  put('1', '2');
  wait(1000);
  const at = START + 1000;
  put('3');
  const { records } = await read(await iterator({ ShardIteratorType: 'TRIM_HORIZON' }));
  const StartingSequenceNumber = records[1]?.SequenceNumber ?? '';
  wait(10_000);

  const latest = await iterator({ ShardIteratorType: 'LATEST' });
  const atTime = await iterator({ ShardIteratorType: 'AT_TIMESTAMP', Timestamp: new Date(at) });
  const atNumber = await iterator({
    ShardIteratorType: 'AT_SEQUENCE_NUMBER',
    StartingSequenceNumber,
  });
  const after = await iterator({
    ShardIteratorType: 'AFTER_SEQUENCE_NUMBER',
    StartingSequenceNumber,
  });
  put('4');

  expect((await read(latest)).texts).toEqual(['4']);
  expect((await read(atTime)).texts).toEqual(['3', '4']);
  expect((await read(atNumber)).texts).toEqual(['2', '3', '4']);
  expect((await read(after)).texts).toEqual(['3', '4']);
  expect(records[0]?.ApproximateArrivalTimestamp).toEqual(new Date(START));
});

test('pages by its limit and says how far behind the reader is', async () => {
  const { put, wait, iterator, read } = setUp();
  put('1', '2', '3');
  wait(700);

  const first = await read(await iterator({ ShardIteratorType: 'TRIM_HORIZON' }), 2);
  const second = await read(first.NextShardIterator, 2);
  const third = await read(second.NextShardIterator, 2);

  expect(first).toMatchObject({ texts: ['1', '2'], MillisBehindLatest: 700 });
  expect(second).toMatchObject({ texts: ['3'], MillisBehindLatest: 0 });
  expect(third).toMatchObject({ texts: [], MillisBehindLatest: 0 });
});

test('an iterator lives for five minutes', async () => {
  const { wait, iterator, read } = setUp();
  const opened = await iterator({ ShardIteratorType: 'TRIM_HORIZON' });

  wait(300_000);
  const { NextShardIterator } = await read(opened);
  wait(300_001);

  await expect(read(NextShardIterator)).rejects.toThrow(
    expect.objectContaining({ name: 'ExpiredIteratorException' }),
  );
});

test('takes five reads a second and shard', async () => {
  const { wait, iterator, read } = setUp(2);
  const [one, other] = [
    await iterator({ ShardIteratorType: 'LATEST' }, 0),
    await iterator({ ShardIteratorType: 'LATEST' }, 1),
  ];
  for (let call = 0; call < 5; call++) await read(one);

  await expect(read(one)).rejects.toThrow(
    expect.objectContaining({ name: 'ProvisionedThroughputExceededException' }),
  );
  await expect(read(other)).resolves.toBeDefined();
  wait(200);
  await expect(read(one)).resolves.toBeDefined();
});

test('answers with 10 MiB at most, and then refuses for five seconds', async () => {
  const { fake, wait, iterator, read } = setUp();
  const Data = Buffer.alloc(5 * MiB - 1).toString('base64');
  for (let record = 0; record < 3; record++) {
    fake.call('PutRecord', { StreamName: 's', PartitionKey: 'k', Data });
    wait(10_000);
  }

  const first = await read(await iterator({ ShardIteratorType: 'TRIM_HORIZON' }));
  wait(4_990);
  const early = read(first.NextShardIterator);
  await expect(early).rejects.toThrow(/Rate exceeded/);
  wait(10);
  const second = await read(first.NextShardIterator);

  expect(first.texts).toHaveLength(2);
  expect(second.texts).toHaveLength(1);
});

test('a split ends its parent with the children, whose ranges are the parent’s', async () => {
  const { fake, put, iterator, read } = setUp();
  put('before');
  const middle = 2n ** 127n;
  fake.call('SplitShard', {
    StreamName: 's',
    ShardToSplit: 'shardId-000000000000',
    NewStartingHashKey: `${middle}`,
  });
  put('after');

  const end = await read(await iterator({ ShardIteratorType: 'TRIM_HORIZON' }));

  expect(end.texts).toEqual(['before']);
  expect(end.NextShardIterator).toBeUndefined();
  expect(end.ChildShards).toEqual([
    {
      ShardId: 'shardId-000000000001',
      ParentShards: ['shardId-000000000000'],
      HashKeyRange: { StartingHashKey: '0', EndingHashKey: `${middle - 1n}` },
    },
    {
      ShardId: 'shardId-000000000002',
      ParentShards: ['shardId-000000000000'],
      HashKeyRange: { StartingHashKey: `${middle}`, EndingHashKey: `${2n ** 128n - 1n}` },
    },
  ]);
});

test('a closed shard refuses a position after its ending number', async () => {
  const { fake, client, put, iterator, read } = setUp(2);
  put('1');
  fake.call('MergeShards', {
    StreamName: 's',
    ShardToMerge: 'shardId-000000000001',
    AdjacentShardToMerge: 'shardId-000000000000',
  });
  const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName: 's' }));
  const range = Shards[0]?.SequenceNumberRange;

  const refused = iterator({
    ShardIteratorType: 'AFTER_SEQUENCE_NUMBER',
    StartingSequenceNumber: range?.EndingSequenceNumber,
  });

  await expect(refused).rejects.toThrow(
    expect.objectContaining({ name: 'InvalidArgumentException' }),
  );
  expect(BigInt(range?.EndingSequenceNumber ?? 0)).toBeGreaterThan(
    BigInt(range?.StartingSequenceNumber ?? 0),
  );
  expect(Shards[2]).toMatchObject({
    ParentShardId: 'shardId-000000000001',
    AdjacentParentShardId: 'shardId-000000000000',
  });
  const start = await iterator({ ShardIteratorType: 'TRIM_HORIZON' });
  expect((await read(start)).ChildShards?.[0]?.ParentShards).toHaveLength(2);
});

test('lists shards page by page, by a token that stands for the stream and ages', async () => {
  const { client, wait } = setUp(5);
  const list = (request: ListShardsCommandInput) => client.send(new ListShardsCommand(request));

  const first = await list({ StreamName: 's', MaxResults: 3 });
  const second = await list({ NextToken: first.NextToken, MaxResults: 3 });

  expect([...(first.Shards ?? []), ...(second.Shards ?? [])]).toHaveLength(5);
  expect(second.NextToken).toBeUndefined();
  await expect(list({ StreamName: 's', NextToken: first.NextToken })).rejects.toThrow(/together/);
  wait(300_001);
  await expect(list({ NextToken: first.NextToken })).rejects.toThrow(
    expect.objectContaining({ name: 'ExpiredNextTokenException' }),
  );
});

test.each([
  [4, 8],
  [4, 6],
  [4, 3],
  [4, 2],
])('scales from %i to %i open shards that cover every key once', async (before, after) => {
  const { fake, client } = setUp(before);

  fake.call('UpdateShardCount', { StreamName: 's', TargetShardCount: after });

  const request = { StreamName: 's', ShardFilter: { Type: 'AT_LATEST' as const } };
  const { Shards = [] } = await client.send(new ListShardsCommand(request));
  const ranges = Shards.map(rangeOf).sort(([one], [other]) => (one < other ? -1 : 1));
  expect(ranges).toHaveLength(after);
  expect(ranges[0]?.[0]).toBe(0n);
  expect(ranges.at(-1)?.[1]).toBe(2n ** 128n - 1n);
  for (const [index, [start]] of ranges.slice(1).entries()) {
    expect(start).toBe((ranges[index]?.[1] ?? 0n) + 1n);
  }
});

test.each([[9], [1]])('does not scale four shards to %i', (target) => {
  const { fake } = setUp(4);

  const scale = () => fake.call('UpdateShardCount', { StreamName: 's', TargetShardCount: target });

  expect(scale).toThrow(/at most double, at least half/);
});

function rangeOf({ HashKeyRange }: Shard): [bigint, bigint] {
  return [BigInt(HashKeyRange?.StartingHashKey ?? -1), BigInt(HashKeyRange?.EndingHashKey ?? -1)];
}

test('a resharding takes its time: the parent takes records until it is done, and nothing else may begin', async () => {
  const { fake, put, wait, iterator, read } = setUp();
  const stream = fake.stream('s');
  if (stream) stream.reshardMs = 1000;
  const split = () =>
    fake.call('SplitShard', {
      StreamName: 's',
      ShardToSplit: 'shardId-000000000000',
      NewStartingHashKey: `${2n ** 127n}`,
    });

  split();
  wait(999);
  put('of the parent');
  const whileUpdating = stream?.status();
  const shardsWhileUpdating = stream?.shards.length;
  expect(split).toThrow(/UPDATING/);
  wait(1);
  put('of a child');
  const parent = await read(await iterator({ ShardIteratorType: 'TRIM_HORIZON' }));

  expect(whileUpdating).toBe('UPDATING');
  expect(shardsWhileUpdating).toBe(1);
  expect(stream?.status()).toBe('ACTIVE');
  expect(parent.texts).toEqual(['of the parent']);
  expect(parent.ChildShards).toHaveLength(2);
});

test('a new shard count is many steps, with shards that live for a short time', () => {
  const { fake, wait } = setUp(2);
  const stream = fake.stream('s');
  if (stream) stream.reshardMs = 1000;
  const open: (number | undefined)[] = [];

  stream?.scale(4);
  for (let step = 0; step < 3; step++) {
    open.push(stream?.open().length);
    wait(1000);
  }

  expect(open).toEqual([2, 3, 4]);
  expect(stream?.status()).toBe('ACTIVE');
});

test('records are trimmed after the retention, and what follows them is read', async () => {
  const { put, wait, iterator, read } = setUp();
  put('1', '2');
  const all = await read(await iterator({ ShardIteratorType: 'TRIM_HORIZON' }));
  const StartingSequenceNumber = all.records[0]?.SequenceNumber ?? '';
  wait(12 * HOUR_MS);
  put('3');
  const open = await iterator({ ShardIteratorType: 'TRIM_HORIZON' });

  wait(12 * HOUR_MS);
  const kept = await read(await iterator({ ShardIteratorType: 'TRIM_HORIZON' }));
  wait(1);
  const trimmed = await read(await iterator({ ShardIteratorType: 'TRIM_HORIZON' }));
  const atNumber = await iterator({
    ShardIteratorType: 'AT_SEQUENCE_NUMBER',
    StartingSequenceNumber,
  });

  expect(kept.texts).toEqual(['1', '2', '3']);
  expect(trimmed.texts).toEqual(['3']);
  expect((await read(atNumber)).texts).toEqual(['3']);
  await expect(read(open)).rejects.toThrow(/expired/);
});

test('a shard that was closed before the retention is there no more', async () => {
  const { fake, client, put, wait, iterator } = setUp();
  put('1');
  fake.stream('s')?.split('shardId-000000000000', 2n ** 127n);
  const list = async () => (await client.send(new ListShardsCommand({ StreamName: 's' }))).Shards;

  wait(24 * HOUR_MS);
  const before = await list();
  wait(1);
  const after = await list();

  expect(before?.map(({ ShardId }) => ShardId?.at(-1))).toEqual(['0', '1', '2']);
  expect(after?.map(({ ShardId }) => ShardId?.at(-1))).toEqual(['1', '2']);
  expect(after?.[0]?.ParentShardId).toBe('shardId-000000000000');
  await expect(iterator({ ShardIteratorType: 'TRIM_HORIZON' })).rejects.toThrow(
    expect.objectContaining({ name: 'ResourceNotFoundException' }),
  );
});

test('a list names the shards that were open at the trim horizon, at a time, or since then', async () => {
  const { fake, client, wait } = setUp();
  wait(1000);
  fake.stream('s')?.split('shardId-000000000000', 2n ** 127n);
  wait(1000);
  fake.stream('s')?.merge('shardId-000000000001', 'shardId-000000000002');
  wait(1000);
  const ids = async (ShardFilter: ListShardsCommandInput['ShardFilter']) => {
    const { Shards } = await client.send(new ListShardsCommand({ StreamName: 's', ShardFilter }));
    return Shards?.map(({ ShardId }) => ShardId?.at(-1)).join('');
  };

  expect(await ids({ Type: 'AT_TRIM_HORIZON' })).toBe('0');
  expect(await ids({ Type: 'FROM_TRIM_HORIZON' })).toBe('0123');
  expect(await ids({ Type: 'AT_TIMESTAMP', Timestamp: new Date(START + 1500) })).toBe('12');
  expect(await ids({ Type: 'FROM_TIMESTAMP', Timestamp: new Date(START + 1500) })).toBe('123');
  expect(await ids({ Type: 'AT_LATEST' })).toBe('3');
});
