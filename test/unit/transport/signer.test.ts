import { createHmac } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { createSigner } from '../../../src/transport/signer.ts';

const payload = new TextEncoder().encode('{"sdk":"rivulet"}\n');

describe('the signer', () => {
  test('signs the moment and the payload, as another implementation does', async () => {
    const key = Buffer.from('a key of some bytes');
    const expected = createHmac('sha256', key).update('1700\n').update(payload).digest('base64url');

    expect(await createSigner(crypto.subtle)(key.toString('base64url'), 1700, payload)).toBe(
      expected,
    );
  });

  test('imports a key once', async () => {
    const importKey = vi.spyOn(crypto.subtle, 'importKey');
    const sign = createSigner(crypto.subtle);
    await sign('YQ', 1, payload);
    await sign('YQ', 2, payload);
    await sign('Yg', 3, payload);

    expect(importKey).toHaveBeenCalledTimes(2);
    importKey.mockRestore();
  });

  test('says so where nothing can sign', async () => {
    expect(await createSigner(undefined)('YQ', 1, payload)).toBe('-');
    expect(await createSigner(crypto.subtle)('not base64url!', 1, payload)).toBe('-');
  });
});
