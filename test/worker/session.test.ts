import { describe, expect, test } from 'vitest';
import { isSessionAnswer } from '../../src/protocol/session.ts';
import { verifyToken } from '../../src/protocol/token.ts';
import { createRelayUnderTest, NOW, ORIGIN, SECRET, sources } from './relay-under-test.ts';

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

describe('a session is refused', () => {
  const refusals: [string, object, { origin?: string | null; fields?: object }, number, string][] =
    [
      ['for a write key of nobody', { writeKey: 'wk_other' }, {}, 403, 'write_key_unknown'],
      ['for an inherited name', { writeKey: 'constructor' }, {}, 403, 'write_key_unknown'],
      ['for another origin', {}, { origin: 'https://evil.example' }, 403, 'origin_refused'],
      ['for an origin that is longer', {}, { origin: `${ORIGIN}.evil` }, 403, 'origin_refused'],
      ['without an origin where some are listed', {}, { origin: null }, 403, 'origin_refused'],
      ['for a disabled source', {}, { fields: { disabled: true } }, 403, 'source_disabled'],
      ['without a client id', { client: '' }, {}, 400, 'malformed'],
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
