import { afterEach, describe, expect, test, vi } from 'vitest';
import { version } from '../../package.json';
import type { Env } from '../../worker/env.ts';
import {
  createRelayUnderTest,
  NOW,
  ORIGIN,
  SECRET,
  signBatch,
  sources,
  track,
  writeBatch,
} from './relay-under-test.ts';
import { scriptKinesis } from './scripted-kinesis.ts';

const HEALTH = 'https://relay.example/v1/health';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the relay', () => {
  test('says that it is well, without asking Kinesis', async () => {
    const kinesis = scriptKinesis();

    const response = await createRelayUnderTest().relay.fetch(new Request(HEALTH));

    expect(response.status).toBe(200);
    const limits = { source: 'off', client: 'off', session: 'off', read: 'off', beacon: 'off' };
    expect(await response.json()).toEqual({
      ...{ ok: true, version, sources: 1, store: 'off', limits, problems: [] },
    });
    expect(kinesis.calls).toEqual([]);
  });

  test.each([
    ['GET', '/v1/session', 405, 'method_refused'],
    ['GET', '/v1/batch', 405, 'method_refused'],
    ['PUT', '/v1/kinesis', 405, 'method_refused'],
    ['POST', '/v1/health', 405, 'method_refused'],
    ['POST', '/v1/ready', 405, 'method_refused'],
    ['OPTIONS', '/v1/batch', 405, 'method_refused'],
    ['GET', '/', 404, 'not_found'],
    ['POST', '/v1/batches', 404, 'not_found'],
    ['OPTIONS', '/v1/other', 404, 'not_found'],
  ])('answers %s %s with %i', async (method, path, status, code) => {
    const { relay } = createRelayUnderTest();
    const headers = { origin: ORIGIN };

    const response = await relay.fetch(
      new Request(`https://relay.example${path}`, { method, headers }),
    );

    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code, reason: expect.any(String) });
    expect(response.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(response.headers.get('content-type')).toBe('application/json');
  });

  test('answers below a path of a site, as a route of the site gives it', async () => {
    const kinesis = scriptKinesis();
    const { post, relay } = createRelayUnderTest();
    const request = { writeKey: 'wk_shop', client: 'client-1', sdk: 'rivulet/test' };

    const session = await post('/events/v1/session', JSON.stringify(request));
    const signed = await signBatch(
      await session.clone().json(),
      NOW,
      new TextEncoder().encode(writeBatch([{ events: [track()] }])),
    );
    const batch = await post('/a/v1/path/v1/batch/', signed);
    const health = await relay.fetch(new Request('https://www.example.com/events/v1/health'));
    const nothing = await post('/v1/batch/events', '');

    expect([session.status, batch.status, health.status]).toEqual([200, 200, 200]);
    expect(kinesis.calls).toHaveLength(1);
    expect(nothing.status).toBe(404);
  });

  test('turns an error that nobody foresaw into an answer and a line of the log', async () => {
    scriptKinesis();
    const { sendBatch, openSession, logs } = createRelayUnderTest();
    const session = await openSession();
    vi.spyOn(crypto.subtle, 'verify').mockRejectedValue(new TypeError('broken part'));

    const { status, answer } = await sendBatch([{ events: [track()] }], { session });

    expect([status, answer.code]).toEqual([500, 'internal']);
    expect(JSON.stringify(answer)).not.toContain('broken part');
    expect(logs.join()).toContain('broken part');
  });
});

describe('a misconfigured relay', () => {
  const broken: [string, Partial<Record<keyof Env, string | undefined>>, string][] = [
    ['no secret', { RELAY_SECRET: undefined }, 'RELAY_SECRET: expected'],
    ['a short secret', { RELAY_SECRET: 's'.repeat(31) }, 'RELAY_SECRET: expected at least 32'],
    ['a short previous secret', { RELAY_SECRET_PREVIOUS: 'x' }, 'RELAY_SECRET_PREVIOUS: expected'],
    ['no access key', { RELAY_AWS_ACCESS_KEY_ID: '' }, 'RELAY_AWS_ACCESS_KEY_ID: expected'],
    ['no secret key', { RELAY_AWS_SECRET_ACCESS_KEY: undefined }, 'RELAY_AWS_SECRET_ACCESS_KEY: '],
    ['no region', { RELAY_AWS_REGION: '' }, 'RELAY_AWS_REGION: expected an AWS region'],
    [
      'an endpoint that is no URL',
      { RELAY_KINESIS_ENDPOINT: 'localhost' },
      'RELAY_KINESIS_ENDPOINT: ',
    ],
    ['no sources', { SOURCES: undefined }, 'SOURCES: expected'],
    ['sources that are no JSON', { SOURCES: '{' }, 'SOURCES: expected JSON'],
    ['an empty list of sources', { SOURCES: '{}' }, 'SOURCES: expected at least one source'],
    [
      'a source without a stream',
      { SOURCES: sources({ stream: undefined }) },
      'SOURCES.wk_shop.stream',
    ],
    [
      'a partition rule of no kind',
      { SOURCES: sources({ partition: 'device' }) },
      'SOURCES.wk_shop.partition: expected client',
    ],
    [
      'an origin with a path',
      { SOURCES: sources({ origins: ['https://a.example/'] }) },
      'SOURCES.wk_shop.origins',
    ],
    [
      'a field with a typing error',
      { SOURCES: sources({ partion: 'user' }) },
      'SOURCES.wk_shop.partion: expected no such field',
    ],
    [
      'a spread of nothing',
      { SOURCES: sources({ spread: 0 }) },
      'SOURCES.wk_shop.spread: expected a whole',
    ],
    [
      'two sources of one name',
      { SOURCES: `{"a":${shop()},"b":${shop()}}` },
      'SOURCES: expected every source',
    ],
  ];

  test.each(broken)('names %s at its health and in its log', async (_, change, problem) => {
    const { relay, logs } = createRelayUnderTest(change as Partial<Env>);

    const response = await relay.fetch(new Request(HEALTH));

    const health: { ok: boolean; code: string; problems: string[] } = await response.json();
    expect(response.status).toBe(500);
    expect(health).toMatchObject({ ok: false, code: 'relay_misconfigured', version });
    expect(health.problems).toHaveLength(1);
    expect(health.problems[0]).toContain(problem);
    expect(logs[0]).toContain(health.problems[0]?.slice(0, 20));
  });

  test('names every problem at once, and no value of any', async () => {
    const { relay } = createRelayUnderTest({
      RELAY_SECRET: 'short-secret',
      RELAY_AWS_REGION: 'nowhere-at-all-1x',
      SOURCES: sources({ stream: 'my stream', spread: -1 }),
    });

    const text = await (await relay.fetch(new Request(HEALTH))).text();

    expect(JSON.parse(text).problems).toHaveLength(4);
    expect(text).not.toMatch(/short-secret|nowhere-at|my stream/);
  });

  test('refuses everything else, and says when to come back', async () => {
    const { post } = createRelayUnderTest({ RELAY_SECRET: '' });

    const response = await post('/v1/batch', 'x');

    expect(response.status).toBe(500);
    expect(response.headers.get('retry-after')).toBe('60');
    expect(await response.json()).toMatchObject({ code: 'relay_misconfigured' });
  });

  test('is not one whose optional settings are empty', async () => {
    const { relay } = createRelayUnderTest({
      RELAY_SECRET_PREVIOUS: '',
      RELAY_AWS_SESSION_TOKEN: '',
      RELAY_KINESIS_ENDPOINT: '',
      RELAY_SECRET: SECRET,
    });

    const response = await relay.fetch(new Request(HEALTH));

    expect(response.status).toBe(200);
  });
});

function shop(): string {
  return JSON.stringify(JSON.parse(sources()).wk_shop);
}
