import { afterEach, describe, expect, test, vi } from 'vitest';
import { version } from '../../package.json';
import type { BatchSummary, RefusalSummary } from '../../worker/operation/batch-summary.ts';
import {
  createRelayUnderTest,
  NOW,
  ORIGIN,
  signReadToken,
  sources,
  track,
} from './relay-under-test.ts';
import { answer, type Reply, refusing, scriptKinesis, silent } from './scripted-kinesis.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const EVENTS = [track({ n: 1 }), track({ n: 2 }), '{"type":"track"}'];

describe('a batch', () => {
  test('is one line of the log: counts, bytes, codes and times', async () => {
    scriptKinesis();
    const { sendBatch, logs } = createRelayUnderTest();

    await sendBatch([{ events: EVENTS }], { gzip: true, cf: { colo: 'CDG' } });

    expect(logs).toHaveLength(1);
    expect(JSON.parse(logs[0] ?? '')).toEqual({
      ...{ at: 'batch', source: 'shop', sdk: 'rivulet/test', colo: 'CDG' },
      ...{ events: 3, stored: 2, retry: 0, rejected: 1, rejections: { not_an_event: 1 } },
      ...{ wireBytes: expect.any(Number), bytes: expect.any(Number) },
      ...{ keys: 1, calls: 1, records: 1, payloadUnits: 1, ms: 0, putMs: 0, oldestMs: 1000 },
    });
  });

  test('is counted by whoever counts, with the same figures', async () => {
    scriptKinesis(refusing(400, 'ResourceNotFoundException'));
    const record = vi.fn<(batch: BatchSummary) => void>();
    const { sendBatch, logs } = createRelayUnderTest({}, { record });

    await sendBatch([{ events: [track()] }]);

    expect(record).toHaveBeenCalledOnce();
    const { at, ...summary } = JSON.parse(logs[0] ?? '');
    expect(record).toHaveBeenCalledWith(summary);
    expect(summary).toMatchObject({
      ...{ code: 'stream_misconfigured', failure: 'misconfigured', stored: 0, retry: 1 },
      errors: { ResourceNotFoundException: 1 },
    });
  });

  test('says how old its oldest event is, by the corrected clock of its client', async () => {
    scriptKinesis();
    const { sendBatch, logs } = createRelayUnderTest();
    const sender = { sdk: 'rivulet/test', clockOffset: 500 };
    const events = [track({}, { timestamp: NOW - 9000 }), track({}, { timestamp: NOW - 1000 })];

    await sendBatch([{ events }], { sender });
    await sendBatch([{ events: [track({}, { timestamp: NOW + 3_600_000 })] }]);

    expect(logs.map((line) => JSON.parse(line).oldestMs)).toEqual([8500, 0]);
  });

  test('tells the page where its time went', async () => {
    const { sendBatch, openSession, clock } = createRelayUnderTest();
    const slow: Reply = ({ input }) => {
      clock.now += 40;
      return answer({ FailedRecordCount: 0, Records: input.Records.map(() => STORED) });
    };
    scriptKinesis(slow);

    const { response } = await sendBatch([{ events: [track()] }], { session: await openSession() });

    expect(response.headers.get('server-timing')).toBe('relay;dur=40, put;dur=40');
    expect(response.headers.get('timing-allow-origin')).toBe(ORIGIN);
  });
});

describe('a session', () => {
  test('tells the page where its time went', async () => {
    const { post } = createRelayUnderTest();

    const request = { writeKey: 'wk_shop', client: 'client-1', sdk: 'rivulet/test' };
    const response = await post('/v1/session', JSON.stringify(request));

    expect(response.headers.get('server-timing')).toBe('relay;dur=0');
    expect(response.headers.get('timing-allow-origin')).toBe(ORIGIN);
  });
});

describe('a refusal', () => {
  test('is one line of the log, and counted', async () => {
    const recordRefusal = vi.fn<(refusal: RefusalSummary) => void>();
    const { post, logs } = createRelayUnderTest({}, { recordRefusal });

    await post('/v1/batch', 'nothing that is a batch', { cf: { colo: 'CDG' } });

    const summary = { code: 'malformed', path: '/v1/batch', colo: 'CDG' };
    expect(logs.map((line) => JSON.parse(line))).toEqual([
      { at: 'refusal', ...summary, reason: expect.any(String) },
    ]);
    expect(recordRefusal).toHaveBeenCalledWith(summary);
  });

  test('keeps nothing of a path that a stranger made up', async () => {
    const { post, logs } = createRelayUnderTest();

    await post('/v1/batch/eyJhIjoxfQ.c2VjcmV0', '');

    expect(JSON.parse(logs[0] ?? '')).toMatchObject({ code: 'not_found', path: 'other' });
    expect(logs[0]).not.toContain('eyJ');
  });

  test('keeps nothing of what the engine quotes where it cannot read it', async () => {
    scriptKinesis();
    const { sendBatch, openSession, logs } = createRelayUnderTest();
    const session = await openSession();
    vi.spyOn(crypto.subtle, 'verify').mockImplementation(() => JSON.parse('{"card":4111'));

    const { status } = await sendBatch([{ events: [track()] }], { session });

    expect(status).toBe(500);
    expect(JSON.parse(logs[0] ?? '').stack).toMatch(/^SyntaxError\n\s+at /);
    expect(logs[0]).not.toContain('4111');
  });
});

describe('the deep check', () => {
  const READY = 'https://relay.example/v1/ready';

  const ask = async (relay: ReturnType<typeof createRelayUnderTest>, streams = ['clickstream']) => {
    const headers = { authorization: `Bearer ${await signReadToken(streams)}` };
    const response = await relay.relay.fetch(new Request(READY, { headers }));
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  const summary = (StreamStatus: string): Reply => {
    return () => answer({ StreamDescriptionSummary: { StreamStatus, OpenShardCount: 4 } });
  };

  test('says of each stream whether it takes records', async () => {
    const kinesis = scriptKinesis(summary('UPDATING'));

    const { status, body } = await ask(createRelayUnderTest());

    expect(status).toBe(200);
    expect(body).toEqual({
      ...{ ok: true, version, store: 'off' },
      streams: [{ stream: 'clickstream', ok: true, status: 'UPDATING', shards: 4, ms: 0 }],
    });
    expect(kinesis.calls.map(({ operation }) => operation)).toEqual(['DescribeStreamSummary']);
  });

  test.each<[string, Reply, object]>([
    ['is being made', summary('CREATING'), { status: 'CREATING', shards: 4 }],
    [
      'is not there',
      refusing(400, 'ResourceNotFoundException'),
      { code: 'ResourceNotFoundException' },
    ],
    ['does not answer', silent, { code: 'Error' }],
    ['answers without sense', () => new Response('<html>'), { code: 'SyntaxError' }],
  ])('fails for a stream that %s', async (_, reply, state) => {
    scriptKinesis(reply);

    const { status, body } = await ask(createRelayUnderTest());

    expect(status).toBe(503);
    expect(body).toMatchObject({
      ...{ ok: false, code: 'stream_unavailable', reason: 'stream clickstream: not ready' },
      streams: [{ stream: 'clickstream', ok: false, ...state }],
    });
  });

  test('fails for a store that does not answer, and shows nothing of its words', async () => {
    scriptKinesis(summary('ACTIVE'));
    const get = () => Promise.reject(new Error('namespace of somebody'));

    const { status, body } = await ask(createRelayUnderTest({}, { store: { get } }));

    expect(status).toBe(503);
    expect(body).toMatchObject({
      ok: false,
      store: { ok: false, ms: 0 },
      reason: 'store: not ready',
    });
    expect(JSON.stringify(body)).not.toContain('somebody');
  });

  test('asks about a stream once in five seconds, whoever probes', async () => {
    const kinesis = scriptKinesis(summary('ACTIVE'));
    const relay = createRelayUnderTest();

    await Promise.all([ask(relay), ask(relay)]);
    relay.clock.now += 5000;
    await ask(relay);

    expect(kinesis.calls).toHaveLength(2);
  });

  test("asks in the region of the stream's source, routes included", async () => {
    const kinesis = scriptKinesis(summary('ACTIVE'));
    const routes = [{ events: ['Ordered'], stream: 'orders' }];
    const SOURCES = sources({ region: 'eu-west-1', routes });
    const relay = createRelayUnderTest({ SOURCES, RELAY_KINESIS_ENDPOINT: '' });

    await ask(relay, ['orders']);

    expect(kinesis.calls.map(({ url }) => url)).toEqual([
      'https://kinesis.eu-west-1.amazonaws.com/',
    ]);
  });

  test('asks for streams that only RELAY_READ_STREAMS names, in the region of the relay', async () => {
    const kinesis = scriptKinesis(summary('ACTIVE'));
    const settings = { RELAY_READ_STREAMS: 'audit', RELAY_KINESIS_ENDPOINT: '' };
    const relay = createRelayUnderTest(settings);

    const { status } = await ask(relay, ['audit']);

    expect(status).toBe(200);
    expect(kinesis.calls.map(({ url }) => url)).toEqual([
      'https://kinesis.us-east-1.amazonaws.com/',
    ]);
  });

  test('is for holders of a read token, of streams that are here', async () => {
    const kinesis = scriptKinesis();
    const relay = createRelayUnderTest();

    const bare = await relay.relay.fetch(new Request(READY));
    const other = await ask(relay, ['payroll']);

    expect([bare.status, other.status]).toEqual([401, 403]);
    expect(other.body).toMatchObject({ code: 'stream_refused' });
    expect(kinesis.calls).toEqual([]);
  });
});

const STORED = { ShardId: 'shardId-000000000000', SequenceNumber: '49' };
