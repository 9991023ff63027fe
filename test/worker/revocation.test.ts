import { describe, expect, test } from 'vitest';
import { encodeBase64url } from '../../src/protocol/base64url.ts';
import { importHmacKey, signHmac } from '../../src/protocol/hmac.ts';
import { createRevocations } from '../../worker/admission/revocation.ts';
import { createTokenId, issueReadToken, issueSession } from '../../worker/admission/tokens.ts';
import type { Env } from '../../worker/env.ts';
import type { RelayRuntime } from '../../worker/runtime.ts';
import { createRelayUnderTest, NOW, SECRET, sources, track } from './relay-under-test.ts';
import { scriptKinesis } from './scripted-kinesis.ts';
import { createScriptedStore, createScriptedTime } from './scripted-store.ts';

const ID = '0123456789abcdef01234567';
const YEAR_MS = 365 * 86_400_000;
const MINUTE_MS = 60_000;

/** A device with a session that an operator has minted for it. */
async function createDevice(env: Partial<Env> = {}, runtime: Partial<RelayRuntime> = {}) {
  const kinesis = scriptKinesis();
  const relay = createRelayUnderTest({ SOURCES: sources({ origins: '*' }), ...env }, runtime);
  const times = { issued: NOW, expires: NOW + YEAR_MS };
  const named = { writeKey: 'wk_shop', client: 'device-7', origin: null, id: ID };
  const session = await issueSession(SECRET, { ...named, ...times });
  const send = () => relay.sendBatch([{ events: [track()] }], { session, origin: null });
  return { ...relay, kinesis, session, send };
}

describe("a device's token", () => {
  test('is good for its batches until it expires', async () => {
    const { send, clock } = await createDevice();
    clock.now = NOW + YEAR_MS - 1;
    const last = await send();
    clock.now = NOW + YEAR_MS;
    const late = await send();

    expect([last.status, late.status, late.answer.code]).toEqual([200, 401, 'token_expired']);
  });

  test('is refused once its id stands in RELAY_REVOKED', async () => {
    const { send, kinesis } = await createDevice({ RELAY_REVOKED: `other-id ${ID}` });

    const { status, answer } = await send();

    expect([status, answer.code]).toEqual([403, 'token_revoked']);
    expect(kinesis.calls).toEqual([]);
  });

  test('is refused within a minute of its id being put into the store', async () => {
    const { store, put, asked } = createScriptedStore();
    const { send, clock } = await createDevice({}, { store });
    const before = await send();
    put(`revoked/${ID}`, '');
    clock.now += MINUTE_MS - 1;
    const soon = await send();
    clock.now += 1;
    const after = await send();

    expect([before.status, soon.status, after.answer.code]).toEqual([200, 200, 'token_revoked']);
    expect(asked.filter((key) => key.startsWith('revoked/'))).toHaveLength(2);
  });

  test('is refused for now, and not for good, while nobody can say whether it was revoked', async () => {
    const { store, state } = createScriptedStore();
    const { send, kinesis, clock } = await createDevice({}, { store });
    state.down = true;
    const first = await send();
    state.down = false;
    clock.now += 5000;
    const then = await send();

    expect([first.status, first.answer.code, then.status]).toEqual([503, 'relay_busy', 200]);
    expect(first.response.headers.get('retry-after')).toBe('5');
    expect(kinesis.calls).toHaveLength(1);
  });
});

describe("a reader's token", () => {
  const read = async (runtime: Partial<RelayRuntime>, env: Partial<Env> = {}) => {
    scriptKinesis();
    const { post } = createRelayUnderTest(env, runtime);
    const times = { issued: NOW, expires: NOW + YEAR_MS };
    const token = await issueReadToken(SECRET, { streams: ['clickstream'], id: ID, ...times });
    const body = JSON.stringify({ StreamName: 'clickstream' });
    const headers = {
      authorization: `Bearer ${token}`,
      'x-amz-target': 'Kinesis_20131202.DescribeStreamSummary',
    };
    return post('/v1/kinesis', body, { headers });
  };

  test('is refused when it was revoked, in words that the AWS SDK understands', async () => {
    const { store } = createScriptedStore({ [`revoked/${ID}`]: 'lost laptop' });

    for (const response of [await read({ store }), await read({}, { RELAY_REVOKED: ID })]) {
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({
        code: 'token_revoked',
        __type: 'AccessDeniedException',
      });
    }
  });
});

describe('revocations', () => {
  test('cost the session of a page no question, since it has no id', async () => {
    const { store, asked } = createScriptedStore();
    const { runtime } = createScriptedTime();
    const { isRevoked } = createRevocations({ revoked: new Set() }, { ...runtime, store });

    expect(await isRevoked({})).toBe(false);
    expect(asked).toEqual([]);
  });

  test('name tokens whose ids are no two the same, and no flags', () => {
    const ids = Array.from({ length: 1000 }, createTokenId);

    expect(new Set(ids).size).toBe(1000);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{24}$/);
  });
});

describe('what the same secret signed and is no token', () => {
  test.each([
    ['a key', 'sign:abc'],
    ['a place in a stream', 'place:clickstream\nAAAA'],
    ['JSON of another kind', '{"use":"batch","expires":9e15}'],
    ['a token for reading that names no streams', '{"use":"read","expires":9e15}'],
  ])('is refused as invalid: %s', async (_, text) => {
    scriptKinesis();
    const { sendBatch, openSession } = createRelayUnderTest();
    const { key } = await openSession();
    // As whoever holds a key of ours, or a place, could put it together.
    const token = await signText(text);

    const { status, answer } = await sendBatch([{ events: [track()] }], {
      session: { token, key },
    });

    expect([status, answer.code]).toEqual([401, 'token_invalid']);
  });
});

/** The text, signed as a token is. */
async function signText(text: string): Promise<string> {
  const payload = new TextEncoder().encode(text);
  const code = await signHmac(crypto.subtle, await importHmacKey(crypto.subtle, SECRET), payload);
  return `${encodeBase64url(payload)}.${encodeBase64url(code)}`;
}
