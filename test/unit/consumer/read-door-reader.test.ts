// @vitest-environment node
import {
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListShardsCommand,
  PutRecordCommand,
} from '@aws-sdk/client-kinesis';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createReadDoorReader } from '../../../src/consumer/read-door-reader.ts';
import { clientOf, createFakeKinesis } from '../../helpers/fake-kinesis/index.ts';

const StreamName = 's';
const shard = { StreamName, ShardId: 'shardId-000000000000' };

/** The reader and the SDK on one stream. */
function setUp() {
  const fake = createFakeKinesis({ now: () => 1_767_225_600_250 });
  fake.call('CreateStream', { StreamName, ShardCount: 2 });
  const sdk = clientOf(fake);
  const { fetch } = fake;
  const reader = createReadDoorReader({
    endpoint: 'http://relay.test',
    token: 't',
    runtime: { fetch },
  });
  return { fake, sdk, reader };
}

async function outcomeOf(call: Promise<object>): Promise<unknown> {
  try {
    const { $metadata, ...answer } = (await call) as { readonly $metadata?: unknown };
    return answer;
  } catch (thrown) {
    const { name, message, $metadata } = thrown as Error & {
      readonly $metadata: { readonly httpStatusCode: number };
    };
    return { name, message, status: $metadata.httpStatusCode };
  }
}

describe('gives what the SDK gives', () => {
  test.each([
    ['a list of shards', new ListShardsCommand({ StreamName })],
    ['a refused call', new ListShardsCommand({ StreamName: 'another' })],
    [
      'a refused iterator',
      new GetShardIteratorCommand({
        ...shard,
        ShardIteratorType: 'AT_TIMESTAMP',
        Timestamp: new Date(1_767_225_700_500),
      }),
    ],
    ['an unknown iterator', new GetRecordsCommand({ ShardIterator: 'none' })],
  ])('for %s', async (_, command) => {
    const { sdk, reader } = setUp();

    const [ours, theirs] = await Promise.all([
      outcomeOf(reader.send(command as ListShardsCommand)),
      outcomeOf(sdk.send(command as ListShardsCommand)),
    ]);

    expect(ours).toEqual(theirs);
  });

  test('for records, with and without a native decoder', async () => {
    const { fake, sdk, reader } = setUp();
    const bytes = Uint8Array.from({ length: 300 }, (_, index) => index % 256);
    for (const data of [bytes, new Uint8Array(), bytes.subarray(7)]) {
      fake.stream(StreamName)?.shards[0]?.append('key', data);
    }
    const from = { ...shard, ShardIteratorType: 'TRIM_HORIZON' } as const;
    const { ShardIterator } = await reader.send(new GetShardIteratorCommand(from));
    const command = new GetRecordsCommand({ ShardIterator, Limit: 10 });

    const theirs = await sdk.send(command);
    const platform = Uint8Array as { fromBase64?: unknown };
    const { fromBase64 } = platform;
    onTestFinished(() => {
      platform.fromBase64 = fromBase64;
    });
    const decode = vi.fn((text: string) => Uint8Array.from(Buffer.from(text, 'base64')));
    platform.fromBase64 = decode;
    const natively = await reader.send(command);
    platform.fromBase64 = undefined;
    const portably = await reader.send(command);

    expect(theirs.Records).toHaveLength(3);
    expect(decode).toHaveBeenCalledTimes(3);
    for (const { Records, MillisBehindLatest } of [natively, portably]) {
      expect(MillisBehindLatest).toBe(theirs.MillisBehindLatest);
      // The SDK's bytes are a Buffer in Node.
      const plain = theirs.Records?.map((record) => ({
        ...record,
        Data: Uint8Array.from(record.Data ?? []),
      }));
      expect(Records).toEqual(plain);
    }
  });

  test('for a summary, but for the date that nobody asks for', async () => {
    const { sdk, reader } = setUp();
    const command = new DescribeStreamSummaryCommand({ StreamName });

    const theirs = await sdk.send(command);
    const ours = await reader.send(command);

    const undated = { StreamCreationTimestamp: undefined };
    expect({ ...ours.StreamDescriptionSummary, ...undated }).toEqual({
      ...theirs.StreamDescriptionSummary,
      ...undated,
    });
  });
});

test('asks for a time in the seconds of the wire', async () => {
  const { fake, reader } = setUp();

  await reader.send(
    new GetShardIteratorCommand({
      ...shard,
      ShardIteratorType: 'AT_TIMESTAMP',
      Timestamp: new Date(1_767_225_600_123),
    }),
  );

  expect(fake.calls.at(-1)?.input).toMatchObject({ Timestamp: 1_767_225_600.123 });
});

test('sends nothing that the read door would refuse', async () => {
  const fetch = vi.fn();
  const reader = createReadDoorReader({
    endpoint: 'http://relay.test',
    token: 't',
    runtime: { fetch },
  });
  const write = new PutRecordCommand({ StreamName, PartitionKey: 'a', Data: new Uint8Array() });

  await expect(reader.send(write)).rejects.toThrow('command: expected one that reads');

  expect(fetch).not.toHaveBeenCalled();
});
