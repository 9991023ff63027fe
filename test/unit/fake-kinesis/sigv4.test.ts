// @vitest-environment node
import { ListShardsCommand, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { FetchHttpHandler } from '@smithy/fetch-http-handler';
import { expect, test } from 'vitest';
import { clientOf, createFakeKinesis, type FakeKinesis } from '../../helpers/fake-kinesis/index.ts';

const credentials = {
  accessKeyId: 'AKIATEST',
  secretAccessKey: 'wJalrXUtnFEMI',
  sessionToken: 'session',
};

function setUp(now?: () => number): FakeKinesis {
  const fake = createFakeKinesis({ credentials, ...(now && { now }) });
  fake.call('CreateStream', { StreamName: 's', ShardCount: 1 });
  return fake;
}

const put = new PutRecordsCommand({
  StreamName: 's',
  Records: [{ PartitionKey: 'ключ', Data: Buffer.from('data') }],
});

test('takes what the SDK signs with the right secret', async () => {
  const fake = setUp();

  await clientOf(fake, { credentials }).send(put);

  expect(fake.records('s')).toHaveLength(1);
});

test('takes a signed path, as of an endpoint below a host', async () => {
  const fake = setUp();
  const client = clientOf(fake, { credentials, endpoint: 'http://kinesis.test/below the/ho%st' });

  await client.send(put);

  expect(fake.records('s')).toHaveLength(1);
});

test.each([
  ['a wrong secret', { ...credentials, secretAccessKey: 'other' }, 'InvalidSignatureException'],
  [
    'an unknown access key',
    { ...credentials, accessKeyId: 'AKIAOTHER' },
    'UnrecognizedClientException',
  ],
  ['another session token', { ...credentials, sessionToken: 'old' }, 'UnrecognizedClientException'],
])('refuses %s', async (_, wrong, name) => {
  const fake = setUp();

  const answer = clientOf(fake, { credentials: wrong }).send(put);

  await expect(answer).rejects.toThrow(expect.objectContaining({ name }));
  expect(fake.records('s')).toEqual([]);
});

test('refuses a region that is not its own', async () => {
  const fake = setUp();

  const answer = clientOf(fake, { credentials, region: 'eu-central-1' }).send(put);

  await expect(answer).rejects.toThrow(
    expect.objectContaining({ name: 'InvalidSignatureException' }),
  );
});

test.each([
  ['body', { body: (text: string) => text.replace('data', 'fake') }],
  ['body', { body: (text: string) => text.replace('"PartitionKey"', '"PartitionKez"') }],
  ['target', { target: 'Kinesis_20131202.SplitShard' }],
])(
  'refuses a %s changed on the way',
  async (_, change: { body?: (text: string) => string; target?: string }) => {
    const fake = setUp();
    const tamper: typeof fetch = async (input) => {
      const request = input as Request;
      const headers = new Headers(request.headers);
      if (change.target) headers.set('x-amz-target', change.target);
      const text = await request.text();
      const body = change.body?.(text.replace('ZGF0YQ==', 'data')) ?? text;
      return fake.fetch(request.url, { method: 'POST', headers, body });
    };

    const answer = clientOf(fake, {
      credentials,
      requestHandler: new FetchHttpHandler({ customFetch: tamper }),
    }).send(put);

    await expect(answer).rejects.toThrow(
      expect.objectContaining({ name: 'InvalidSignatureException' }),
    );
  },
);

test('refuses an unsigned call', () => {
  const fake = setUp();

  const answer = fake.handle({
    method: 'POST',
    path: '/',
    headers: { 'x-amz-target': 'Kinesis_20131202.ListShards' },
    body: Buffer.from('{}'),
  });

  expect(answer).toMatchObject({
    status: 400,
    body: expect.stringContaining('MissingAuthenticationTokenException'),
  });
});

test.each([
  ['five minutes early', -299_000, true],
  ['five minutes late', 299_000, true],
  ['more than five minutes early', -302_000, false],
  ['more than five minutes late', 302_000, false],
])('a clock that is %s', async (_, skewMs, isAccepted) => {
  const fake = setUp(() => Date.now() + skewMs);

  const answer = clientOf(fake, { credentials }).send(put);

  if (isAccepted) await expect(answer).resolves.toBeDefined();
  else await expect(answer).rejects.toThrow(/Signature (expired|not yet current)/);
});

test('the SDK corrects its clock by the refusal’s date and is taken the second time', async () => {
  const fake = setUp(() => Date.now() + 3_600_000);
  const client = clientOf(fake, { credentials });

  await expect(client.send(new ListShardsCommand({ StreamName: 's' }))).rejects.toThrow();
  const second = await client.send(new ListShardsCommand({ StreamName: 's' }));

  expect(second.Shards).toHaveLength(1);
});
