import 'fake-indexeddb/auto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { aesGcm } from '../../../src/encryption/aes-gcm.ts';
import type { RivuletError } from '../../../src/errors.ts';
import { createMemoryLog } from '../../../src/queue/memory-log.ts';
import type { SegmentLog } from '../../../src/queue/types.ts';
import { EVERYTHING, eventsOf, segmentOf, testSegmentLog } from '../../conformance/segment-log.ts';

const onError = vi.fn<(error: RivuletError) => void>();
afterEach(() => {
  onError.mockClear();
});

/** A page load's log over what all of them share. */
function open(disk: SegmentLog, subtle: SubtleCrypto | undefined = crypto.subtle): SegmentLog {
  return aesGcm()(disk, { subtle, memory: createMemoryLog, onError, onChange: () => {} });
}

async function keyOf(disk: SegmentLog): Promise<CryptoKey> {
  const id = await disk.exchange('cipher key', (kept) => kept);
  return (await disk.exchange(`cipher key ${id}`, (kept) => kept)) as CryptoKey;
}

testSegmentLog('AES-GCM', () => open(createMemoryLog()), true);

describe('aesGcm', () => {
  it('opens in every page of the log what any of them has sealed', async () => {
    const disk = createMemoryLog();
    const pages = [open(disk), open(disk)] as const;
    await Promise.all(
      pages.map((page, index) => page.append([segmentOf(`lane-page-${index}`, 1, 1)])),
    );

    const expected = ['lane-page-0.1', 'lane-page-1.1'];
    for (const page of [...pages, open(disk)]) {
      expect((await eventsOf(page)).toSorted()).toEqual(expected);
    }
  });

  it('keeps a key that no script can read', async () => {
    const disk = createMemoryLog();
    await open(disk).append([segmentOf('lane-aaaa', 1, 1)]);

    const key = await keyOf(disk);

    expect(key).toMatchObject({ extractable: false, algorithm: { name: 'AES-GCM', length: 256 } });
    await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow();
  });

  it('draws a new IV for every segment, and stores it before the ciphertext', async () => {
    const disk = createMemoryLog();
    const log = open(disk);
    const same = segmentOf('lane-aaaa', 1, 1);
    for (let n = 0; n < 50; n++) await log.append([same, same]);

    const bodies = (await disk.read(EVERYTHING)).map(({ body }) => body);

    expect(new Set(bodies.map((body) => body.slice(11, 23).toString())).size).toBe(100);
    // The key's name, 96 bits of IV, the context, a newline and the line, 128 bits of tag.
    expect(bodies[0]?.length).toBe(11 + 12 + same.context.length + 1 + same.body.length + 16);
    const key = await keyOf(disk);
    const [sealed] = bodies as [Uint8Array<ArrayBuffer>];
    const plain = await crypto.subtle.decrypt(
      { name: 'AES-GCM', iv: sealed.slice(11, 23) },
      key,
      sealed.slice(23),
    );
    expect(new TextDecoder().decode(plain)).toBe(
      `${same.context}\n${new TextDecoder().decode(same.body)}`,
    );
  });

  it('does not give out a segment of which one bit was changed', async () => {
    const disk = createMemoryLog();
    const log = open(disk);
    await log.append([segmentOf('lane-aaaa', 1, 1), segmentOf('lane-bbbb', 1, 1)]);
    const [first] = await disk.read(EVERYTHING);
    if (first) first.body[30] = (first.body[30] ?? 0) ^ 1;

    expect(await eventsOf(log)).toEqual(['lane-bbbb.1']);
    expect(onError.mock.calls.map(([{ code }]) => code)).toEqual(['storage_corrupt']);
  });

  it('stores its key again where somebody has cleared the log', async () => {
    const disk = createMemoryLog();
    const log = open(disk);
    await log.append([segmentOf('lane-aaaa', 1, 1)]);
    await disk.clear();

    await log.append([segmentOf('lane-aaaa', 2, 1)]);
    await log.stats();

    expect(await eventsOf(open(disk))).toEqual(['lane-aaaa.2']);
  });

  it('opens what another page has sealed after a clearing, and that page what it has', async () => {
    const disk = createMemoryLog();
    const log = open(disk);
    await log.stats();
    await disk.clear();
    const other = open(disk);
    await other.append([segmentOf('lane-bbbb', 1, 1)]);
    await log.append([segmentOf('lane-aaaa', 1, 1)]);

    const expected = ['lane-bbbb.1', 'lane-aaaa.1'];
    for (const page of [log, other, open(disk)]) expect(await eventsOf(page)).toEqual(expected);
  });

  it('makes a new key where the old one is a foreign value', async () => {
    const disk = createMemoryLog();
    await disk.exchange('cipher key', () => 'foreign');
    await disk.exchange('cipher key foreign', () => 'not a key');
    await open(disk).append([segmentOf('lane-aaaa', 1, 1)]);

    expect(await eventsOf(open(disk))).toEqual(['lane-aaaa.1']);
    expect(onError).not.toHaveBeenCalled();
  });

  it('keeps everything in memory and writes nothing where there is no WebCrypto', async () => {
    const disk = createMemoryLog();
    const log = aesGcm()(disk, {
      subtle: undefined,
      memory: createMemoryLog,
      onError,
      onChange: () => {},
    });

    await log.append([segmentOf('lane-aaaa', 1, 1)]);

    expect(await eventsOf(log)).toEqual(['lane-aaaa.1']);
    expect(await disk.read(EVERYTHING)).toEqual([]);
    expect(onError.mock.calls.map(([{ code }]) => code)).toEqual(['storage_unavailable']);
  });
});
