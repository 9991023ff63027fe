import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hmacSha256 } from '../../../src/transport/hmac-sha256.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const filled = (length: number, byte: number): Uint8Array => new Uint8Array(length).fill(byte);

describe('HMAC-SHA-256', () => {
  // RFC 4231, sections 4.2 to 4.8; the fifth is a code that is cut off.
  test.each([
    [
      '1',
      filled(20, 0x0b),
      bytes('Hi There'),
      'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
    ],
    [
      '2',
      bytes('Jefe'),
      bytes('what do ya want for nothing?'),
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    ],
    [
      '3',
      filled(20, 0xaa),
      filled(50, 0xdd),
      '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe',
    ],
    [
      '4',
      Uint8Array.from({ length: 25 }, (_, at) => at + 1),
      filled(50, 0xcd),
      '82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b',
    ],
    ['5', filled(20, 0x0c), bytes('Test With Truncation'), 'a3b6167473100ee06e0c796c2955552b'],
    [
      '6',
      filled(131, 0xaa),
      bytes('Test Using Larger Than Block-Size Key - Hash Key First'),
      '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
    ],
    [
      '7',
      filled(131, 0xaa),
      bytes(
        'This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.',
      ),
      '9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2',
    ],
  ])('gives what RFC 4231 has for test case %s', (_, key, message, code) => {
    expect(hex(hmacSha256(key, message)).slice(0, code.length)).toBe(code);
  });

  test('agrees with another implementation on keys and messages of any length', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 150 }),
        fc.uint8Array({ maxLength: 300 }),
        (key, message) => {
          expect(hex(hmacSha256(key, message))).toBe(
            createHmac('sha256', key).update(message).digest('hex'),
          );
        },
      ),
    );
  });

  test('agrees on half a mebibyte too', () => {
    const message = Uint8Array.from({ length: 524_289 }, (_, at) => at * 31);

    expect(hex(hmacSha256(filled(32, 1), message))).toBe(
      createHmac('sha256', filled(32, 1)).update(message).digest('hex'),
    );
  });
});
