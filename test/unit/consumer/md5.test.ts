// @vitest-environment node
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { md5 } from '../../../src/consumer/md5.ts';
import { portableMd5 } from '../../../src/consumer/portable-md5.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const expected = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex');

/** The test suite of RFC 1321. */
const official = [
  ['', 'd41d8cd98f00b204e9800998ecf8427e'],
  ['a', '0cc175b9c0f1b6a831c399e269772661'],
  ['abc', '900150983cd24fb0d6963f7d28e17f72'],
  ['message digest', 'f96b697d7cb7938d525a2f31aaf161d0'],
  ['abcdefghijklmnopqrstuvwxyz', 'c3fcd3d76192e4007dfb496cca67e13b'],
  [
    'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
    'd174ab98d277d9f5a5611c2c9f419d9f',
  ],
  [
    '12345678901234567890123456789012345678901234567890123456789012345678901234567890',
    '57edf4a22be3c955ac49da2e2107b67a',
  ],
] as const;

describe.each([
  ['the platform', md5],
  ['JavaScript', portableMd5],
])('MD5 by %s', (_, digest) => {
  test.each(official)('of %j is what the RFC says', (text, sum) => {
    expect(hex(digest(new TextEncoder().encode(text)))).toBe(sum);
  });

  test.each([55, 56, 57, 63, 64, 65, 119, 120, 121, 127, 128, 129, 51_200])(
    'of %i bytes is what OpenSSL says',
    (length) => {
      const bytes = Uint8Array.from({ length }, (_, index) => (index * 31) & 255);

      expect(hex(digest(bytes))).toBe(expected(bytes));
    },
  );

  test('of any part of any bytes is what OpenSSL says, and leaves them as they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(20), (bytes, start) => {
        const before = hex(bytes);

        expect(hex(digest(bytes.subarray(start)))).toBe(expected(bytes.subarray(start)));
        expect(hex(bytes)).toBe(before);
      }),
    );
  });
});

describe('where the platform', () => {
  /** The module as it is loaded where `process` is this. */
  async function md5Where(process: unknown): Promise<typeof md5> {
    vi.resetModules();
    vi.stubGlobal('process', process);
    onTestFinished(() => void vi.unstubAllGlobals());
    const module = await import('../../../src/consumer/md5.ts');
    module.md5(new Uint8Array());
    vi.unstubAllGlobals();
    return module.md5;
  }

  test.each([
    ['is a browser', undefined],
    ['is one that a bundler gave half a process', { env: {} }],
    ['is an old Node', { getBuiltinModule: () => ({}) }],
    [
      'refuses it, as Node does where only approved algorithms may be used',
      {
        getBuiltinModule: () => ({
          hash: () => {
            throw new Error('digital envelope routines::unsupported');
          },
        }),
      },
    ],
  ])('%s, it is computed in JavaScript', async (_, process) => {
    const digest = await md5Where(process);

    expect(hex(digest(new TextEncoder().encode('abc')))).toBe('900150983cd24fb0d6963f7d28e17f72');
  });

  test('has it, the platform does it', async () => {
    const hash = vi.fn(() => new Uint8Array(16));
    const digest = await md5Where({ getBuiltinModule: () => ({ hash }) });

    digest(Uint8Array.of(1));

    expect(hash).toHaveBeenLastCalledWith('md5', Uint8Array.of(1), 'buffer');
  });
});
