import { afterEach, describe, expect, test, vi } from 'vitest';
import { createRelayUnderTest, NOW, PREVIOUS_SECRET, signReadToken } from './relay-under-test.ts';
import { refusing, answer as reply, scriptKinesis, silent } from './scripted-kinesis.ts';

const PAGE = 'http://localhost:5173';

async function createDoor(streams: readonly string[] = ['clickstream'], secret?: string) {
  const relay = createRelayUnderTest();
  const token = await signReadToken(streams, secret);
  const call = async (
    operation: string,
    input: object | string,
    { authorization = `Bearer ${token}`, path = '/v1/kinesis' } = {},
  ) => {
    const body = typeof input === 'string' ? input : JSON.stringify(input);
    const headers = { authorization, 'x-amz-target': `Kinesis_20131202.${operation}` };
    const response = await relay.post(path, body, { origin: PAGE, headers });
    const answer: Record<string, unknown> = await response.clone().json();
    return { response, status: response.status, answer };
  };
  return { ...relay, call, token };
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the read door', () => {
  test("passes a call on under the relay's own signature", async () => {
    const kinesis = scriptKinesis(() => reply({ Shards: [{ ShardId: 'shardId-0' }] }));
    const { call, token } = await createDoor();

    const { status, answer } = await call('ListShards', { StreamName: 'clickstream' });

    expect(status).toBe(200);
    expect(answer).toEqual({ Shards: [{ ShardId: 'shardId-0' }] });
    expect(kinesis.calls[0]?.operation).toBe('ListShards');
    const authorization = kinesis.calls[0]?.headers.get('authorization');
    expect(authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/);
    expect(authorization).not.toContain(token);
  });

  test.each(['/v1/kinesis', '/v1/kinesis/'])('answers at %s', async (path) => {
    scriptKinesis(() => reply({ StreamDescriptionSummary: { OpenShardCount: 4 } }));
    const { call } = await createDoor();

    const { answer } = await call('DescribeStreamSummary', { StreamName: 'clickstream' }, { path });

    expect(answer).toEqual({ StreamDescriptionSummary: { OpenShardCount: 4 } });
  });

  test('carries times and bytes through as Kinesis writes them', async () => {
    const record = {
      SequenceNumber: '49541',
      ApproximateArrivalTimestamp: 1763673600.123,
      Data: 'AP8=',
      PartitionKey: 'ключ',
    };
    const kinesis = scriptKinesis(({ operation }) =>
      operation === 'GetShardIterator'
        ? reply({ ShardIterator: 'AAA/it+er==' })
        : reply({ Records: [record], NextShardIterator: null, MillisBehindLatest: 0 }),
    );
    const { call } = await createDoor();
    const position = { ShardId: 's', ShardIteratorType: 'AT_TIMESTAMP', Timestamp: 1763673600.5 };

    const given = await call('GetShardIterator', { StreamName: 'clickstream', ...position });
    const read = await call('GetRecords', {
      ShardIterator: given.answer.ShardIterator,
      Limit: 10,
    });

    expect(read.answer).toEqual({ Records: [record], MillisBehindLatest: 0 });
    expect(kinesis.calls.map(({ input }) => input)).toEqual([
      { StreamName: 'clickstream', ...position },
      { ShardIterator: 'AAA/it+er==', Limit: 10 },
    ]);
  });

  test('lets a reader go on from the iterator or the page that it gave', async () => {
    const kinesis = scriptKinesis(
      () => reply({ Shards: [], NextToken: 'page-2' }),
      () => reply({ Shards: [] }),
      () => reply({ ShardIterator: 'it-1' }),
      () => reply({ Records: [], NextShardIterator: 'it-2' }),
      () => reply({ Records: [] }),
    );
    const { call, clock } = await createDoor();

    const page = await call('ListShards', { StreamName: 'clickstream' });
    await call('ListShards', { NextToken: page.answer.NextToken });
    const first = await call('GetShardIterator', { StreamName: 'clickstream', ShardId: 's' });
    const second = await call('GetRecords', { ShardIterator: first.answer.ShardIterator });
    clock.now += 1000;
    await call('GetRecords', { ShardIterator: second.answer.NextShardIterator });

    const inputs = kinesis.calls.map(({ input }) => input);
    expect(inputs[1]).toEqual({ NextToken: 'page-2' });
    expect(inputs[3]).toMatchObject({ ShardIterator: 'it-1' });
    expect(inputs[4]).toMatchObject({ ShardIterator: 'it-2' });
  });

  test("takes the stream's ARN for its name, in the relay's own account", async () => {
    const kinesis = scriptKinesis(() => reply({ Shards: [] }));
    const { call } = await createDoor();

    await call('ListShards', {
      StreamARN: 'arn:aws:kinesis:eu-west-1:000000000000:stream/clickstream',
    });

    expect(kinesis.calls[0]?.input).toEqual({ StreamName: 'clickstream' });
  });

  test.each([
    [400, 'ExpiredIteratorException'],
    [400, 'ProvisionedThroughputExceededException'],
    [500, 'InternalFailure'],
  ])("passes the service's own error on: %i %s", async (status, type) => {
    scriptKinesis(refusing(status, type));
    const { call } = await createDoor();

    const result = await call('ListShards', { StreamName: 'clickstream' });

    expect(result.status).toBe(status);
    expect(result.answer).toEqual({ __type: type, message: 'no' });
  });

  test.each([
    'AccessDeniedException',
    'UnrecognizedClientException',
    'InvalidSignatureException',
    'ExpiredTokenException',
    'KMSAccessDeniedException',
  ])('keeps to itself what Kinesis says of its credentials: %s', async (type) => {
    const secret = 'arn:aws:iam::111122223333:user/relay is not authorized';
    scriptKinesis(() => reply({ __type: type, message: secret }, 400));
    const { call, logs } = await createDoor();

    const { status, answer } = await call('ListShards', { StreamName: 'clickstream' });

    expect(status).toBe(502);
    expect(answer).toMatchObject({
      code: 'stream_misconfigured',
      __type: 'InternalFailureException',
    });
    expect(JSON.stringify(answer) + logs.join()).not.toContain('arn:');
    expect(logs.join()).toContain(type);
  });

  test('says that Kinesis did not answer, in words that the SDK understands', async () => {
    scriptKinesis(silent);
    const { call } = await createDoor();

    const { status, answer } = await call('ListShards', { StreamName: 'clickstream' });

    expect(status).toBe(503);
    expect(answer).toMatchObject({
      code: 'stream_unavailable',
      __type: 'InternalFailureException',
      message: expect.any(String),
    });
  });

  test('answers the preflight of the AWS SDK, for two hours', async () => {
    const { relay } = await createDoor();
    const asked =
      'amz-sdk-invocation-id,amz-sdk-request,authorization,content-type,x-amz-target,x-amz-user-agent';

    const response = await relay.fetch(
      new Request('https://relay.example/v1/kinesis/', {
        method: 'OPTIONS',
        headers: {
          origin: PAGE,
          'access-control-request-method': 'POST',
          'access-control-request-headers': asked,
        },
      }),
    );

    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe(PAGE);
    expect(response.headers.get('access-control-allow-methods')).toBe('POST');
    expect(response.headers.get('access-control-max-age')).toBe('7200');
    const allowed = response.headers.get('access-control-allow-headers')?.split(', ');
    expect(allowed).toEqual(expect.arrayContaining(asked.split(',')));
  });
});

describe('the read door is shut', () => {
  test.each([
    ['without a token', ''],
    ['for another scheme', 'Basic abc'],
    ['for a token of no shape', 'Bearer abc'],
  ])('%s', async (_, authorization) => {
    const kinesis = scriptKinesis();
    const { call } = await createDoor();

    const result = await call('ListShards', { StreamName: 'clickstream' }, { authorization });

    expect(result.status).toBe(401);
    expect(result.answer).toMatchObject({
      code: 'token_invalid',
      __type: 'AccessDeniedException',
    });
    expect(kinesis.calls).toEqual([]);
  });

  test('for a token that lets somebody send', async () => {
    const { call, openSession } = await createDoor();
    const { token } = await openSession();

    const { answer } = await call(
      'ListShards',
      { StreamName: 'clickstream' },
      { authorization: `Bearer ${token}` },
    );

    expect(answer.code).toBe('token_invalid');
  });

  test('for a token that has expired, and for one of another relay', async () => {
    const late = await createDoor();
    late.clock.now = NOW + 60_000;
    const foreign = await createDoor(['clickstream'], PREVIOUS_SECRET);

    const expired = await late.call('ListShards', { StreamName: 'clickstream' });
    const unknown = await foreign.call('ListShards', { StreamName: 'clickstream' });

    expect(expired.answer.code).toBe('token_expired');
    expect(unknown.answer.code).toBe('token_invalid');
  });

  test.each(['PutRecords', 'SubscribeToShard', 'DeleteStream', 'constructor', ''])(
    'for the operation %j',
    async (operation) => {
      const kinesis = scriptKinesis();
      const { call } = await createDoor();

      const { status, answer } = await call(operation, { StreamName: 'clickstream' });

      expect([status, answer.code]).toEqual([403, 'operation_refused']);
      expect(kinesis.calls).toEqual([]);
    },
  );

  const confined: [string, string, object, readonly string[]][] = [
    ['a stream that no source writes to', 'ListShards', { StreamName: 'payroll' }, ['payroll']],
    ['a stream that the token does not name', 'ListShards', { StreamName: 'clickstream' }, ['x']],
    ['no stream at all', 'ListShards', {}, ['clickstream']],
    [
      "another stream's ARN",
      'DescribeStreamSummary',
      { StreamARN: 'arn:aws:kinesis:us-east-1:1:stream/payroll' },
      ['clickstream'],
    ],
    ['an iterator from elsewhere', 'GetRecords', { ShardIterator: 'AAAA' }, ['clickstream']],
    ['a name instead of an iterator', 'GetRecords', { StreamName: 'clickstream' }, ['clickstream']],
    ['a page from elsewhere', 'ListShards', { NextToken: 'AAAA' }, ['clickstream']],
    [
      'a page from elsewhere beside a name',
      'ListShards',
      { StreamName: 'clickstream', NextToken: 'AAAA' },
      ['clickstream'],
    ],
  ];

  test.each(confined)('for %s', async (_, operation, input, streams) => {
    const kinesis = scriptKinesis();
    const { call } = await createDoor(streams);

    const { status, answer } = await call(operation, input);

    expect([status, answer.code]).toEqual([403, 'stream_refused']);
    expect(kinesis.calls).toEqual([]);
  });

  test('for an iterator whose stream was changed by hand', async () => {
    const kinesis = scriptKinesis(() => reply({ ShardIterator: 'it' }));
    const { call } = await createDoor(['clickstream', 'other']);
    const { answer } = await call('GetShardIterator', { StreamName: 'clickstream', ShardId: 's' });
    const forged = String(answer.ShardIterator).replace('/clickstream/', '/other/');

    const result = await call('GetRecords', { ShardIterator: forged });

    expect(result.status).toBe(403);
    expect(kinesis.calls).toHaveLength(1);
  });

  test("for a page's token in place of an iterator, and an iterator in place of it", async () => {
    const kinesis = scriptKinesis(
      () => reply({ Shards: [], NextToken: 'page-2' }),
      () => reply({ ShardIterator: 'it' }),
    );
    const { call } = await createDoor();
    const { answer: page } = await call('ListShards', { StreamName: 'clickstream' });
    const shard = { StreamName: 'clickstream', ShardId: 's' };
    const { answer: place } = await call('GetShardIterator', shard);

    const read = await call('GetRecords', { ShardIterator: page.NextToken });
    const list = await call('ListShards', { NextToken: place.ShardIterator });

    expect([read.answer.code, list.answer.code]).toEqual(['stream_refused', 'stream_refused']);
    expect(kinesis.calls).toHaveLength(2);
  });

  test('for an iterator given to a reader of another stream', async () => {
    scriptKinesis(() => reply({ ShardIterator: 'it' }));
    const { call } = await createDoor();
    const { answer } = await call('GetShardIterator', { StreamName: 'clickstream', ShardId: 's' });
    const other = await createDoor(['other']);

    const result = await other.call('GetRecords', { ShardIterator: answer.ShardIterator });

    expect(result.answer.code).toBe('stream_refused');
  });

  test.each(['', 'x', '[]'])('for the body %j', async (body) => {
    const { call } = await createDoor();

    const { status, answer } = await call('ListShards', body);

    expect([status, answer.code]).toEqual([400, 'malformed']);
  });
});
