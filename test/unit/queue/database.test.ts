import 'fake-indexeddb/auto';
import { forceCloseDatabase } from 'fake-indexeddb';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { SegmentLog } from '../../../src/queue/types.ts';
import { EVERYTHING, eventsOf, segmentOf } from '../../conformance/segment-log.ts';
import { createMemoryStorage } from '../../helpers/test-client.ts';
import { openTestLog, openVersion1, type TestLog } from '../../helpers/test-log.ts';

let databases = 0;
const nextName = (): string => `log-${++databases}`;

describe('the log in IndexedDB', () => {
  const logs: SegmentLog[] = [];
  const openTold = (databaseName: string, factory = indexedDB): TestLog => {
    const opened = openTestLog({ indexedDB: factory, databaseName });
    logs.push(opened.log);
    return opened;
  };
  const open = (databaseName: string, factory = indexedDB): SegmentLog =>
    openTold(databaseName, factory).log;
  afterEach(() => {
    vi.restoreAllMocks();
    for (const log of logs.splice(0)) log.close();
  });

  /** The platform, with the handles it gave out. */
  const watched = (): { factory: IDBFactory; handles: IDBDatabase[] } => {
    const handles: IDBDatabase[] = [];
    const factory = {
      open: (name: string, version?: number) => {
        const request = indexedDB.open(name, version);
        request.addEventListener('success', () => handles.push(request.result));
        return request;
      },
    } as IDBFactory;
    return { factory, handles };
  };

  it('keeps everything when it is closed and opened again', async () => {
    const name = nextName();
    const before = open(name);
    await before.append([segmentOf('lane-aaaa', 1, 4)]);
    await before.settle([{ lane: 'lane-aaaa', first: 2, count: 1 }]);
    await before.exchange('session', () => 'kept');
    const stats = await before.stats();
    before.close();

    const after = open(name);

    expect(await eventsOf(after)).toEqual(['lane-aaaa.1', 'lane-aaaa.3', 'lane-aaaa.4']);
    expect(await after.exchange('session', (kept) => kept)).toBe('kept');
    expect(await after.stats()).toEqual(stats);
  });

  it('writes what was appended before a close that came before the opening', async () => {
    const name = nextName();
    const hasty = open(name);

    const appended = hasty.append([segmentOf('lane-aaaa', 1, 1)]);
    hasty.close();
    await appended;

    expect(await eventsOf(open(name))).toEqual(['lane-aaaa.1']);
  });

  it('commits in the very turn of the call once it is open', async () => {
    const log = open(nextName());
    await log.stats();
    const commit = vi.spyOn(IDBTransaction.prototype, 'commit');

    const appended = log.append([segmentOf('lane-aaaa', 1, 1), segmentOf('lane-aaaa', 2, 1)]);

    expect(commit).toHaveBeenCalledTimes(1);
    await appended;
  });

  it('commits what waited for the opening in the turn of the opening, in order', async () => {
    const name = nextName();
    const commit = vi.spyOn(IDBTransaction.prototype, 'commit');
    const factory = {
      open: (databaseName: string, version?: number) => {
        const request = indexedDB.open(databaseName, version);
        request.addEventListener('success', () => {
          // A microtask of the same turn; a turn later, the page may be gone.
          queueMicrotask(() =>
            queueMicrotask(() =>
              queueMicrotask(() =>
                queueMicrotask(() => {
                  commitsInTheTurn = commit.mock.calls.length;
                }),
              ),
            ),
          );
        });
        return request;
      },
    } as IDBFactory;
    let commitsInTheTurn = 0;
    const log = open(name, factory);

    await Promise.all([1, 2, 3].map((first) => log.append([segmentOf('lane-aaaa', first, 1)])));

    expect(commitsInTheTurn).toBe(1);
    expect(await eventsOf(log)).toEqual(['lane-aaaa.1', 'lane-aaaa.2', 'lane-aaaa.3']);
  });

  it('asks the database as often for a batch of many segments as for one of few', async () => {
    const name = nextName();
    const log = open(name);
    const asked = (): number => spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
    const spies = [
      vi.spyOn(IDBObjectStore.prototype, 'delete'),
      vi.spyOn(IDBIndex.prototype, 'openKeyCursor'),
      vi.spyOn(IDBIndex.prototype, 'getAll'),
    ];
    const settleAfter = async (lane: string, segments: number): Promise<number> => {
      const ranges = Array.from({ length: segments }, (_, index) => ({
        ...{ lane, first: 1 + index * 2, count: 2 },
      }));
      for (const { first, count } of ranges) await log.append([segmentOf(lane, first, count)]);
      const before = asked();
      await log.settle(ranges);
      return asked() - before;
    };

    const few = await settleAfter('lane-few0', 2);
    const many = await settleAfter('lane-many', 40);

    expect(many).toBe(few);
    expect(await eventsOf(log)).toEqual([]);
  });

  it('shares one log between the tabs of an origin', async () => {
    const name = nextName();
    const [left, right] = [open(name), open(name)];

    await left.append([segmentOf('lane-left', 1, 2)]);
    await right.append([segmentOf('lane-right', 1, 2)]);
    await left.stats();
    await right.settle([{ lane: 'lane-left', first: 1, count: 1 }]);
    await left.append([segmentOf('lane-left', 3, 1)]);

    const events = ['lane-left.2', 'lane-right.1', 'lane-right.2', 'lane-left.3'];
    expect(await eventsOf(left)).toEqual(events);
    expect(await eventsOf(right)).toEqual(events);
    expect(await left.stats()).toEqual(await right.stats());
    expect(await left.stats()).toMatchObject({ segments: 3, events: 4 });
  });

  it('counts right whichever tab appends, settles and counts', async () => {
    const step = fc.record({
      tab: fc.constantFrom(0, 1),
      call: fc.constantFrom('append', 'settle', 'stats'),
      first: fc.integer({ min: 1, max: 30 }),
      count: fc.integer({ min: 1, max: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 16 }), async (steps) => {
        const name = nextName();
        const tabs = [open(name), open(name)] as const;
        const next = [1, 1];

        // Nothing is awaited in between: the database alone decides who comes first.
        const calls = steps.map(({ tab, call, first, count }) => {
          const log = tabs[tab] as SegmentLog;
          const lane = `lane-tab-${tab}`;
          if (call === 'stats') return log.stats();
          if (call === 'settle') return log.settle([{ lane: `lane-tab-${1 - tab}`, first, count }]);
          const segment = segmentOf(lane, next[tab] as number, count);
          next[tab] = segment.first + count;
          return log.append([segment]);
        });
        await Promise.all(calls);

        const stored = await tabs[0].read(EVERYTHING);
        const expected = {
          segments: stored.length,
          events: (await eventsOf(tabs[1])).length,
          bytes: stored.reduce((sum, { body, context }) => sum + body.length + context.length, 0),
        };
        expect(await tabs[0].stats()).toMatchObject(expected);
        expect(await tabs[1].stats()).toMatchObject(expected);
        for (const tab of tabs) tab.close();
      }),
      { numRuns: 40, seed: 3 },
    );
  });

  it.each([255, 256, 257, 700])(
    'counts %i segments, and lets an append pass meanwhile',
    async (segments) => {
      const log = open(nextName());
      await log.append(
        Array.from({ length: segments }, (_, index) => segmentOf('lane-aaaa', index + 1, 1)),
      );

      const counting = log.stats();
      await log.append([segmentOf('lane-bbbb', 1, 1)]);
      await counting;

      expect(await log.stats()).toMatchObject({ segments: segments + 1, events: segments + 1 });
    },
  );

  it('keeps order and bytes however often a segment is cut', async () => {
    const lane = 'lane-aaaa';
    const order = fc.shuffledSubarray(Array.from({ length: 30 }, (_, index) => index + 1));
    await fc.assert(
      fc.asyncProperty(order, async (cuts) => {
        const log = open(nextName());
        await log.append([segmentOf(lane, 1, 30), segmentOf('lane-next', 1, 1)]);

        for (const first of cuts) await log.settle([{ lane, first, count: 1 }]);

        const left = Array.from({ length: 30 }, (_, index) => index + 1).filter(
          (seq) => !cuts.includes(seq),
        );
        expect(await eventsOf(log)).toEqual([
          ...left.map((seq) => `${lane}.${seq}`),
          'lane-next.1',
        ]);
        // The cut ids leave the next whole one free.
        await log.append([segmentOf('lane-last', 1, 1)]);
        expect((await eventsOf(log)).at(-1)).toBe('lane-last.1');
        log.close();
      }),
      { numRuns: 25, seed: 11 },
    );
  });

  it('takes over a full queue of version 1, in order and to the byte', async () => {
    const name = nextName();
    const old = await openVersion1(name);
    const segments = Array.from({ length: 40 }, (_, index) =>
      segmentOf(index % 2 ? 'lane-aaaa' : 'lane-bbbb', index * 3 + 1, 3, index + 1),
    );
    const transaction = old.transaction(['segments', 'values'], 'readwrite');
    for (const segment of segments) transaction.objectStore('segments').add(segment);
    transaction.objectStore('values').put('kept', 'session');
    transaction.objectStore('values').put({ upTo: 2, segments: 2, events: 6, bytes: 9 }, 0);
    await new Promise((resolve) => {
      transaction.oncomplete = resolve;
    });
    old.close();

    const log = open(name);

    expect((await log.read(EVERYTHING)).map(({ id, ...segment }) => segment)).toEqual(segments);
    expect(await log.exchange('session', (kept) => kept)).toBe('kept');
    expect(await log.stats()).toMatchObject({ segments: 40, events: 120 });
    const range = { lane: 'lane-bbbb', first: 1, count: 2 };
    await log.settle([range], [{ ...range, code: 'not_an_event', reason: '', at: 1 }]);
    expect(await log.rejected()).toHaveLength(1);
    await log.append([{ ...segmentOf('lane-last', 1, 1), priority: 'low' }]);
    const bounds = { maxEvents: 118, maxBytes: 1e9, policy: 'drop-oldest' } as const;
    expect((await log.surplus(bounds)).some(({ lane }) => lane === 'lane-last')).toBe(true);
    expect((await eventsOf(log)).at(-1)).toBe('lane-last.1');
  });

  it('waits for an old tab that gives way, and opens then', async () => {
    const name = nextName();
    const old = await openVersion1(name);
    const log = open(name);

    const appended = log.append([segmentOf('lane-aaaa', 1, 1)]);
    old.onversionchange = () => setTimeout(() => old.close(), 5);
    await appended;

    expect(log.kind).toBe('indexeddb');
    expect(await eventsOf(open(name))).toEqual(['lane-aaaa.1']);
  });

  it('goes on with a fresh database when its own is deleted', async () => {
    const name = nextName();
    const log = open(name);
    await log.append([segmentOf('lane-aaaa', 1, 1)]);

    await new Promise((resolve) => {
      indexedDB.deleteDatabase(name).onsuccess = resolve;
    });
    await log.append([segmentOf('lane-aaaa', 2, 1)]);

    expect(await eventsOf(log)).toEqual(['lane-aaaa.2']);
    expect(await log.stats()).toMatchObject({ segments: 1, events: 1, inMemory: 0 });
  });

  it('opens a new handle when the browser closed the old one', async () => {
    const { factory, handles } = watched();
    const log = open(nextName(), factory);
    await log.append([segmentOf('lane-aaaa', 1, 1)]);

    forceCloseDatabase(handles[0] as never);
    const appended = log.append([segmentOf('lane-aaaa', 2, 1)]);

    await appended;
    expect(await eventsOf(log)).toEqual(['lane-aaaa.1', 'lane-aaaa.2']);
    expect(handles).toHaveLength(2);
  });

  it('opens a new handle when the old one turns out to be dead', async () => {
    const { factory, handles } = watched();
    const log = open(nextName(), factory);
    await log.append([segmentOf('lane-aaaa', 1, 1)]);

    handles[0]?.close();
    const reading = eventsOf(log);
    const appended = log.append([segmentOf('lane-aaaa', 2, 1)]);

    await appended;
    expect(await reading).toEqual(expect.arrayContaining(['lane-aaaa.1']));
    expect(await eventsOf(log)).toEqual(['lane-aaaa.1', 'lane-aaaa.2']);
  });

  it('writes again, in order, what a dying handle took with it', async () => {
    const log = open(nextName());
    await log.stats();
    const begin = vi.spyOn(IDBDatabase.prototype, 'transaction');
    const commit = vi.spyOn(IDBTransaction.prototype, 'commit').mockImplementation(() => {});

    const lost = [1, 2, 3].map((first) => log.append([segmentOf('lane-aaaa', first, 1)]));
    const dying = begin.mock.results.map(({ value }) => value as IDBTransaction);
    commit.mockRestore();
    for (const transaction of dying) transaction.abort();
    await Promise.all(lost);

    expect(dying).toHaveLength(1);
    expect(await eventsOf(log)).toEqual(['lane-aaaa.1', 'lane-aaaa.2', 'lane-aaaa.3']);
  });

  describe('on a page that ends', () => {
    const openWith = (storage: Storage, databaseName: string, factory = indexedDB): SegmentLog => {
      const { log } = openTestLog({ indexedDB: factory, databaseName, storage });
      logs.push(log);
      return log;
    };
    const neverOpening = { open: () => ({}) } as unknown as IDBFactory;

    it('leaves to the next page what waits for the opening', async () => {
      const [storage, name] = [createMemoryStorage(), nextName()];
      const before = openWith(storage, name, neverOpening);

      before.append([segmentOf('lane-aaaa', 1, 1)]);
      before.append([segmentOf('lane-aaaa', 2, 1)]);

      expect(await eventsOf(openWith(storage, name))).toEqual(['lane-aaaa.1', 'lane-aaaa.2']);
    });

    it('has an event once that was left and whose transaction outlived the page', async () => {
      const [storage, name] = [createMemoryStorage(), nextName()];
      const before = openWith(storage, name);
      await before.append([segmentOf('lane-aaaa', 1, 1)]);
      const counted = before.stats();
      const appended = before.append([segmentOf('lane-aaaa', 2, 1)]);
      const left = storage.key(0) ?? '';
      const text = storage.getItem(left) ?? '';
      await Promise.all([counted, appended]);
      // A page that ended would not have taken it back.
      storage.setItem(left, text);

      const after = openWith(storage, name);

      expect(await eventsOf(after)).toEqual(['lane-aaaa.1', 'lane-aaaa.2']);
      expect(await after.stats()).toMatchObject({ segments: 2, events: 2 });
      expect(storage.length).toBe(0);
    });

    it('has an event once that was left, outlived the page and has been delivered since', async () => {
      const [storage, name] = [createMemoryStorage(), nextName()];
      const before = openWith(storage, name);
      const appended = before.append([segmentOf('lane-aaaa', 1, 1), segmentOf('lane-aaaa', 2, 1)]);
      const left = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '');
      const texts = left.map((key) => storage.getItem(key) ?? '');
      await appended;
      for (const [index, key] of left.entries()) storage.setItem(key, texts[index] ?? '');
      const between = before;

      await between.settle(await between.read(EVERYTHING));
      const after = openWith(storage, name);

      expect(left).toHaveLength(2);
      expect(await eventsOf(after)).toEqual([]);
    });

    it('takes back what it left when the page lives on', async () => {
      const [storage, name] = [createMemoryStorage(), nextName()];
      const log = openWith(storage, name);
      const appended = log.append([segmentOf('lane-aaaa', 1, 1)]);
      expect(storage.length).toBe(1);

      await appended;

      expect(storage.length).toBe(0);
      expect(await eventsOf(log)).toEqual(['lane-aaaa.1']);
    });

    it('leaves to the next page what is committed on a handle that has ended nothing yet', async () => {
      const storage = createMemoryStorage();
      const { factory, handles } = watched();
      const log = openWith(storage, nextName(), factory);
      await vi.waitFor(() => expect(handles).toHaveLength(1));

      const appended = log.append([segmentOf('lane-aaaa', 1, 1)]);

      expect(storage.length).toBe(1);
      await appended;
    });

    it('leaves nothing beside an idle database, which ends what is committed', async () => {
      const [storage, name] = [createMemoryStorage(), nextName()];
      const log = openWith(storage, name);
      await log.stats();

      const appended = log.append([segmentOf('lane-aaaa', 1, 1)]);

      expect(storage.length).toBe(0);
      await appended;
    });
  });
});
