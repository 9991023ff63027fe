import 'fake-indexeddb/auto';
import { describe, expect, it, vi } from 'vitest';
import { inspectLog } from '../../../src/queue/inspect-log.ts';
import type { Segment } from '../../../src/queue/types.ts';
import { segmentOf } from '../../conformance/segment-log.ts';
import { openTestLog, putRaw } from '../../helpers/test-log.ts';

let databases = 0;
const nameOne = (): string => `inspected-${++databases}`;

async function logOf(databaseName: string, segments: readonly Segment[]) {
  const { log } = openTestLog({ databaseName });
  await log.append(segments);
  return log;
}

describe('looking at the log', () => {
  it('tells of each segment what it is, in the order of sending', async () => {
    const name = nameOne();
    const urgent = { ...segmentOf('lane-aaaa', 4, 2), priority: 'high' } as const;
    const plain = segmentOf('lane-aaaa', 1, 3);
    const log = await logOf(name, [plain, urgent, segmentOf('lane-bbbb', 1, 1)]);

    const head = await inspectLog(indexedDB, name);

    expect(head?.isAll).toBe(true);
    expect(head?.segments).toMatchObject([
      {
        ...{ lane: 'lane-aaaa', first: 1, count: 3, createdAt: plain.createdAt },
        ...{ priority: 'normal', isSealed: false },
        ...{ bytes: plain.body.length, contextCharacters: plain.context.length },
      },
      { lane: 'lane-aaaa', first: 4, count: 2, priority: 'high' },
      { lane: 'lane-bbbb', first: 1, count: 1 },
    ]);
    expect(head?.segments.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(head?.segments[0]).not.toHaveProperty('body');
    log.close();
  });

  it('shows what is left of a segment, in its place', async () => {
    const name = nameOne();
    const log = await logOf(name, [segmentOf('lane-aaaa', 1, 5), segmentOf('lane-aaaa', 6, 1)]);
    await log.settle([{ lane: 'lane-aaaa', first: 2, count: 2 }]);

    const head = await inspectLog(indexedDB, name);

    expect(head?.segments.map(({ first, count }) => [first, count])).toEqual([
      [1, 1],
      [4, 2],
      [6, 1],
    ]);
    log.close();
  });

  it('reads ciphertext no further than its place', async () => {
    const name = nameOne();
    const log = await logOf(name, [
      { ...segmentOf('lane-aaaa', 3, 2), context: '', sealedBefore: 2 },
    ]);

    const head = await inspectLog(indexedDB, name);

    expect(head?.segments).toMatchObject([{ first: 3, count: 2, isSealed: true }]);
    log.close();
  });

  it.each([
    [99, true],
    [100, true],
    [101, false],
  ])('of %d segments says whether they are all: %s', async (count, isAll) => {
    const name = nameOne();
    const log = await logOf(
      name,
      Array.from({ length: count }, (_, index) => segmentOf('lane-aaaa', index + 1, 1)),
    );

    const head = await inspectLog(indexedDB, name);

    expect(head?.segments).toHaveLength(Math.min(count, 100));
    expect(head?.isAll).toBe(isAll);
    log.close();
  });

  it('ends after a page of large ones, because appends wait behind it', async () => {
    const name = nameOne();
    const large = (first: number): Segment => ({
      ...segmentOf('lane-aaaa', first, 1),
      body: new Uint8Array(20_000),
    });
    const log = await logOf(
      name,
      Array.from({ length: 40 }, (_, index) => large(index + 1)),
    );

    const head = await inspectLog(indexedDB, name);

    expect(head?.segments).toHaveLength(16);
    expect(head?.isAll).toBe(false);
    log.close();
  });

  it('passes over what others have written there', async () => {
    const name = nameOne();
    const log = await logOf(name, [segmentOf('lane-aaaa', 1, 1)]);
    await putRaw(name, [{ id: 40, lane: 'lane-aaaa' }]);

    const head = await inspectLog(indexedDB, name);

    expect(head?.segments).toHaveLength(1);
    log.close();
  });

  it('creates no database where there is none', async () => {
    const factory = new IDBFactory();

    expect(await inspectLog(factory, 'nothing')).toBeUndefined();

    expect(await factory.databases()).toEqual([]);
    const log = openTestLog({ indexedDB: factory, databaseName: 'nothing' }).log;
    await log.append([segmentOf('lane-aaaa', 1, 1)]);
    expect((await inspectLog(factory, 'nothing'))?.segments).toHaveLength(1);
    log.close();
  });

  it('lets a client that begins at the same moment have its database', async () => {
    const factory = new IDBFactory();
    const looking = inspectLog(factory, 'race');
    const { log, errors } = openTestLog({ indexedDB: factory, databaseName: 'race' });
    await log.append([segmentOf('lane-aaaa', 1, 1)]);

    expect(await looking).toBeUndefined();
    expect(await log.stats()).toMatchObject({ events: 1, inMemory: 0 });
    expect(errors).toEqual([]);
    log.close();
  });

  it('is nothing where the database is not a log', async () => {
    const factory = new IDBFactory();
    await new Promise<void>((resolve) => {
      const request = factory.open('other', 1);
      request.onupgradeneeded = () => request.result.createObjectStore('things');
      request.onsuccess = () => {
        request.result.close();
        resolve();
      };
    });

    expect(await inspectLog(factory, 'other')).toBeUndefined();
  });

  it('holds nothing open: the database can be deleted after it', async () => {
    const name = nameOne();
    (await logOf(name, [segmentOf('lane-aaaa', 1, 1)])).close();
    await inspectLog(indexedDB, name);

    const deleted = new Promise((resolve, reject) => {
      const request = indexedDB.deleteDatabase(name);
      request.onsuccess = () => resolve('deleted');
      request.onblocked = () => reject(new Error('blocked'));
    });

    expect(await deleted).toBe('deleted');
  });

  it('rejects where the database cannot be read, with its reason', async () => {
    const name = nameOne();
    const log = await logOf(name, [segmentOf('lane-aaaa', 1, 1)]);
    const spy = vi.spyOn(IDBObjectStore.prototype, 'getAll').mockImplementation(() => {
      throw new DOMException('disk', 'UnknownError');
    });

    await expect(inspectLog(indexedDB, name)).rejects.toThrow('disk');
    spy.mockRestore();
    log.close();
  });
});
