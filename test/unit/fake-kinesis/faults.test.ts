// @vitest-environment node
import { PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { expect, onTestFinished, test } from 'vitest';
import { clientOf, createFakeKinesis, serveFakeKinesis } from '../../helpers/fake-kinesis/index.ts';

function setUp() {
  const fake = createFakeKinesis();
  fake.call('CreateStream', { StreamName: 's', ShardCount: 1 });
  const client = clientOf(fake);
  const put = (...keys: string[]) =>
    client.send(
      new PutRecordsCommand({
        StreamName: 's',
        Records: keys.map((key) => ({ PartitionKey: key, Data: Buffer.from(key) })),
      }),
    );
  const stored = () => fake.records('s').map(({ partitionKey }) => partitionKey);
  return { fake, put, stored };
}

test('a refused call stores nothing, and the next one is as ever', async () => {
  const { fake, put, stored } = setUp();
  fake.fail('PutRecords', {
    kind: 'refuse',
    type: 'ThrottlingException',
    message: 'Rate exceeded',
  });

  const refused = put('a');

  await expect(refused).rejects.toThrow(
    expect.objectContaining({ name: 'ThrottlingException', message: 'Rate exceeded' }),
  );
  await put('b');
  expect(stored()).toEqual(['b']);
});

test('entries fail one by one, the others are stored', async () => {
  const { fake, put, stored } = setUp();
  fake.fail('PutRecords', {
    kind: 'entries',
    fails: (index) => (index === 1 ? 'InternalFailure' : undefined),
  });

  const answer = await put('a', 'b', 'c');

  expect(answer.FailedRecordCount).toBe(1);
  expect(answer.Records?.map(({ ErrorCode }) => ErrorCode)).toEqual([
    undefined,
    'InternalFailure',
    undefined,
  ]);
  expect(stored()).toEqual(['a', 'c']);
});

test('a lost reply leaves what was stored, a lost request nothing', async () => {
  const { fake, put, stored } = setUp();
  fake.fail('PutRecords', { kind: 'lose_reply' });
  fake.fail('PutRecords', { kind: 'lose_request' });

  await expect(put('committed')).rejects.toThrow('fetch failed');
  await expect(put('gone')).rejects.toThrow('fetch failed');

  expect(stored()).toEqual(['committed']);
});

test('a rule decides for every call until it is replaced', async () => {
  const { fake, put, stored } = setUp();
  fake.always(({ operation }) =>
    operation === 'PutRecords'
      ? { kind: 'refuse', type: 'InternalFailureException', status: 500 }
      : undefined,
  );

  await expect(put('a')).rejects.toThrow(
    expect.objectContaining({ name: 'InternalFailureException' }),
  );
  await expect(put('a')).rejects.toThrow();
  fake.always(undefined);
  await put('b');

  expect(stored()).toEqual(['b']);
  expect(fake.calls.map(({ operation }) => operation)).toEqual([
    'PutRecords',
    'PutRecords',
    'PutRecords',
  ]);
});

test('an operation that is not spoken is refused, and so is a body that is not JSON', () => {
  const { fake } = setUp();
  const request = { method: 'POST', path: '/', body: Buffer.from('{') };

  const unknown = fake.handle({
    ...request,
    headers: { 'x-amz-target': 'Kinesis_20131202.toString' },
  });
  const broken = fake.handle({
    ...request,
    headers: { 'x-amz-target': 'Kinesis_20131202.PutRecords' },
  });

  expect(unknown).toMatchObject({
    status: 400,
    body: expect.stringContaining('UnknownOperationException'),
  });
  expect(broken).toMatchObject({
    status: 400,
    body: expect.stringContaining('SerializationException'),
  });
});

test('over a socket it speaks with the SDK’s own handler, and breaks the connection of a lost reply', async () => {
  const { fake, stored } = setUp();
  const server = await serveFakeKinesis(fake);
  onTestFinished(server.close);
  const client = clientOf(fake, {
    endpoint: server.endpoint,
    requestHandler: new NodeHttpHandler(),
  });
  onTestFinished(() => client.destroy());
  const put = (key: string) =>
    client.send(
      new PutRecordsCommand({
        StreamName: 's',
        Records: [{ PartitionKey: key, Data: Buffer.from(key) }],
      }),
    );
  fake.fail('PutRecords', { kind: 'lose_reply' });

  await expect(put('a')).rejects.toThrow(/socket hang up|ECONNRESET/);
  await put('b');

  expect(stored()).toEqual(['a', 'b']);
});
