import { afterEach, describe, expect, test, vi } from 'vitest';
import { createRateLimits, limitsOf } from '../../worker/admission/rate-limits.ts';
import type { LimiterName } from '../../worker/runtime.ts';
import { createRelayUnderTest, ORIGIN, sources, track } from './relay-under-test.ts';
import { scriptKinesis } from './scripted-kinesis.ts';

const BATCH = [{ events: [track()] }];

afterEach(() => {
  vi.restoreAllMocks();
});

/** Limiters that refuse the named ones, and remember what they were asked. */
function scriptLimiters(...refusing: LimiterName[]) {
  const asked: [LimiterName, string][] = [];
  const limiter = (name: LimiterName) => async (key: string) => {
    asked.push([name, key]);
    return !refusing.includes(name);
  };
  const names = ['source', 'client', 'session', 'beacon'] as const;
  const limiters = Object.fromEntries(names.map((name) => [name, limiter(name)]));
  return { asked, limiters };
}

describe('a rate limit', () => {
  test('counts batches by source and by client, and sessions by network', async () => {
    scriptKinesis();
    const { asked, limiters } = scriptLimiters();
    const { post, sendBatch } = createRelayUnderTest({}, { limiters });
    const request = { writeKey: 'wk_shop', client: 'client-1', sdk: 'rivulet/test' };
    const headers = { 'cf-connecting-ip': '203.0.113.77' };

    const session = await (await post('/v1/session', JSON.stringify(request), { headers })).json();
    const { status } = await sendBatch(BATCH, { session: session as never, headers });

    expect(status).toBe(200);
    expect(asked).toEqual([
      ['session', '203.0.113.0'],
      ['source', 'shop'],
      ['client', 'shop client-1'],
    ]);
  });

  test.each([
    ['2001:db8:1:2:3::4', '2001:db8:1::'],
    ['no address', 'unknown'],
    [undefined, 'unknown'],
  ])('counts the sessions of %s under %s', async (address, network) => {
    const { asked, limiters } = scriptLimiters();
    const { post } = createRelayUnderTest({}, { limiters });

    await post('/v1/session', '', { headers: address ? { 'cf-connecting-ip': address } : {} });

    expect(asked).toEqual([['session', network]]);
  });

  test.each(['source', 'client'] as const)('by %s stops a batch before Kinesis', async (name) => {
    const kinesis = scriptKinesis();
    const { limiters } = scriptLimiters(name);
    const { sendBatch } = createRelayUnderTest({}, { limiters });

    const { status, answer, response } = await sendBatch(BATCH);

    expect([status, answer.code]).toEqual([429, 'rate_limited']);
    expect(answer.reason).toContain(name);
    expect(response.headers.get('retry-after')).toBe('35');
    expect(response.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(kinesis.calls).toEqual([]);
  });

  test('by network stops a session before its body is read', async () => {
    const { limiters } = scriptLimiters('session');
    const { post } = createRelayUnderTest({}, { limiters });

    const response = await post('/v1/session', 'x'.repeat(5000));

    expect(response.status).toBe(429);
    expect(await response.json()).toMatchObject({ code: 'rate_limited', after: 35_000 });
  });

  test("is not used up by batches that are not the client's", async () => {
    const { asked, limiters } = scriptLimiters();
    const { openSession, sendBatch } = createRelayUnderTest({}, { limiters });
    const session = await openSession();
    asked.length = 0;

    const { status } = await sendBatch(BATCH, { session: { ...session, key: 'AAAA' } });

    expect(status).toBe(401);
    expect(asked).toEqual([]);
  });

  test('asks clients to come back at moments that lie apart', async () => {
    const runtime = { now: () => 0, log: () => {}, limiters: { client: async () => false } };
    const waitOf = async (drawn: number) => {
      const { admit } = createRateLimits({ ...runtime, random: () => drawn });
      return (await admit('client', 'a').catch((refusal) => refusal)).hints.after;
    };

    expect([await waitOf(0), await waitOf(0.999999)]).toEqual([10_000, 60_000]);
  });

  test('that fails lets everybody through, and says so once a minute', async () => {
    scriptKinesis();
    const client = () => Promise.reject(new Error('rate limit: no answer'));
    const { sendBatch, clock, logs } = createRelayUnderTest({}, { limiters: { client } });
    const told = () => logs.filter((line) => JSON.parse(line).at === 'limiter');

    const first = await sendBatch(BATCH);
    const second = await sendBatch(BATCH);
    expect([first.status, second.status, told().length]).toEqual([200, 200, 1]);
    expect(told()[0]).toContain('rate limit: no answer');
    clock.now += 60_000;
    await sendBatch(BATCH);

    expect(told()).toHaveLength(2);
  });

  test('that is not bound is declared off', () => {
    expect(limitsOf({ limiters: { client: async () => true } })).toEqual({
      source: 'off',
      client: 'on',
      session: 'off',
      read: 'off',
      beacon: 'off',
    });
    expect(Object.values(limitsOf({}))).toEqual(['off', 'off', 'off', 'off', 'off']);
  });
});

describe('a batch without a signature', () => {
  const unsigned = (body: Uint8Array<ArrayBuffer>) => {
    const text = new TextDecoder().decode(body);
    return new TextEncoder().encode(text.replace(/ \S+\n/, ' -\n'));
  };
  const SOURCES = sources({ unsignedBeacons: true });

  test('is taken where its source takes them, at a rate of their own', async () => {
    const kinesis = scriptKinesis();
    const { asked, limiters } = scriptLimiters();
    const { openSession, sendBatch } = createRelayUnderTest({ SOURCES }, { limiters });
    const session = await openSession();
    asked.length = 0;

    const { status } = await sendBatch(BATCH, { session, tamper: unsigned });

    expect(status).toBe(200);
    expect(kinesis.records()).toHaveLength(1);
    expect(asked).toEqual([
      ['source', 'shop'],
      ['client', 'shop client-1'],
      ['beacon', 'shop'],
    ]);
  });

  test('is stopped by that rate alone, while signed ones go on', async () => {
    scriptKinesis();
    const { limiters } = scriptLimiters('beacon');
    const { sendBatch } = createRelayUnderTest({ SOURCES }, { limiters });

    const beacon = await sendBatch(BATCH, { tamper: unsigned });
    const signed = await sendBatch(BATCH);

    expect([beacon.status, signed.status]).toEqual([429, 200]);
  });

  test.each([
    [65_536, 200],
    [65_537, 413],
  ])('of %i bytes is answered with %i', async (bytes, expected) => {
    scriptKinesis();
    const { sendBatch } = createRelayUnderTest({ SOURCES });
    const head = '{"sdk":"rivulet/test"}\n@k3f9aL0qXw 1 {"anonymousId":"client-1"}\n';
    const event = JSON.stringify(track({ filling: '' }));
    const filling = 'f'.repeat(bytes - head.length - event.length - 1);
    const payload = new TextEncoder().encode(`${head}${event.replace('""', `"${filling}"`)}\n`);

    const { status } = await sendBatch([], { payload, tamper: unsigned });

    expect(payload).toHaveLength(bytes);
    expect(status).toBe(expected);
  });

  test.each([
    ['a token of nobody', { session: { token: 'e30.AAAA', key: 'AAAA' } }, 'token_invalid'],
    ['a clock that is off', { sentAt: 0 }, 'clock_skew'],
  ])('is refused for %s all the same', async (_, options, code) => {
    const { sendBatch } = createRelayUnderTest({ SOURCES });

    const { status, answer } = await sendBatch(BATCH, { ...options, tamper: unsigned });

    expect([status, answer.code]).toEqual([401, code]);
  });

  test('is refused with a signature that is wrong: no signature is not any signature', async () => {
    const { openSession, sendBatch } = createRelayUnderTest({ SOURCES });
    const session = { ...(await openSession()), key: 'AAAA' };

    const { status, answer } = await sendBatch(BATCH, { session });

    expect([status, answer.code]).toEqual([401, 'signature_invalid']);
  });
});
