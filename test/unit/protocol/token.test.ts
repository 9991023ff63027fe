import { describe, expect, test } from 'vitest';
import { encodeBase64url } from '../../../src/protocol/base64url.ts';
import {
  type BatchToken,
  deriveSigningKey,
  type ReadToken,
  readToken,
  signToken,
  verifyToken,
} from '../../../src/protocol/token.ts';

const { subtle } = crypto;
const batch: BatchToken = {
  use: 'batch',
  writeKey: 'wk_shop',
  client: 'client-1',
  origin: 'https://shop.test',
  issued: 1000,
  expires: 2000,
};
const read: ReadToken = { use: 'read', streams: ['clickstream'], issued: 1000, expires: 2000 };

describe('a token', () => {
  test('is read back by whoever has the secret', async () => {
    const text = await signToken(subtle, 'secret', batch);

    expect(await verifyToken(subtle, ['secret'], text, 'batch', 1500)).toEqual({
      ok: true,
      value: { token: batch, secret: 'secret' },
    });
  });

  test('is accepted by an older secret too, and says by which', async () => {
    const text = await signToken(subtle, 'old', read);

    const verified = await verifyToken(subtle, ['new', 'old'], text, 'read', 1500);

    expect(verified).toEqual({ ok: true, value: { token: read, secret: 'old' } });
  });

  test.each([
    [1999, true],
    [2000, false],
    [2001, false],
  ])('that expires at 2000 is valid at %i: %s', async (now, ok) => {
    const text = await signToken(subtle, 'secret', batch);
    const verified = await verifyToken(subtle, ['secret'], text, 'batch', now);

    expect(verified.ok).toBe(ok);
    if (!verified.ok) expect(verified.code).toBe('token_expired');
  });

  test('is good for its own use alone', async () => {
    const text = await signToken(subtle, 'secret', read);

    expect(await verifyToken(subtle, ['secret'], text, 'batch', 1500)).toMatchObject({
      ok: false,
      code: 'token_invalid',
    });
  });

  test('is refused when anything in it has been changed', async () => {
    const text = await signToken(subtle, 'secret', batch);
    const [payload = '', code = ''] = text.split('.');
    const forged = encodeBase64url(
      new TextEncoder().encode(JSON.stringify({ ...batch, writeKey: 'wk_bank' })),
    );
    const malformed = ['', '.', payload, `${payload}.`, `${payload}.${code}.`, `${payload}.!`];

    for (const wrong of [...malformed, `${forged}.${code}`, `${payload}.${payload}`]) {
      expect(await verifyToken(subtle, ['secret'], wrong, 'batch', 1500)).toMatchObject({
        ok: false,
        code: 'token_invalid',
      });
    }
    expect(await verifyToken(subtle, ['other'], text, 'batch', 1500)).toMatchObject({ ok: false });
    expect(await verifyToken(subtle, [], text, 'batch', 1500)).toMatchObject({ ok: false });
  });

  test('shows what it says, whoever signed it', async () => {
    expect(readToken(await signToken(subtle, 'any', batch))).toEqual(batch);
    expect(readToken(await signToken(subtle, 'any', read))).toEqual(read);
    for (const wrong of ['', 'abc', '!', `${btoa('null')}.x`, btoa('{"use":"batch"}')]) {
      expect(readToken(wrong)).toBeUndefined();
    }
  });

  test('gives a signing key of its own', async () => {
    const one = await deriveSigningKey(subtle, 'secret', 'token-1');

    expect(one).toHaveLength(32);
    expect(await deriveSigningKey(subtle, 'secret', 'token-1')).toEqual(one);
    expect(await deriveSigningKey(subtle, 'secret', 'token-2')).not.toEqual(one);
    expect(await deriveSigningKey(subtle, 'other', 'token-1')).not.toEqual(one);
  });
});
