import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBase64url, encodeBase64url } from '../../../src/protocol/base64url.ts';

describe('base64url', () => {
  // RFC 4648, section 10, without the padding.
  test.each([
    ['', ''],
    ['f', 'Zg'],
    ['fo', 'Zm8'],
    ['foo', 'Zm9v'],
    ['foob', 'Zm9vYg'],
    ['fooba', 'Zm9vYmE'],
    ['foobar', 'Zm9vYmFy'],
  ])('writes "%s" as "%s" and reads it back', (text, encoded) => {
    const bytes = new TextEncoder().encode(text);

    expect(encodeBase64url(bytes)).toBe(encoded);
    expect(decodeBase64url(encoded)).toEqual(bytes);
  });

  test('gives back any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const encoded = encodeBase64url(bytes);
        expect(encoded).toBe(Buffer.from(bytes).toString('base64url'));
        expect(decodeBase64url(encoded)).toEqual(Uint8Array.from(bytes));
      }),
    );
  });

  test.each(['Zg==', 'a+b', 'a/b', 'a b', 'ä', 'Zm9vY'])('does not read "%s"', (text) => {
    expect(decodeBase64url(text)).toBeUndefined();
  });
});
