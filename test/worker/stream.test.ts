/** What becomes of a batch when Kinesis does not simply say yes. */

import { afterEach, describe, expect, test, vi } from 'vitest';
import { createRelayUnderTest, LANE, sources, track } from './relay-under-test.ts';
import {
  failing,
  recordsOf,
  refusing,
  answer as reply,
  SHARD,
  scriptKinesis,
  silent,
  stored,
} from './scripted-kinesis.ts';

const BY_DEVICE = { SOURCES: sources({ partition: 'properties.deviceId' }) };
const THROTTLE = 'ProvisionedThroughputExceededException';

function clicks(...devices: string[]): object[] {
  return devices.map((deviceId) => track({ deviceId }));
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the call', () => {
  test("is a signed PutRecords of the source's stream", async () => {
    const kinesis = scriptKinesis();
    const { sendBatch } = createRelayUnderTest();

    await sendBatch([{ events: [track()] }]);

    const [call] = kinesis.calls;
    expect(call?.operation).toBe('PutRecords');
    expect(call?.url).toBe('http://127.0.0.1:4568/');
    expect(call?.input).toEqual({
      StreamName: 'clickstream',
      Records: [{ Data: expect.any(String), PartitionKey: 'client-1' }],
    });
    expect(call?.headers.get('authorization')).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/us-east-1\/kinesis\/aws4_request/,
    );
  });

  test('goes to Amazon Kinesis where no endpoint is set, with a session token where there is one', async () => {
    const kinesis = scriptKinesis();
    const { sendBatch } = createRelayUnderTest({
      RELAY_KINESIS_ENDPOINT: '',
      RELAY_AWS_SESSION_TOKEN: 'temporary',
    });

    await sendBatch([{ events: [track()] }]);

    expect(kinesis.calls[0]?.url).toBe('https://kinesis.us-east-1.amazonaws.com/');
    expect(kinesis.calls[0]?.headers.get('x-amz-security-token')).toBe('temporary');
  });
});

describe('a partial failure', () => {
  test('is retried alone, and everything is stored in order', async () => {
    const kinesis = scriptKinesis(failing(THROTTLE, ['b', 'd']), stored);
    const { sendBatch, waits } = createRelayUnderTest(BY_DEVICE);

    const { answer } = await sendBatch([{ events: clicks('a', 'b', 'c', 'd', 'b') }]);

    expect(answer.receipts.every(({ status }) => status === 'stored')).toBe(true);
    expect(kinesis.calls.map(({ input }) => input.Records.length)).toEqual([4, 2]);
    expect(
      kinesis.calls.map((call) => recordsOf(call).map(({ record }) => record.rivulet.seq)),
    ).toEqual([
      [1, 2, 5, 3, 4],
      [2, 5, 4],
    ]);
    expect(waits).toEqual([50]);
  });

  test('that lasts becomes receipts to come back with, and nothing of the key is stored behind it', async () => {
    const kinesis = scriptKinesis(failing(THROTTLE, ['hot']));
    const { sendBatch, clock } = createRelayUnderTest({
      SOURCES: sources({ partition: 'properties.deviceId', aggregate: false }),
    });
    const before = clock.now;

    const { status, answer } = await sendBatch([{ events: clicks('hot', 'cool', 'hot') }]);

    expect(status).toBe(200);
    expect(answer.receipts).toEqual([
      { lane: LANE, first: 1, count: 1, status: 'retry', after: 3000 },
      { lane: LANE, first: 2, count: 1, status: 'stored', shard: SHARD, sequence: '49541' },
      { lane: LANE, first: 3, count: 1, status: 'retry', after: 3000 },
    ]);
    expect(kinesis.records().map(({ record }) => record.rivulet.seq)).not.toContain(3);
    expect(clock.now - before).toBeLessThanOrEqual(5000);
  });

  test('of everything, to the end of the time, is a refusal with Retry-After', async () => {
    scriptKinesis(failing(THROTTLE, ['client-1']));
    const { sendBatch } = createRelayUnderTest();

    const { response, status, answer } = await sendBatch([{ events: [track()] }]);

    expect([status, answer.code, answer.after]).toEqual([503, 'stream_throttled', 3000]);
    expect(response.headers.get('retry-after')).toBe('3');
  });

  test('of one record that the service does not take rejects that record', async () => {
    scriptKinesis(failing('InvalidArgumentException', ['bad']));
    const { sendBatch } = createRelayUnderTest(BY_DEVICE);

    const { answer } = await sendBatch([{ events: clicks('a', 'bad', 'c') }]);

    expect(answer.receipts).toMatchObject([
      { status: 'stored' },
      { status: 'rejected', code: 'record_refused', first: 2, count: 1 },
      { status: 'stored' },
    ]);
  });
});

describe('a call that fails whole', () => {
  const failures: [string, Parameters<typeof scriptKinesis>[0], number, string][] = [
    ['throttled', refusing(400, THROTTLE), 503, 'stream_throttled'],
    [
      'throttled by its key service',
      refusing(400, 'KMSThrottlingException'),
      503,
      'stream_throttled',
    ],
    ['throttled by a proxy', refusing(429, 'Slow'), 503, 'stream_throttled'],
    ['a fault of the service', refusing(500, 'InternalFailure'), 503, 'stream_unavailable'],
    ['a service that is down', refusing(503, 'ServiceUnavailable'), 503, 'stream_unavailable'],
    ['a lost connection', silent, 503, 'stream_unavailable'],
    ['a page that is no JSON', () => new Response('<html>'), 503, 'stream_unavailable'],
    ['no permission', refusing(400, 'AccessDeniedException'), 502, 'stream_misconfigured'],
    ['no stream', refusing(400, 'ResourceNotFoundException'), 502, 'stream_misconfigured'],
    ['no key', refusing(400, 'KMSDisabledException'), 502, 'stream_misconfigured'],
    ['a wrong signature', refusing(403, 'InvalidSignatureException'), 502, 'stream_misconfigured'],
    ['an expired credential', refusing(400, 'ExpiredTokenException'), 502, 'stream_misconfigured'],
    [
      'an answer one entry short',
      () => reply({ FailedRecordCount: 0, Records: [] }),
      503,
      'stream_unavailable',
    ],
    ['an answer without entries', () => reply({}), 503, 'stream_unavailable'],
  ];

  test.each(failures)(
    'by %s is a refusal, and nothing is acknowledged',
    async (_, script, status, code) => {
      scriptKinesis(script as NonNullable<typeof script>);
      const { sendBatch } = createRelayUnderTest();

      const sent = await sendBatch([{ events: [track(), track()] }]);

      expect([sent.status, sent.answer.code]).toEqual([status, code]);
      expect(sent.answer).not.toHaveProperty('receipts');
      const retryAfter = Number(sent.response.headers.get('retry-after'));
      expect(retryAfter).toBeGreaterThanOrEqual(status === 502 ? 60 : 1);
      expect(retryAfter).toBeLessThanOrEqual(status === 502 ? 300 : 30);
    },
  );

  test('after another was stored leaves receipts for both', async () => {
    const kinesis = scriptKinesis(stored, silent);
    const { sendBatch } = createRelayUnderTest({ SOURCES: sources({ aggregate: false }) });

    const { status, answer } = await sendBatch([{ events: [track(), track(), track()] }]);

    expect(status).toBe(200);
    expect(answer.receipts).toMatchObject([
      { first: 1, count: 1, status: 'stored' },
      { first: 2, count: 1, status: 'retry', after: 3000, unknown: true },
      { first: 3, count: 1, status: 'retry', after: 3000 },
    ]);
    expect(answer.receipts[2]).not.toHaveProperty('unknown');
    expect(kinesis.calls).toHaveLength(2);
  });

  test('because its reply was lost is sent again by the client under the same ids', async () => {
    const kinesis = scriptKinesis(silent, stored);
    const { sendBatch } = createRelayUnderTest();
    const batch = [{ events: [track(), track()] }];

    const lost = await sendBatch(batch);
    const again = await sendBatch(batch);

    expect([lost.status, again.status]).toEqual([503, 200]);
    const ids = kinesis.records().map(({ record }) => record.messageId);
    expect(ids).toEqual([`${LANE}.1`, `${LANE}.2`, `${LANE}.1`, `${LANE}.2`]);
  });

  test('because of one record is halved until only that record is rejected', async () => {
    const kinesis = scriptKinesis((call, index) => {
      const poisoned = call.input.Records.some(({ PartitionKey }) => PartitionKey === 'bad');
      return (poisoned ? refusing(400, 'InvalidArgumentException') : stored)(call, index);
    });
    const { sendBatch } = createRelayUnderTest(BY_DEVICE);

    const { answer } = await sendBatch([{ events: clicks('a', 'b', 'bad', 'd', 'e') }]);

    expect(answer.receipts.map(({ status }) => status)).toEqual([
      'stored',
      'stored',
      'rejected',
      'stored',
      'stored',
    ]);
    expect(kinesis.calls.length).toBeGreaterThan(1);
  });

  test('leaves rejected events rejected, so that they do not come again', async () => {
    scriptKinesis(silent);
    const { sendBatch } = createRelayUnderTest();

    const { status, answer } = await sendBatch([{ events: [track(), 'x'] }]);

    expect(status).toBe(200);
    expect(answer.receipts).toMatchObject([{ status: 'retry' }, { status: 'rejected' }]);
  });

  test('for want of time is cut off, and its outcome is unknown', async () => {
    vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => AbortSignal.abort(new Error('late')));
    scriptKinesis();
    const { sendBatch } = createRelayUnderTest();

    const { status, answer } = await sendBatch([{ events: [track()] }]);

    expect([status, answer.code]).toEqual([503, 'stream_unavailable']);
    expect(AbortSignal.timeout).toHaveBeenCalledWith(5000);
  });
});

test('a stream that failed five times in a row is not asked, and its clients wait for longer than it rests', async () => {
  const kinesis = scriptKinesis(silent);
  const { sendBatch, clock, logs } = createRelayUnderTest();
  const batch = [{ events: [track()] }];
  for (let n = 0; n < 5; n++) await sendBatch(batch);

  const { status, answer } = await sendBatch(batch);

  expect(kinesis.calls).toHaveLength(5);
  expect([status, answer.code, answer.after]).toEqual([503, 'stream_unavailable', 750 + 3000]);
  const line = JSON.parse(logs.at(-1) ?? '');
  expect(line).toMatchObject({
    openStreams: ['clickstream'],
    errors: { CircuitOpen: 1 },
    calls: 0,
  });
  expect(line).not.toHaveProperty('unknown');
  expect(JSON.parse(logs.at(-2) ?? '')).toMatchObject({ unknown: 1, calls: 1 });
  clock.now += 750;
  await sendBatch(batch);
  expect(kinesis.calls).toHaveLength(6);
});

test('an entry without a sequence number is not stored', async () => {
  const incomplete = () =>
    reply({ FailedRecordCount: 0, Records: [{ ShardId: SHARD, ErrorCode: null }] });
  scriptKinesis(incomplete, stored);
  const { sendBatch } = createRelayUnderTest();

  const { answer } = await sendBatch([{ events: [track()] }]);

  expect(answer.receipts).toMatchObject([{ status: 'stored', sequence: '49541000' }]);
});
