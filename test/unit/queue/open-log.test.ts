import 'fake-indexeddb/auto';
import { forceCloseDatabase } from 'fake-indexeddb';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Segment, SegmentLog } from '../../../src/queue/types.ts';
import { EVERYTHING, eventsOf, segmentOf, testSegmentLog } from '../../conformance/segment-log.ts';
import { createMemoryStorage } from '../../helpers/test-client.ts';
import { openTestLog, type TestLog } from '../../helpers/test-log.ts';

const refusing = {
  open: () => {
    throw new DOMException('storage is blocked', 'SecurityError');
  },
} as unknown as IDBFactory;

testSegmentLog('IndexedDB', () => openTestLog().log);
testSegmentLog('no IndexedDB', () => openTestLog({ indexedDB: undefined }).log);
testSegmentLog('IndexedDB that is refused', () => openTestLog({ indexedDB: refusing }).log);

const LANE = 'lane-aaaa';
const SECOND = 1000;

describe('openLog', () => {
  const logs: SegmentLog[] = [];
  let databases = 0;
  const nextName = (): string => `open-${++databases}`;
  const open = (options: Parameters<typeof openTestLog>[0]): TestLog => {
    const opened = openTestLog(options);
    logs.push(opened.log);
    return opened;
  };
  afterEach(() => {
    vi.restoreAllMocks();
    for (const log of logs.splice(0)) log.close();
  });

  const one = (first: number): Segment => segmentOf(LANE, first, 1);
  const appendEach = (log: SegmentLog, firsts: readonly number[]): Promise<unknown> =>
    Promise.all(firsts.map((first) => log.append([one(first)])));
  const names = (firsts: readonly number[]): string[] => firsts.map((first) => `${LANE}.${first}`);

  /** The platform, until a test says otherwise. */
  interface Gate {
    readonly factory: IDBFactory;
    state: 'open' | 'refusing' | 'silent';
    opens: number;
    readonly handles: IDBDatabase[];
    /** Lets those that were asked in silence be answered. */
    readonly answer: () => void;
  }
  const createGate = (state: Gate['state'] = 'open'): Gate => {
    const silent: (() => void)[] = [];
    const gate: Gate = {
      state,
      opens: 0,
      handles: [],
      answer: () => {
        for (const ask of silent.splice(0)) ask();
      },
      factory: {
        open(name: string, version?: number) {
          gate.opens++;
          if (gate.state === 'refusing') throw new DOMException('refused', 'UnknownError');
          const ask = (): IDBOpenDBRequest => {
            const request = indexedDB.open(name, version);
            request.addEventListener('success', () => gate.handles.push(request.result));
            return request;
          };
          if (gate.state === 'open') return ask();
          const held = {} as IDBOpenDBRequest;
          silent.push(() => {
            const request = ask();
            request.onupgradeneeded = (event) => {
              Object.assign(held, { result: request.result, transaction: request.transaction });
              held.onupgradeneeded?.(event);
            };
            request.onsuccess = (event) => {
              Object.assign(held, { result: request.result });
              held.onsuccess?.(event);
            };
          });
          return held;
        },
      } as IDBFactory,
    };
    return gate;
  };
  const fillDisk = (): { readonly mockRestore: () => void } =>
    vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementation(() => {
      throw new DOMException('no room', 'QuotaExceededError');
    });

  it('uses the database where there is one, and has nothing to tell', async () => {
    const { log, changes, errors } = open({});

    await log.append([one(1)]);

    expect(log.kind).toBe('indexeddb');
    expect([changes, errors]).toEqual([[], []]);
  });

  describe('without a database', () => {
    it.each([
      ['there is none', undefined],
      ['the user refuses storage', refusing],
    ])('keeps all that waited, in order, when %s, and tells once', async (_, indexedDB) => {
      const { log, changes, errors } = open({ indexedDB });

      await appendEach(log, [1, 2, 3]);
      await Promise.all([log.stats(), log.exchange('session', (kept) => kept)]);

      expect(log.kind).toBe('memory');
      expect(await eventsOf(log)).toEqual(names([1, 2, 3]));
      expect(await log.stats()).toMatchObject({ events: 3, inMemory: 3 });
      expect(errors).toMatchObject([{ code: 'storage_unavailable' }]);
      expect(changes).toEqual([{ kind: 'memory', inMemory: 3 }]);
    });

    it('tries no more where there is no factory, and leaves nothing that nobody would take', async () => {
      const storage = createMemoryStorage();
      const { log, clock } = open({ indexedDB: undefined, storage });

      await log.append([one(1)]);

      expect(clock.timers()).toEqual([]);
      expect(storage.length).toBe(0);
    });

    it('tries again after growing rests, and not for any call in between', async () => {
      const gate = createGate('refusing');
      const { log, clock, errors } = open({ indexedDB: gate.factory });
      const rests: number[] = [];

      for (let attempt = 0; attempt < 14; attempt++) {
        await appendEach(log, [attempt * 2 + 1, attempt * 2 + 2]);
        await log.stats();
        expect(gate.opens).toBe(attempt + 1);
        const [restMs = 0] = clock.timers();
        rests.push(restMs);
        await clock.advance(restMs);
      }

      for (const [index, restMs] of rests.entries()) {
        const mostMs = Math.min(50 * 2 ** index, 60 * SECOND);
        expect(restMs).toBeGreaterThanOrEqual(mostMs / 2);
        expect(restMs).toBeLessThanOrEqual(mostMs);
      }
      expect(errors).toHaveLength(1);
    });

    it('moves everything to the database that opens later, and tells', async () => {
      const [gate, databaseName] = [createGate('refusing'), nextName()];
      const { log, clock, changes } = open({ indexedDB: gate.factory, databaseName });
      await appendEach(log, [1, 2, 3]);
      const range = { lane: LANE, first: 1, count: 1 };
      await log.settle([range], [{ ...range, code: 'not_an_event', reason: 'no name', at: 5 }]);
      await log.exchange('session', () => 'kept');

      gate.state = 'open';
      await clock.advance(SECOND);
      await log.append([one(4)]);

      expect(log.kind).toBe('indexeddb');
      expect(changes).toMatchObject([
        { kind: 'memory', inMemory: 3 },
        { kind: 'indexeddb', inMemory: 2 },
        { kind: 'indexeddb', inMemory: 0 },
      ]);
      const next = open({ databaseName }).log;
      expect(await eventsOf(next)).toEqual(names([2, 3, 4]));
      expect(await next.exchange('session', (kept) => kept)).toBe('kept');
      expect(await next.rejected()).toMatchObject([{ first: 1, reason: 'no name' }]);
      expect(await log.stats()).toMatchObject({ events: 3, inMemory: 0 });
    });

    it('does not put its values over those of other tabs', async () => {
      const [gate, databaseName] = [createGate('refusing'), nextName()];
      await open({ databaseName }).log.exchange('client', () => 'theirs');
      const { log, clock } = open({ indexedDB: gate.factory, databaseName });
      await log.exchange('client', (kept) => kept ?? 'ours');

      gate.state = 'open';
      await clock.advance(SECOND);

      expect(await log.exchange('client', (kept) => kept)).toBe('theirs');
    });

    it('does not wait for ever for an opening that is never answered', async () => {
      const gate = createGate('silent');
      const { log, clock, errors } = open({ indexedDB: gate.factory });
      const appended = log.append([one(1)]);

      await clock.advance(4999);
      expect(log.kind).toBe('indexeddb');
      await clock.advance(1);
      await appended;

      expect(log.kind).toBe('memory');
      expect(await eventsOf(log)).toEqual(names([1]));
      expect(errors).toMatchObject([{ code: 'storage_unavailable' }]);
    });

    it('takes up the first late answer, and closes the others', async () => {
      const [gate, databaseName] = [createGate('silent'), nextName()];
      const { log, clock } = open({ indexedDB: gate.factory, databaseName });
      await clock.advance(7 * SECOND);
      await log.append([one(1)]);
      expect(gate.opens).toBe(2);

      gate.answer();
      await vi.waitFor(() => expect(gate.handles).toHaveLength(2));
      await log.append([one(2)]);

      expect(log.kind).toBe('indexeddb');
      expect(await eventsOf(open({ databaseName }).log)).toEqual(names([1, 2]));
      expect(() => gate.handles[1]?.transaction('values')).toThrow();
    });
  });

  describe('on a full disk', () => {
    it('keeps what the disk has no room for, behind what is there, and tells once', async () => {
      const { log, clock, errors, changes } = open({});
      await appendEach(log, [1, 2]);
      fillDisk();

      await appendEach(log, [3, 4]);
      await clock.advance(20 * SECOND);
      await appendEach(log, [5]);
      const stored = await log.read(EVERYTHING);

      expect(await eventsOf(log)).toEqual(names([1, 2, 3, 4, 5]));
      const ids = stored.map(({ id }) => id);
      expect(ids).toEqual(ids.toSorted((a, b) => a - b));
      expect(await log.stats()).toMatchObject({ segments: 5, events: 5, inMemory: 3 });
      expect(errors).toMatchObject([
        { code: 'storage_failed', cause: { name: 'QuotaExceededError' } },
      ]);
      expect(changes).toMatchObject([{ kind: 'indexeddb' }]);
      expect(log.kind).toBe('indexeddb');
    });

    it('reads of the memory no more than the limits leave room for', async () => {
      const { log } = open({});
      await log.append([segmentOf(LANE, 1, 2)]);
      fillDisk();
      await log.append([segmentOf(LANE, 3, 5)]);
      await log.append([one(8)]);

      const firsts = async (maxEvents: number): Promise<number[]> =>
        (await log.read({ maxEvents, maxBytes: 1e9 })).map(({ first }) => first);

      expect(await firsts(2)).toEqual([1]);
      // What does not fit keeps back what would.
      expect(await firsts(6)).toEqual([1]);
      expect(await firsts(7)).toEqual([1, 3]);
    });

    it('writes what it kept in one transaction, before anything younger', async () => {
      const databaseName = nextName();
      const { log, clock, changes } = open({ databaseName });
      await log.append([one(1)]);
      const disk = fillDisk();
      await appendEach(log, [2, 3]);

      disk.mockRestore();
      const add = vi.spyOn(IDBObjectStore.prototype, 'add');
      const younger = log.append([one(4)]);
      expect(add).not.toHaveBeenCalled();
      await clock.advance(SECOND);
      await younger;

      const transactions = add.mock.contexts.map((store) => (store as IDBObjectStore).transaction);
      expect(new Set(transactions).size).toBe(1);
      expect(await eventsOf(open({ databaseName }).log)).toEqual(names([1, 2, 3, 4]));
      expect(changes.at(-1)).toEqual({ kind: 'indexeddb', inMemory: 0 });
    });

    it('writes as soon as something is settled, which makes room', async () => {
      const databaseName = nextName();
      const { log } = open({ databaseName });
      await log.append([one(1)]);
      const disk = fillDisk();
      await log.append([one(2)]);
      disk.mockRestore();

      await log.settle([{ lane: LANE, first: 1, count: 1 }]);
      await vi.waitFor(async () => expect(await log.stats()).toMatchObject({ inMemory: 0 }));

      expect(await eventsOf(open({ databaseName }).log)).toEqual(names([2]));
    });

    it('begins a new spell, and tells again, when it has written in between', async () => {
      const { log, clock, errors } = open({});
      await log.append([one(1)]);

      for (const first of [2, 3]) {
        const disk = fillDisk();
        await log.append([one(first)]);
        disk.mockRestore();
        await clock.advance(SECOND);
      }

      expect(errors).toHaveLength(2);
      expect(await log.stats()).toMatchObject({ events: 3, inMemory: 0 });
    });

    it('settles, rejects, gives up and clears what it kept like the rest', async () => {
      const { log, clock } = open({});
      await log.append([segmentOf(LANE, 1, 10)]);
      const disk = fillDisk();
      await log.append([segmentOf(LANE, 11, 10)]);
      await log.append([{ ...segmentOf(LANE, 21, 10), priority: 'low' }]);
      const bounds = { maxEvents: 29, maxBytes: 1e9 };
      const at = (first: number, count: number) => ({ lane: LANE, first, count });

      expect(await log.surplus({ ...bounds, policy: 'drop-oldest' })).toMatchObject([at(21, 10)]);
      expect(await log.surplus({ ...bounds, maxEvents: 12, policy: 'drop-newest' })).toMatchObject([
        at(11, 20),
      ]);
      await log.settle([at(9, 4)], [{ ...at(10, 2), code: 'not_an_event', reason: '', at: 5 }]);

      const kept = [1, 2, 3, 4, 5, 6, 7, 8];
      const waiting = Array.from({ length: 18 }, (_, index) => index + 13);
      expect(await eventsOf(log)).toEqual(names([...kept, ...waiting]));
      expect(await log.rejected()).toMatchObject([at(10, 1), at(11, 1)]);
      disk.mockRestore();
      await clock.advance(60 * SECOND);
      expect(await eventsOf(log)).toEqual(names([...kept, ...waiting]));
      expect(await log.rejected()).toMatchObject([at(10, 1), at(11, 1)]);
      fillDisk();
      await log.append([one(31)]);
      expect(await log.clear()).toBe(27);
      expect(await log.stats()).toMatchObject({ events: 0, inMemory: 0 });
    });

    it('leaves what it kept to the next page, until that is on disk or settled', async () => {
      const [storage, databaseName] = [createMemoryStorage(), nextName()];
      const { log, clock } = open({ storage, databaseName });
      await log.stats();
      const disk = fillDisk();

      await log.append([segmentOf(LANE, 1, 4)]);
      await appendEach(log, [5, 6]);
      await log.settle([{ lane: LANE, first: 2, count: 4 }]);
      const left = Array.from({ length: storage.length }, (_, index) => storage.key(index));
      expect(left).toHaveLength(2);
      disk.mockRestore();
      const next = open({ storage, databaseName }).log;
      expect((await eventsOf(next)).toSorted()).toEqual(names([1, 6]));
      await clock.advance(60 * SECOND);

      expect(storage.length).toBe(0);
      expect(await eventsOf(log)).toEqual(names([1, 6]));
    });

    it('never rejects an append, whatever the storage does', async () => {
      const throwing = (): never => {
        throw new DOMException('revoked', 'SecurityError');
      };
      const storage = {
        ...createMemoryStorage(),
        setItem: throwing,
        removeItem: throwing,
        key: throwing,
      };
      const { log } = open({ storage });

      await appendEach(log, [1, 2]);

      expect(await eventsOf(log)).toEqual(names([1, 2]));
    });
  });

  it('lets no write overtake another that fails', async () => {
    const databaseName = nextName();
    const { log, clock } = open({ databaseName });
    await log.stats();
    const disk = fillDisk();

    const first = log.append([one(1)]);
    disk.mockRestore();
    await Promise.all([first, log.append([one(2)])]);
    await clock.advance(SECOND);

    expect(await eventsOf(open({ databaseName }).log)).toEqual(names([1, 2]));
  });

  it('writes in one transaction what came during another', async () => {
    const { log } = open({});
    await log.stats();
    const commit = vi.spyOn(IDBTransaction.prototype, 'commit');

    await appendEach(log, [1, 2, 3, 4]);

    expect(commit).toHaveBeenCalledTimes(2);
    expect(await eventsOf(log)).toEqual(names([1, 2, 3, 4]));
  });

  describe('whose database dies', () => {
    it('sends nothing from memory that would overtake what is on disk', async () => {
      const [gate, databaseName] = [createGate(), nextName()];
      const { log, clock, errors } = open({ indexedDB: gate.factory, databaseName });
      await log.append([one(1)]);

      gate.state = 'refusing';
      forceCloseDatabase(gate.handles[0] as never);
      await log.append([one(2)]);

      await expect(log.read(EVERYTHING)).rejects.toMatchObject({ code: 'storage_failed' });
      expect(log.kind).toBe('indexeddb');
      expect(errors).toMatchObject([{ code: 'storage_failed' }]);
      const { opens } = gate;
      await expect(log.settle([])).rejects.toMatchObject({ code: 'storage_failed' });
      expect(gate.opens).toBe(opens);
      gate.state = 'open';
      await clock.advance(SECOND);
      expect(await eventsOf(log)).toEqual(names([1, 2]));
      expect(await eventsOf(open({ databaseName }).log)).toEqual(names([1, 2]));
    });

    it('keeps its new handle when the old one dies a second time', async () => {
      const gate = createGate();
      const { log } = open({ indexedDB: gate.factory });
      await log.append([one(1)]);
      const [old] = gate.handles;
      const { onclose } = old as IDBDatabase;
      forceCloseDatabase(old as never);
      await log.append([one(2)]);

      onclose?.call(old as IDBDatabase, new Event('close'));
      await log.append([one(3)]);

      expect(gate.opens).toBe(2);
      expect(await eventsOf(log)).toEqual(names([1, 2, 3]));
    });

    it('gives way to a newer tab that upgrades the database, and keeps its own in memory', async () => {
      const databaseName = nextName();
      const { log, errors } = open({ databaseName });
      await log.append([one(1)]);

      const upgraded = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(databaseName, 99);
        request.onblocked = reject;
        request.onsuccess = () => resolve(request.result);
      });
      await log.append([one(2)]);

      expect(await log.stats().catch(({ code }) => code)).toBe('storage_failed');
      expect(errors).toMatchObject([{ code: 'storage_failed', cause: { name: 'VersionError' } }]);
      upgraded.close();
    });

    it.each(['InvalidStateError', 'UnknownError', 'AbortError'])(
      'opens a new handle after %s',
      async (name) => {
        const gate = createGate();
        const { log, errors } = open({ indexedDB: gate.factory });
        await log.append([one(1)]);
        vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementationOnce(() => {
          throw new DOMException('Connection to Indexed Database server lost', name);
        });

        await log.append([one(2)]);

        expect(gate.opens).toBe(2);
        expect(errors).toEqual([]);
        expect(await eventsOf(log)).toEqual(names([1, 2]));
      },
    );

    it('is left alone when the log was closed', async () => {
      const gate = createGate('refusing');
      const { log, clock } = open({ indexedDB: gate.factory });
      await log.append([one(1)]);

      log.close();
      await clock.advance(600 * SECOND);

      expect(clock.timers()).toEqual([]);
      expect(gate.opens).toBe(1);
    });
  });

  it('writes all segments of a call or none', async () => {
    const { log, errors } = open({});
    const broken = { ...one(2), context: (() => {}) as unknown as string };

    await log.append([one(1), broken]);

    expect(errors).toMatchObject([{ code: 'storage_failed', cause: { name: 'DataCloneError' } }]);
    expect((await log.stats().catch(() => undefined))?.inMemory ?? 2).toBe(2);
  });
});
