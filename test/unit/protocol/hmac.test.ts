import { describe, expect, test } from 'vitest';
import { importHmacKey, signHmac, verifyHmac } from '../../../src/protocol/hmac.ts';

const { subtle } = crypto;
const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('HMAC-SHA-256', () => {
  // RFC 4231, test cases 1, 2 and 6.
  test.each([
    [
      new Uint8Array(20).fill(0x0b),
      'Hi There',
      'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
    ],
    [
      bytesOf('Jefe'),
      'what do ya want for nothing?',
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    ],
    [
      new Uint8Array(131).fill(0xaa),
      'Test Using Larger Than Block-Size Key - Hash Key First',
      '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
    ],
  ])('signs the vectors of RFC 4231', async (key, message, code) => {
    const signed = await signHmac(subtle, await importHmacKey(subtle, key), bytesOf(message));

    expect(hex(signed)).toBe(code);
  });

  test('takes a secret text as its UTF-8', async () => {
    const message = bytesOf('what do ya want for nothing?');
    const signed = await signHmac(subtle, await importHmacKey(subtle, 'Jefe'), message);

    expect(hex(signed)).toMatch(/^5bdcc146/);
  });

  test('refuses a code with one bit changed, one that is cut, and another key', async () => {
    const key = await importHmacKey(subtle, 'secret');
    const message = bytesOf('message');
    const code = await signHmac(subtle, key, message);
    const changed = code.slice();
    changed[31] = (changed[31] ?? 0) ^ 1;

    expect(await verifyHmac(subtle, key, code, message)).toBe(true);
    expect(await verifyHmac(subtle, key, changed, message)).toBe(false);
    expect(await verifyHmac(subtle, key, code.slice(0, 31), message)).toBe(false);
    expect(await verifyHmac(subtle, key, code, bytesOf('messagE'))).toBe(false);
    expect(await verifyHmac(subtle, await importHmacKey(subtle, 'other'), code, message)).toBe(
      false,
    );
  });
});
