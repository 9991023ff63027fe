import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createSigner } from '../../../src/transport/signer.ts';

const KEY = Buffer.from('a key of some bytes');
const key = KEY.toString('base64url');

const expected = (sentAt: number, payload: Uint8Array): string =>
  createHmac('sha256', KEY).update(`${sentAt}\n`).update(payload).digest('base64url');

describe('the signer', () => {
  test.each([
    ['in the turn of the call', 65_536, true, 'string'],
    ['with the platform’s help', 65_537, true, 'object'],
    ['in the turn of the call, where the platform has no help', 65_537, false, 'string'],
  ])('signs moment and payload %s', async (_, length, hasSubtle, type) => {
    const payload = new Uint8Array(length).fill(7);

    const signature = createSigner(hasSubtle ? crypto.subtle : undefined)(key, 1700, payload);

    expect(typeof signature).toBe(type);
    expect(await signature).toBe(expected(1700, payload));
  });

  test('says so where it has no key', () => {
    expect(createSigner(undefined)('not base64url!', 1, new Uint8Array(1))).toBe('-');
  });
});
