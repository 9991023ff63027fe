import { afterEach, describe, expect, test, vi } from 'vitest';
import { isSessionAnswer, type SessionAnswer } from '../../src/protocol/session.ts';
import { verifyToken } from '../../src/protocol/token.ts';
import { dailyHash } from '../../worker/events/daily-hash.ts';
import { createRelayUnderTest, NOW, ORIGIN, SECRET, sources, track } from './relay-under-test.ts';
import { scriptKinesis } from './scripted-kinesis.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const REQUEST = { writeKey: 'wk_shop', client: 'client-1', sdk: 'rivulet/test' };

describe('a session', () => {
  test('is given to a page of an allowed origin', async () => {
    const { post } = createRelayUnderTest();

    const response = await post('/v1/session', JSON.stringify(REQUEST));

    const answer: unknown = await response.json();
    expect(response.status).toBe(200);
    expect(isSessionAnswer(answer)).toBe(true);
    expect(answer).toMatchObject({ now: NOW, expires: NOW + 3_600_000, config: {} });
    expect(response.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(response.headers.get('access-control-expose-headers')).toBe('Retry-After');
    expect(response.headers.get('vary')).toBe('Origin');
  });

  test('names the source, the client and the origin in its token', async () => {
    const { openSession } = createRelayUnderTest();

    const { token } = await openSession();

    const verified = await verifyToken(crypto.subtle, [SECRET], token, 'batch', NOW);
    expect(verified).toMatchObject({
      ok: true,
      value: { token: { writeKey: 'wk_shop', client: 'client-1', origin: ORIGIN, issued: NOW } },
    });
  });

  test('carries what the operator wants of clients', async () => {
    const config = { maxBatchEvents: 100, pauseMs: 5000 };
    const { openSession } = createRelayUnderTest({ SOURCES: sources({ config }) });

    const answer = await openSession();

    expect(answer.config).toEqual(config);
  });

  test('is given to a device without an origin where a source takes any', async () => {
    const { openSession } = createRelayUnderTest({ SOURCES: sources({ origins: '*' }) });

    const answer = await openSession(null);

    expect(answer.token).toBeTypeOf('string');
  });
});

describe('a session of a client that keeps no id', () => {
  const HOUR = 3_600_000;
  const SENDER = { address: '203.0.113.77', agent: 'Firefox' };
  const { client: _, ...nameless } = REQUEST;

  /** The id that its token names. */
  async function clientOf(sender: Partial<typeof SENDER> = {}, { at = NOW, env = {} } = {}) {
    const { address, agent } = { ...SENDER, ...sender };
    const { post, clock } = createRelayUnderTest(env);
    clock.now = at;
    const response = await post('/v1/session', JSON.stringify(nameless), {
      headers: {
        ...(address && { 'cf-connecting-ip': address }),
        'user-agent': agent,
      },
    });
    const { token } = (await response.json()) as { token: string };
    const secret = env && 'RELAY_SECRET' in env ? String(env.RELAY_SECRET) : SECRET;
    const verified = await verifyToken(crypto.subtle, [secret], token, 'batch', at);
    if (!verified.ok) throw new Error(verified.reason);
    return verified.value.token.client;
  }

  test('names the same one all day (UTC), and another one the next day', async () => {
    const midnight = Math.ceil(NOW / (24 * HOUR)) * 24 * HOUR;

    const today = await clientOf();

    expect(today).toMatch(/^[\w-]{22}$/);
    expect(await clientOf({}, { at: midnight - 1 })).toBe(today);
    expect(await clientOf({}, { at: midnight - 24 * HOUR })).toBe(today);
    expect(await clientOf({}, { at: midnight })).not.toBe(today);
    expect(await clientOf({}, { at: midnight - 24 * HOUR - 1 })).not.toBe(today);
  });

  test('tells addresses, user agents, sources and relays apart', async () => {
    const shop = { name: 'other', stream: 'clickstream', origins: [ORIGIN] };
    const ids = [
      await clientOf(),
      await clientOf({ address: '203.0.113.78' }),
      await clientOf({ address: '2001:db8::1' }),
      await clientOf({ agent: 'Safari' }),
      await clientOf({}, { env: { SOURCES: JSON.stringify({ wk_shop: shop }) } }),
      await clientOf({}, { env: { RELAY_SECRET: `${SECRET}, and another` } }),
    ];

    expect(new Set(ids).size).toBe(ids.length);
  });

  test('holds neither the address nor the user agent, and is none of the hashes of `ip`', async () => {
    const id = await clientOf();

    expect(id).not.toContain('203');
    expect(id).not.toBe(dailyHash(SECRET, 'ip shop', NOW, SENDER.address));
  });

  test('names somebody of its own where no address is known', async () => {
    const [one, other] = [await clientOf({ address: '' }), await clientOf({ address: '' })];

    expect(one).toMatch(/^[\w-]{22}$/);
    expect(one).not.toBe(other);
  });

  test('gives its events that id, and the key that follows from it', async () => {
    const kinesis = scriptKinesis();
    const { post, sendBatch } = createRelayUnderTest();
    const headers = { 'cf-connecting-ip': SENDER.address, 'user-agent': SENDER.agent };
    const response = await post('/v1/session', JSON.stringify(nameless), { headers });
    const alias = { type: 'alias', timestamp: NOW };

    const { answer } = await sendBatch(
      [{ context: { userId: 'user-1' }, events: [track(), alias] }],
      { session: (await response.json()) as SessionAnswer },
    );

    const client = await clientOf();
    expect(answer.receipts).toMatchObject([{ count: 2, status: 'stored' }]);
    expect(kinesis.records()).toMatchObject([
      { partitionKey: client, record: { anonymousId: client, userId: 'user-1' } },
      // Of who keeps no id, the relay alone knows who the user was before.
      { partitionKey: client, record: { anonymousId: client, previousId: client } },
    ]);
    expect(kinesis.records()[0]?.record).not.toHaveProperty('previousId');
  });
});

describe('a session is refused', () => {
  const refusals: [string, object, { origin?: string | null; fields?: object }, number, string][] =
    [
      ['for a write key of nobody', { writeKey: 'wk_other' }, {}, 403, 'write_key_unknown'],
      ['for an inherited name', { writeKey: 'constructor' }, {}, 403, 'write_key_unknown'],
      ['for another origin', {}, { origin: 'https://evil.example' }, 403, 'origin_refused'],
      ['for an origin that is longer', {}, { origin: `${ORIGIN}.evil` }, 403, 'origin_refused'],
      ['without an origin where some are listed', {}, { origin: null }, 403, 'origin_refused'],
      ['for a disabled source', {}, { fields: { disabled: true } }, 403, 'source_disabled'],
      ['with an empty client id', { client: '' }, {}, 400, 'malformed'],
      ['with null for a client id', { client: null }, {}, 400, 'malformed'],
      ['with a number for a client id', { client: 7 }, {}, 400, 'malformed'],
      ['with a client id of 129 characters', { client: 'c'.repeat(129) }, {}, 400, 'malformed'],
      ['for a body above 4 KiB', { sdk: 's'.repeat(4096) }, {}, 413, 'too_large'],
    ];

  test.each(refusals)('%s', async (_, change, { origin = ORIGIN, fields }, status, code) => {
    const { post } = createRelayUnderTest({ SOURCES: sources(fields) });

    const response = await post('/v1/session', JSON.stringify({ ...REQUEST, ...change }), {
      origin,
    });

    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code, reason: expect.any(String) });
  });

  test('in a way that the refused page can read', async () => {
    const { post } = createRelayUnderTest();
    const origin = 'https://evil.example';

    const response = await post('/v1/session', JSON.stringify(REQUEST), { origin });

    expect(response.headers.get('access-control-allow-origin')).toBe(origin);
    expect(response.headers.has('access-control-allow-credentials')).toBe(false);
  });

  test.each(['', 'no json', 'null', '[]'])('for the body %j', async (body) => {
    const { post } = createRelayUnderTest();

    const response = await post('/v1/session', body);

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'malformed' });
  });
});
