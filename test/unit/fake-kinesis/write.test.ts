// @vitest-environment node
import { createHash } from 'node:crypto';
import {
  PutRecordCommand,
  PutRecordsCommand,
  type PutRecordsCommandOutput,
  type PutRecordsRequestEntry,
} from '@aws-sdk/client-kinesis';
import { expect, test } from 'vitest';
import { clientOf, createFakeKinesis } from '../../helpers/fake-kinesis/index.ts';

const MiB = 1024 * 1024;

function setUp(shardCount = 1) {
  let now = Date.UTC(2026, 0, 1);
  const fake = createFakeKinesis({ now: () => now });
  fake.call('CreateStream', { StreamName: 's', ShardCount: shardCount });
  const client = clientOf(fake);
  return {
    fake,
    client,
    wait: (ms: number) => {
      now += ms;
    },
    put: (entries: PutRecordsRequestEntry[]): Promise<PutRecordsCommandOutput> =>
      client.send(new PutRecordsCommand({ StreamName: 's', Records: entries })),
  };
}

function entries(count: number, bytes = 1, key = 'k'): PutRecordsRequestEntry[] {
  return Array.from({ length: count }, () => ({ PartitionKey: key, Data: new Uint8Array(bytes) }));
}

function codes({ Records = [] }: PutRecordsCommandOutput): (string | undefined)[] {
  return Records.map(({ ErrorCode }) => ErrorCode);
}

test('stores a record in the shard that the MD5 of its key names', async () => {
  const { fake, put } = setUp(4);

  await put(
    ['alpha', 'ключ', '1', 'é'].map((key) => ({ PartitionKey: key, Data: Buffer.from(key) })),
  );

  expect(fake.records('s')).toHaveLength(4);
  for (const { partitionKey, shardId, data } of fake.records('s')) {
    const quarter = (createHash('md5').update(partitionKey).digest()[0] ?? 0) >> 6;
    expect(shardId).toBe(`shardId-00000000000${quarter}`);
    expect(Buffer.from(data).toString()).toBe(partitionKey);
  }
});

test('an explicit hash key chooses the shard, whatever the key', async () => {
  const { put } = setUp(4);

  const { Records } = await put([
    { PartitionKey: 'alpha', ExplicitHashKey: '0', Data: new Uint8Array() },
    { PartitionKey: 'alpha', ExplicitHashKey: `${2n ** 128n - 1n}`, Data: new Uint8Array() },
  ]);

  expect(Records?.map(({ ShardId }) => ShardId)).toEqual([
    'shardId-000000000000',
    'shardId-000000000003',
  ]);
});

test('sequence numbers rise within a shard and look like the service’s', async () => {
  const { put, wait } = setUp();

  const first = await put(entries(3));
  wait(5000);
  const second = await put(entries(1));

  const numbers = [first, second].flatMap(({ Records = [] }) =>
    Records.map(({ SequenceNumber = '' }) => SequenceNumber),
  );
  expect(numbers).toEqual(
    [...numbers].sort((one, other) => (BigInt(one) < BigInt(other) ? -1 : 1)),
  );
  expect(new Set(numbers).size).toBe(4);
  for (const number of numbers) expect(number).toMatch(/^4\d{55}$/);
});

test('a shard takes a thousand records a second and fails the rest, entry by entry', async () => {
  const { put, wait } = setUp();
  await put(entries(500));
  await put(entries(499));

  const over = await put(entries(3));
  wait(2);
  const later = await put(entries(3));

  const throttled = 'ProvisionedThroughputExceededException';
  expect(over.FailedRecordCount).toBe(2);
  expect(codes(over)).toEqual([undefined, throttled, throttled]);
  expect(over.Records?.[1]?.ErrorMessage).toBe(
    'Rate exceeded for shard shardId-000000000000 in stream s under account 111122223333.',
  );
  expect(codes(later)).toEqual([undefined, undefined, throttled]);
});

test('a shard takes a MiB a second, keys included', async () => {
  const { put, wait } = setUp();

  const first = await put([...entries(1, MiB - 2), ...entries(1, 0), ...entries(1, 0)]);
  wait(500);
  const second = await put([...entries(1, MiB / 2 - 1), ...entries(1, 0)]);

  expect(codes(first)).toEqual([undefined, undefined, 'ProvisionedThroughputExceededException']);
  expect(codes(second)).toEqual([undefined, 'ProvisionedThroughputExceededException']);
});

test('a full shard leaves its neighbour alone', async () => {
  const { put, fake } = setUp(2);
  const full = { PartitionKey: 'a', ExplicitHashKey: '0', Data: new Uint8Array(MiB - 1) };
  const free = { PartitionKey: 'a', ExplicitHashKey: `${2n ** 127n}`, Data: new Uint8Array(1) };

  const answer = await put([full, full, free]);

  expect(codes(answer)).toEqual([undefined, 'ProvisionedThroughputExceededException', undefined]);
  expect(fake.records('s')).toHaveLength(2);
});

test.each([
  ['500 entries', entries(500), true],
  ['501 entries', entries(501), false],
  ['no entry', [], false],
  ['a record of 1 MiB with its key', entries(1, MiB - 1), true],
  ['a record of 1 MiB and a byte', entries(1, MiB), false],
  ['a key of 256 characters of two bytes', entries(1, 1, 'é'.repeat(256)), true],
  ['a key of 257 characters', entries(1, 1, 'k'.repeat(257)), false],
  ['no key', entries(1, 1, ''), false],
  ['empty data', entries(1, 0), true],
  ['10 MiB in all', entries(10, MiB - 1), true],
  ['more than 10 MiB in all', [...entries(10, MiB - 1), ...entries(1, 0)], false],
  ['the greatest hash key', [{ ...entries(1)[0], ExplicitHashKey: `${2n ** 128n - 1n}` }], true],
  ['a hash key beyond', [{ ...entries(1)[0], ExplicitHashKey: `${2n ** 128n}` }], false],
  ['a hash key that is no number', [{ ...entries(1)[0], ExplicitHashKey: '01' }], false],
])('PutRecords and %s', async (_, records, isAccepted) => {
  const { put, fake } = setUp();

  const answer = put(records as PutRecordsRequestEntry[]);

  if (isAccepted) await expect(answer).resolves.toBeDefined();
  else {
    await expect(answer).rejects.toThrow(
      expect.objectContaining({
        name: expect.stringMatching(/^(InvalidArgument|Validation)Exception$/),
      }),
    );
    expect(fake.records('s')).toEqual([]);
  }
});

test('PutRecord answers with place and number, and throws when the shard is full', async () => {
  const { client } = setUp();
  const put = () =>
    client.send(
      new PutRecordCommand({ StreamName: 's', PartitionKey: 'k', Data: new Uint8Array(MiB - 1) }),
    );

  const stored = await put();
  const refused = put();

  expect(stored.ShardId).toBe('shardId-000000000000');
  await expect(refused).rejects.toThrow(
    expect.objectContaining({ name: 'ProvisionedThroughputExceededException' }),
  );
});

test('a stream with raised record size takes large records as a burst', async () => {
  const { put, fake } = setUp();
  fake.call('CreateStream', { StreamName: 'large', ShardCount: 1, MaxRecordSizeInKiB: 10_240 });
  const client = clientOf(fake);
  const putLarge = (bytes: number) =>
    client.send(new PutRecordsCommand({ StreamName: 'large', Records: entries(1, bytes) }));

  const first = await putLarge(9 * MiB);
  const second = await putLarge(2 * MiB);

  expect(codes(first)).toEqual([undefined]);
  expect(codes(second)).toEqual(['ProvisionedThroughputExceededException']);
  await expect(put(entries(1, 9 * MiB))).rejects.toThrow(/data/);
});

test('a stream that is not there is not found', async () => {
  const { client } = setUp();

  const answer = client.send(new PutRecordsCommand({ StreamName: 'other', Records: entries(1) }));

  await expect(answer).rejects.toThrow(
    expect.objectContaining({ name: 'ResourceNotFoundException' }),
  );
});

test('a number for ordering is taken from the shard that gave it, and from no other', async () => {
  const { fake, client } = setUp(1);
  const put = (SequenceNumberForOrdering?: string) =>
    client.send(
      new PutRecordCommand({
        ...{ StreamName: 's', PartitionKey: 'k', Data: new Uint8Array() },
        SequenceNumberForOrdering,
      }),
    );

  const first = await put();
  const second = await put(first.SequenceNumber);
  fake.call('UpdateShardCount', { StreamName: 's', TargetShardCount: 2 });

  expect(BigInt(second.SequenceNumber ?? 0)).toBeGreaterThan(BigInt(first.SequenceNumber ?? 0));
  await expect(put(second.SequenceNumber)).rejects.toThrow(/is invalid/);
});

test('a stream that distributes records itself asks for no key, and heeds none', async () => {
  const fake = createFakeKinesis();
  fake.call('CreateStream', {
    ...{ StreamName: 's', ShardCount: 2 },
    StreamModeDetails: { StreamMode: 'ON_DEMAND' },
  });
  fake.call('UpdateStreamRecordDistributionStrategy', {
    ...{ StreamName: 's', RecordDistributionStrategy: 'AUTO' },
  });
  const Records = [{ PartitionKey: 'k' }, { PartitionKey: 'k' }, {}].map((entry) => ({
    ...entry,
    Data: Buffer.from('x').toString('base64'),
  }));

  fake.call('PutRecords', { StreamName: 's', Records });

  expect(fake.stream('s')?.shards.map(({ records }) => records.length)).toEqual([2, 1]);
});

test('a provisioned stream does not distribute records itself', () => {
  const { fake } = setUp(1);

  expect(() =>
    fake.call('UpdateStreamRecordDistributionStrategy', {
      ...{ StreamName: 's', RecordDistributionStrategy: 'AUTO' },
    }),
  ).toThrow(/on-demand/);
});
