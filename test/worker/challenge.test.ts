import { afterEach, describe, expect, test, vi } from 'vitest';
import { createRelayUnderTest, ORIGIN, sources } from './relay-under-test.ts';

const ADDRESS = '203.0.113.77';
const TURNSTILE_SECRET = '0x4AAAAAAA-secret-of-the-widget';
const REQUEST = { writeKey: 'wk_shop', client: 'client-1', sdk: 'rivulet/test' };

afterEach(() => {
  vi.restoreAllMocks();
});

/** What siteverify answers, and what it was asked. */
function scriptSiteverify(reply: object | (() => Response | Promise<Response>)) {
  const asked: { url: string; form: object }[] = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    asked.push({ url: request.url, form: Object.fromEntries(await request.formData()) });
    return typeof reply === 'function' ? reply() : Response.json(reply);
  });
  return asked;
}

/** Asks for a session of a source with Turnstile. */
async function ask(
  challenge: unknown,
  { turnstile = true, secret = TURNSTILE_SECRET, origin = ORIGIN as string | null } = {},
) {
  const fields = { turnstile, origins: '*' };
  const { post, logs } = createRelayUnderTest({
    SOURCES: sources(fields),
    RELAY_TURNSTILE_SECRET: secret,
  });
  const body = JSON.stringify({ ...REQUEST, challenge });
  const response = await post('/v1/session', body, {
    origin,
    headers: { 'cf-connecting-ip': ADDRESS },
  });
  const answer: { code?: string; token?: string; after?: number } = await response.json();
  return { status: response.status, answer, logs };
}

const solved = { success: true, 'error-codes': [], hostname: 'shop.example', action: 'session' };

describe('a session of a source with Turnstile', () => {
  test('is given to who solved a challenge on the page that asks', async () => {
    const asked = scriptSiteverify(solved);

    const { status, answer } = await ask('solved-1');

    expect(status).toBe(200);
    expect(answer.token).toBeTypeOf('string');
    expect(asked).toEqual([
      {
        url: 'https://challenges.cloudflare.com/turnstile/v0/siteverify',
        form: { secret: TURNSTILE_SECRET, response: 'solved-1', remoteip: ADDRESS },
      },
    ]);
  });

  test('is given for the action that the source names', async () => {
    scriptSiteverify(solved);

    const { status } = await ask('solved-1', { turnstile: { action: 'session' } as never });

    expect(status).toBe(200);
  });

  test("is given where a test's secret answers for a host of its own", async () => {
    scriptSiteverify({ ...solved, hostname: 'example.com' });

    const { status } = await ask('XXXX.DUMMY.TOKEN.XXXX', {
      secret: '1x0000000000000000000000000000000AA',
    });

    expect(status).toBe(200);
  });

  test.each([
    ['without a challenge', undefined],
    ['with an empty one', ''],
    ['with one that is no text', { toString: 'solved' }],
    ['with one of 2,049 characters', 'c'.repeat(2049)],
  ])('is refused %s, and Turnstile is not asked', async (_, challenge) => {
    const asked = scriptSiteverify(solved);

    const { status, answer } = await ask(challenge);

    expect([status, answer.code]).toEqual([401, 'challenge_failed']);
    expect(asked).toEqual([]);
  });

  test.each([
    ['that was not solved', { success: false, 'error-codes': ['invalid-input-response'] }, {}],
    ['that was used before', { success: false, 'error-codes': ['timeout-or-duplicate'] }, {}],
    ['that was solved on another page', { ...solved, hostname: 'evil.example' }, {}],
    ['that says nothing of its page', { success: true }, {}],
    ['for another action', { ...solved, action: 'login' }, { turnstile: { action: 'session' } }],
  ])('is refused for a challenge %s', async (_, reply, options) => {
    scriptSiteverify(reply);

    const { status, answer } = await ask('answer', options as never);

    expect([status, answer.code]).toEqual([401, 'challenge_failed']);
  });

  test.each([
    ['cannot be reached', () => Promise.reject(new Error('Network connection lost.'))],
    ['answers with a page', () => new Response('<html>', { status: 502 })],
    ['fails inside', () => Response.json({ success: false, 'error-codes': ['internal-error'] })],
  ])('has to wait while Turnstile %s, and the log says so', async (_, reply) => {
    scriptSiteverify(reply);

    const { status, answer, logs } = await ask('solved-1');

    expect([status, answer.code, answer.after]).toEqual([503, 'relay_busy', 3000]);
    expect(logs.map((line) => JSON.parse(line).at)).toEqual(['challenge', 'refusal']);
    expect(logs.join()).not.toMatch(/solved-1|secret-of|203\.0/);
  });

  test('is not waited for longer than five seconds', async () => {
    const signals: (AbortSignal | null | undefined)[] = [];
    const timeout = vi.spyOn(AbortSignal, 'timeout');
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (_, init) => {
      signals.push(init?.signal);
      throw new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    });

    const { answer } = await ask('solved-1');

    expect(answer.code).toBe('relay_busy');
    expect(timeout).toHaveBeenCalledWith(5000);
    expect(signals).toEqual([timeout.mock.results[0]?.value]);
  });

  test("says that the operator's secret is wrong where Turnstile does not know it", async () => {
    scriptSiteverify({ success: false, 'error-codes': ['invalid-input-secret'] });

    const { status, answer } = await ask('solved-1');

    expect([status, answer.code, answer.after]).toEqual([500, 'relay_misconfigured', 60_000]);
  });

  test('is not asked for by a page of another origin at all', async () => {
    const asked = scriptSiteverify(solved);
    const { post } = createRelayUnderTest({
      SOURCES: sources({ turnstile: true }),
      RELAY_TURNSTILE_SECRET: TURNSTILE_SECRET,
    });

    const body = JSON.stringify({ ...REQUEST, challenge: 'solved-1' });
    const response = await post('/v1/session', body, { origin: 'https://evil.example' });

    expect(response.status).toBe(403);
    expect(asked).toEqual([]);
  });
});

test('a source without Turnstile asks nobody', async () => {
  const asked = scriptSiteverify(solved);
  const { openSession } = createRelayUnderTest();

  await openSession();

  expect(asked).toEqual([]);
});
