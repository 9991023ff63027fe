// @vitest-environment node
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { md5 } from '../../../src/consumer/md5.ts';
import { hashKeyOf, isInRange } from '../../../src/protocol/partition-key.ts';
import { nodeMd5 } from './md5.ts';

describe.each([
  ['the library for browsers', md5],
  ['the platform', nodeMd5],
])('with the MD5 of %s', (_, digest) => {
  test.each([
    ['alpha', 58606826522850340945736240254012750329n],
    ['ключ', 259726384039714788407059515981389908711n],
    ['a', 16955237001963240173058271559858726497n],
    ['', 0xd41d8cd98f00b204e9800998ecf8427en],
  ])('the key %j has its place in the hash key space', (key, expected) => {
    expect(hashKeyOf(key, digest)).toBe(expected);
  });
});

test('both ends of a range are in it', () => {
  const range = { start: 10n, end: 20n };

  expect([9n, 10n, 20n, 21n].map((hashKey) => isInRange(hashKey, range))).toEqual([
    false,
    true,
    true,
    false,
  ]);
});

test('the MD5 for browsers is MD5, of any bytes and of a part of a buffer', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(20), (bytes, offset) => {
      const part = bytes.subarray(offset);

      expect(Buffer.from(md5(part)).toString('hex')).toBe(
        createHash('md5').update(part).digest('hex'),
      );
    }),
  );
});
