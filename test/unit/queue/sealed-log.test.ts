import { afterEach, describe, expect, it, vi } from 'vitest';
import { RivuletError } from '../../../src/errors.ts';
import { createMemoryLog } from '../../../src/queue/memory-log.ts';
import { createSealedLog } from '../../../src/queue/sealed-log.ts';
import type { Cipher, LogBounds, SegmentLog } from '../../../src/queue/types.ts';
import {
  EVERYTHING,
  eventsOf,
  linesOf,
  segmentOf,
  testSegmentLog,
} from '../../conformance/segment-log.ts';

const UNBOUNDED: LogBounds = { ...EVERYTHING, policy: 'drop-oldest' };

const OLD = Date.UTC(2026);

/** Turns every bit over that the key has set, and knows its own by the first byte. */
function createToyCipher(key = 85): Cipher {
  const turn = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => bytes.map((byte) => byte ^ key);
  return {
    seal: async (plain) => Uint8Array.of(key, ...turn(plain)),
    open: async (sealed) => {
      if (sealed[0] !== key) throw new Error('another key');
      return turn(sealed.subarray(1));
    },
    keep: async () => {},
  };
}

function createDoor(): { open: () => void; opened: Promise<void> } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

const onError = vi.fn<(error: RivuletError) => void>();
const onChange = vi.fn();
afterEach(() => {
  onError.mockClear();
  onChange.mockClear();
});

function seal(disk: SegmentLog, cipher: Cipher | Promise<Cipher> = createToyCipher()): SegmentLog {
  return createSealedLog(disk, Promise.resolve(cipher), {
    memory: createMemoryLog,
    onError,
    onChange,
  });
}

testSegmentLog('sealed', () => seal(createMemoryLog()), true);
testSegmentLog('without a cipher', () =>
  seal(createMemoryLog(), Promise.reject(new Error('no WebCrypto'))),
);

describe('what a sealed log leaves on disk', () => {
  it('is lane, numbers, times and one ciphertext', async () => {
    const disk = createMemoryLog();
    await seal(disk).append([{ ...segmentOf('lane-aaaa', 1, 2, 70), priority: 'high' }]);

    const [record] = await disk.read(EVERYTHING);

    expect(record).toEqual({
      id: expect.anything(),
      lane: 'lane-aaaa',
      first: 1,
      count: 2,
      createdAt: 70,
      priority: 'high',
      context: '',
      body: expect.any(Uint8Array),
      sealedBefore: 0,
    });
    expect(new TextDecoder('latin1').decode(record?.body)).not.toContain('lane');
  });

  it('is in the order of the appends, whichever is sealed first', async () => {
    const toy = createToyCipher();
    const doors = [createDoor(), createDoor()];
    let seals = 0;
    const cipher: Cipher = {
      ...toy,
      seal: async (plain) => {
        await doors[seals++]?.opened;
        return toy.seal(plain);
      },
    };
    const log = seal(createMemoryLog(), cipher);

    const appends = [1, 2].map((first) => log.append([segmentOf('lane-aaaa', first, 1)]));
    doors[1]?.open();
    await new Promise((resolve) => setImmediate(resolve));
    doors[0]?.open();
    await Promise.all(appends);

    expect(await eventsOf(log)).toEqual(['lane-aaaa.1', 'lane-aaaa.2']);
  });

  it('is settled, even where it was still being sealed', async () => {
    const log = seal(createMemoryLog());

    void log.append([segmentOf('lane-aaaa', 1, 2)]);
    await log.settle([{ lane: 'lane-aaaa', first: 1, count: 2 }]);

    expect(await eventsOf(log)).toEqual([]);
  });

  it('is cut by number, and read from there', async () => {
    const disk = createMemoryLog();
    const log = seal(disk);
    await log.append([segmentOf('lane-aaaa', 1, 5)]);
    const before = await disk.read(EVERYTHING);

    await log.settle([{ lane: 'lane-aaaa', first: 1, count: 1 }]);
    await log.settle([{ lane: 'lane-aaaa', first: 3, count: 1 }]);

    expect(await eventsOf(log)).toEqual(['lane-aaaa.2', 'lane-aaaa.4', 'lane-aaaa.5']);
    for (const { body } of await disk.read(EVERYTHING)) expect(body).toEqual(before[0]?.body);
  });

  it('may have been written in plain, before there was a cipher', async () => {
    const disk = createMemoryLog();
    await disk.append([segmentOf('lane-aaaa', 1, 1)]);
    const log = seal(disk);
    await log.append([segmentOf('lane-bbbb', 1, 1)]);

    expect(await eventsOf(log)).toEqual(['lane-aaaa.1', 'lane-bbbb.1']);
    expect(onError).not.toHaveBeenCalled();
  });

  it('is opened in the rejected store too', async () => {
    const log = seal(createMemoryLog());
    await log.append([segmentOf('lane-aaaa', 1, 3)]);
    const run = { lane: 'lane-aaaa', first: 2, count: 1 };

    await log.settle([run], [{ ...run, code: 'not_an_event', reason: 'why', at: 9 }]);

    const [rejected] = await log.rejected();
    expect(rejected).toMatchObject({ ...run, code: 'not_an_event', at: 9 });
    expect(rejected?.context).toBe('{"lane":"lane-aaaa"}');
    expect(linesOf(rejected as never)).toEqual(['{"e":"lane-aaaa.2 é"}']);
  });
});

describe('a segment that does not open', () => {
  const lostRun = { lane: 'lane-lost', first: 1, count: 2 };
  /** A log with a segment under another key, before one or between two that open. */
  async function withLost(): Promise<{ disk: SegmentLog; log: SegmentLog }> {
    const disk = createMemoryLog();
    await seal(disk, createToyCipher(7)).append([segmentOf('lane-lost', 1, 2, OLD)]);
    const log = seal(disk);
    await log.append([segmentOf('lane-aaaa', 1, 2, OLD + 1)]);
    return { disk, log };
  }

  it('is passed over, and told once', async () => {
    const { log } = await withLost();

    const events = [await eventsOf(log), await eventsOf(log)].flat();

    expect(new Set(events)).toEqual(new Set(['lane-aaaa.1', 'lane-aaaa.2']));
    expect(onError.mock.calls.map(([{ code }]) => code)).toEqual(['storage_corrupt']);
  });

  it('does not hide what stands behind it, however little is read at a time', async () => {
    const { log } = await withLost();

    const head = await log.read({ maxEvents: 1, maxBytes: 1 });

    expect(head.map(({ lane }) => lane)).toEqual(['lane-aaaa']);
  });

  it('does not widen what is asked for, however large it is what stands behind it', async () => {
    const { log } = await withLost();
    await log.settle([{ lane: 'lane-aaaa', first: 1, count: 2 }]);
    await log.append([segmentOf('lane-bbbb', 1, 300), segmentOf('lane-cccc', 1, 1)]);

    const head = await log.read({ maxEvents: 1, maxBytes: 1 });

    expect(head.map(({ lane }) => lane)).toEqual(['lane-bbbb']);
  });

  it('ends the search where the log ends', async () => {
    const disk = createMemoryLog();
    const other = seal(disk, createToyCipher(7));
    for (let first = 1; first <= 9; first++) await other.append([segmentOf('lane-lost', first, 1)]);

    expect(await seal(disk).read({ maxEvents: 1, maxBytes: 1 })).toEqual([]);
  });

  it('becomes a surplus, and is gone when that is settled', async () => {
    const { disk, log } = await withLost();
    await log.read(EVERYTHING);

    const surplus = await log.surplus(UNBOUNDED);
    await log.settle(surplus);

    expect(surplus).toEqual([{ ...lostRun, reason: 'storage_lost' }]);
    expect(await log.surplus(UNBOUNDED)).toEqual([]);
    expect(await disk.read(EVERYTHING)).toHaveLength(1);
  });

  it('is not declared again when another tab has done so', async () => {
    const { disk, log } = await withLost();
    await log.read(EVERYTHING);

    await disk.settle([lostRun]);

    expect(await log.surplus(UNBOUNDED)).toEqual([]);
  });

  it('is declared once where it is too old as well', async () => {
    const { log } = await withLost();
    await log.read(EVERYTHING);

    const surplus = await log.surplus({ ...UNBOUNDED, createdSince: OLD + 1 });

    expect(surplus.filter(({ lane }) => lane === 'lane-lost')).toEqual([
      { ...lostRun, reason: 'too_old' },
    ]);
  });
});

describe('a key that comes late', () => {
  /** A log with one segment, whose key the test can take away. */
  async function withKey() {
    let failure: Error | undefined;
    const toy = createToyCipher();
    const open: Cipher['open'] = async (sealed) => {
      if (failure) throw failure;
      return toy.open(sealed);
    };
    const log = seal(createMemoryLog(), { ...toy, open });
    await log.append([segmentOf('lane-aaaa', 1, 1)]);
    const fail = (error?: Error): void => {
      failure = error;
    };
    return { log, fail };
  }

  it('costs nothing: the segment is read, and nothing is declared', async () => {
    const { log, fail } = await withKey();
    fail(new Error('no key'));
    await log.read(EVERYTHING);
    fail();

    expect(await log.surplus(UNBOUNDED)).toEqual([]);
    expect(await eventsOf(log)).toEqual(['lane-aaaa.1']);
  });

  it('is waited for where the database cannot be asked for it', async () => {
    const { log, fail } = await withKey();
    fail(new RivuletError('storage_failed', 'database: expected it to work'));

    await expect(log.read(EVERYTHING)).rejects.toMatchObject({ code: 'storage_failed' });
    fail();

    expect(await log.surplus(UNBOUNDED)).toEqual([]);
    expect(onError).not.toHaveBeenCalled();
  });
});

describe('a log that cannot seal', () => {
  it('writes nothing, keeps everything in memory, and says so', async () => {
    const disk = createMemoryLog();
    const append = vi.spyOn(disk, 'append');
    const log = seal(disk, Promise.reject(new Error('no WebCrypto')));

    await log.append([segmentOf('lane-aaaa', 1, 1)]);
    await log.append([segmentOf('lane-aaaa', 2, 1)]);

    expect(await eventsOf(log)).toEqual(['lane-aaaa.1', 'lane-aaaa.2']);
    expect(append).not.toHaveBeenCalled();
    expect(onError.mock.calls.map(([{ code }]) => code)).toEqual(['storage_unavailable']);
    expect(onChange).toHaveBeenCalledWith({ kind: 'memory', inMemory: 0 });
  });

  it('is one too when sealing fails later: nothing is written in plain, and nothing is lost', async () => {
    const disk = createMemoryLog();
    let works = true;
    const log = seal(disk, {
      ...createToyCipher(),
      seal: async (plain) => {
        if (!works) throw new Error('out of memory');
        return createToyCipher().seal(plain);
      },
    });
    await log.append([segmentOf('lane-aaaa', 1, 1)]);
    works = false;

    await log.append([segmentOf('lane-aaaa', 2, 1)]);

    expect(await eventsOf(log)).toEqual(['lane-aaaa.2']);
    expect(await disk.read(EVERYTHING)).toHaveLength(1);
  });

  it('still clears what others have left on disk', async () => {
    const disk = createMemoryLog();
    await seal(disk).append([segmentOf('lane-aaaa', 1, 2)]);
    const log = seal(disk, Promise.reject(new Error('no WebCrypto')));
    await log.append([segmentOf('lane-bbbb', 1, 1)]);

    expect(await log.clear()).toBe(3);
    expect(await disk.read(EVERYTHING)).toEqual([]);
    expect(await eventsOf(log)).toEqual([]);
  });
});
