import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  createRelayUnderTest,
  NOW,
  ORIGIN,
  PREVIOUS_SECRET,
  SECRET,
  signBatch,
  signReadToken,
  sources,
  track,
} from './relay-under-test.ts';
import { scriptKinesis } from './scripted-kinesis.ts';

const BATCH = [{ events: [track()] }];
const FIVE_MINUTES = 300_000;

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a batch is admitted', () => {
  test('when its token, origin, signature and clock agree', async () => {
    const kinesis = scriptKinesis();
    const { sendBatch } = createRelayUnderTest();

    const { status, response } = await sendBatch(BATCH);

    expect(status).toBe(200);
    expect(response.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(kinesis.records()).toHaveLength(1);
  });

  test('gzipped, with the signature over the bytes as they travel', async () => {
    const kinesis = scriptKinesis();
    const { sendBatch } = createRelayUnderTest();

    const { status } = await sendBatch(BATCH, { gzip: true });

    expect(status).toBe(200);
    expect(kinesis.records()).toHaveLength(1);
  });

  test.each([-FIVE_MINUTES, FIVE_MINUTES])("%i ms from the relay's clock", async (skew) => {
    scriptKinesis();
    const { sendBatch } = createRelayUnderTest();

    const { status } = await sendBatch(BATCH, { sentAt: NOW + skew });

    expect(status).toBe(200);
  });

  test('under the secret of before the last rotation', async () => {
    scriptKinesis();
    const before = createRelayUnderTest({ RELAY_SECRET: PREVIOUS_SECRET });
    const session = await before.openSession();
    const after = createRelayUnderTest({ RELAY_SECRET_PREVIOUS: PREVIOUS_SECRET });

    const { status } = await after.sendBatch(BATCH, { session });

    expect(status).toBe(200);
  });
});

describe('a batch is refused, and Kinesis is not asked,', () => {
  test('when one byte of its body changed', async () => {
    const kinesis = scriptKinesis();
    const { sendBatch } = createRelayUnderTest();
    const tamper = (body: Uint8Array<ArrayBuffer>) => {
      const last = body.length - 3;
      body[last] = (body[last] ?? 0) ^ 1;
      return body;
    };

    const { status, answer } = await sendBatch(BATCH, { tamper });

    expect([status, answer.code]).toEqual([401, 'signature_invalid']);
    expect(kinesis.calls).toEqual([]);
  });

  test('when its moment of sending changed', async () => {
    scriptKinesis();
    const { sendBatch } = createRelayUnderTest();
    const tamper = (body: Uint8Array<ArrayBuffer>) => replaceText(body, ` ${NOW} `, ` ${NOW + 1} `);

    const { status, answer } = await sendBatch(BATCH, { tamper });

    expect([status, answer.code]).toEqual([401, 'signature_invalid']);
  });

  test('when it is not signed', async () => {
    scriptKinesis();
    const { sendBatch } = createRelayUnderTest();
    const tamper = (body: Uint8Array<ArrayBuffer>) => replaceText(body, / \S+\n/, ' -\n');

    const { status, answer } = await sendBatch(BATCH, { tamper });

    expect([status, answer.code]).toEqual([401, 'signature_invalid']);
  });

  test('when its token has expired, and says the time', async () => {
    const kinesis = scriptKinesis();
    const { openSession, sendBatch, clock } = createRelayUnderTest();
    const session = await openSession();
    clock.now = session.expires;

    const { status, answer } = await sendBatch(BATCH, { session });

    expect([status, answer.code, answer.now]).toEqual([401, 'token_expired', session.expires]);
    expect(kinesis.calls).toEqual([]);
  });

  test('when its token was signed by a secret that is no longer accepted', async () => {
    const before = createRelayUnderTest({ RELAY_SECRET: PREVIOUS_SECRET });
    const session = await before.openSession();
    const { sendBatch } = createRelayUnderTest();

    const { status, answer } = await sendBatch(BATCH, { session });

    expect([status, answer.code]).toEqual([401, 'token_invalid']);
  });

  test('when its token is one for reading', async () => {
    const token = await signReadToken(['clickstream'], SECRET);
    const { openSession, sendBatch } = createRelayUnderTest();
    const { key } = await openSession();

    const { status, answer } = await sendBatch(BATCH, { session: { token, key } });

    expect([status, answer.code]).toEqual([401, 'token_invalid']);
  });

  test.each([-FIVE_MINUTES - 1, FIVE_MINUTES + 1])('when its clock is %i ms off', async (skew) => {
    const { sendBatch } = createRelayUnderTest();

    const { status, answer } = await sendBatch(BATCH, { sentAt: NOW + skew });

    expect([status, answer.code, answer.now]).toEqual([401, 'clock_skew', NOW]);
  });

  test('when it comes from another page than its session', async () => {
    const { openSession, sendBatch } = createRelayUnderTest({
      SOURCES: sources({ origins: [ORIGIN, 'https://other.example'] }),
    });
    const session = await openSession();

    const { status, answer } = await sendBatch(BATCH, { session, origin: 'https://other.example' });

    expect([status, answer.code]).toEqual([403, 'origin_refused']);
  });

  test('when its origin was taken off the list meanwhile', async () => {
    const session = await createRelayUnderTest().openSession();
    const { sendBatch } = createRelayUnderTest({
      SOURCES: sources({ origins: ['https://new.example'] }),
    });

    const { status, answer } = await sendBatch(BATCH, { session });

    expect([status, answer.code]).toEqual([403, 'origin_refused']);
  });

  test.each([
    ['switched off', sources({ disabled: true })],
    ['removed', sources().replace('wk_shop', 'wk_another')],
  ])('when its source was %s meanwhile', async (_, SOURCES) => {
    const session = await createRelayUnderTest().openSession();
    const { sendBatch } = createRelayUnderTest({ SOURCES });

    const { status, answer } = await sendBatch(BATCH, { session });

    expect([status, answer.code]).toEqual([403, 'source_disabled']);
  });

  test.each(['', 'hello', 'rivulet2 t 1 s\n', 'rivulet1 t x s\n', 'rivulet1 t 1\n'])(
    'when its first line is %j',
    async (body) => {
      const { post } = createRelayUnderTest();

      const response = await post('/v1/batch', body);

      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: 'malformed' });
    },
  );

  test('before it is inflated, when nobody vouches for it', async () => {
    const { openSession, post } = createRelayUnderTest();
    const session = await openSession();
    const notGzip = Uint8Array.of(0x1f, 0x8b, 1, 2, 3);
    const body = await signBatch({ ...session, key: 'AAAA' }, NOW, notGzip);

    const response = await post('/v1/batch', body);

    expect(await response.json()).toMatchObject({ code: 'signature_invalid' });
  });
});

function replaceText(body: Uint8Array<ArrayBuffer>, from: string | RegExp, to: string) {
  return new TextEncoder().encode(new TextDecoder().decode(body).replace(from, to));
}
