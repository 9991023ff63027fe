import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { isGzip } from '../../../src/protocol/batch.ts';
import { compress } from '../../../src/transport/compress.ts';

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

afterEach(() => vi.unstubAllGlobals());

describe('compression', () => {
  test.each([
    [99, false],
    [100, false],
    [101, true],
  ])('of %i bytes above 100: %s', async (length, isCompressed) => {
    const bytes = bytesOf('a'.repeat(length));

    const compressed = await compress(bytes, 100);

    expect(isGzip(compressed)).toBe(isCompressed);
    expect(isCompressed ? new Uint8Array(gunzipSync(compressed)) : compressed).toEqual(bytes);
  });

  test('leaves bytes that would not shrink', async () => {
    const bytes = crypto.getRandomValues(new Uint8Array(500));

    expect(await compress(bytes, 0)).toBe(bytes);
  });

  test('leaves everything where the platform cannot', async () => {
    vi.stubGlobal('CompressionStream', undefined);
    const bytes = bytesOf('a'.repeat(5000));

    expect(await compress(bytes, 0)).toBe(bytes);
  });
});
