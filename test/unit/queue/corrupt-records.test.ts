import 'fake-indexeddb/auto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { LogBounds, Segment, SegmentLog } from '../../../src/queue/types.ts';
import { EVERYTHING, eventsOf, segmentOf } from '../../conformance/segment-log.ts';
import { openTestLog, putRaw, type TestLog } from '../../helpers/test-log.ts';

const UNBOUNDED: LogBounds = { maxEvents: 1e9, maxBytes: 1e9, policy: 'drop-oldest' };
let databases = 0;

describe('a record that is no segment', () => {
  const logs: SegmentLog[] = [];
  const open = (databaseName: string): TestLog => {
    const opened = openTestLog({ databaseName });
    logs.push(opened.log);
    return opened;
  };
  afterEach(() => {
    vi.restoreAllMocks();
    for (const log of logs.splice(0)) log.close();
  });

  /** A log whose store holds records of others, before and between its own. */
  const openForeign = async (records: readonly unknown[]): Promise<TestLog> => {
    const databaseName = `corrupt-${++databases}`;
    const opened = open(databaseName);
    await opened.log.stats();
    await putRaw(databaseName, [...records, { ...segmentOf('lane-aaaa', 9, 1), id: 90 }]);
    await opened.log.append([segmentOf('lane-aaaa', 10, 1)]);
    return opened;
  };
  const foreign = [
    { id: 1 },
    { id: 2, ...segmentOf('lane-aaaa', 1, 3), body: 'text' },
    { id: 3, ...segmentOf('lane-aaaa', 4, 0) },
    { id: 4, ...segmentOf('a lane', 1, 1) },
    { id: 'first', ...segmentOf('lane-bbbb', 3, 1) },
    { id: ['x'], lane: 7 },
  ];

  it('is passed over', async () => {
    const { log } = await openForeign(foreign);

    expect(await eventsOf(log)).toEqual(['lane-aaaa.9', 'lane-aaaa.10']);
    expect(await log.stats()).toMatchObject({ segments: 2, events: 2 });
    await log.settle([{ lane: 'lane-aaaa', first: 1, count: 20 }]);
    expect(await log.stats()).toMatchObject({ segments: 0, events: 0, oldestAt: undefined });
  });

  it('is passed over by a count that comes before the first read', async () => {
    const { log } = await openForeign(foreign);

    expect(await log.stats()).toMatchObject({ segments: 2, events: 2 });
  });

  it('is told of once, and costs nothing afterwards', async () => {
    const { log, errors } = await openForeign(foreign);

    await log.read(EVERYTHING);
    await log.stats();
    await log.read(EVERYTHING);

    expect(errors).toMatchObject([{ code: 'storage_corrupt' }]);
  });

  it('becomes a surplus where it tells its place, until that is settled', async () => {
    const { log } = await openForeign(foreign);
    await log.read(EVERYTHING);

    const surplus = await log.surplus(UNBOUNDED);

    const reason = 'storage_lost';
    expect(surplus.toSorted((a, b) => (a.lane < b.lane ? -1 : 1))).toEqual([
      { lane: 'lane-aaaa', first: 1, count: 4, reason },
      { lane: 'lane-bbbb', first: 3, count: 1, reason },
    ]);
    expect(await log.surplus(UNBOUNDED)).toEqual(surplus);
    await log.settle(surplus);
    expect(await log.surplus(UNBOUNDED)).toEqual([]);
    expect(await eventsOf(log)).toEqual(['lane-aaaa.9', 'lane-aaaa.10']);
  });

  describe('that cannot be deserialised', () => {
    /** From now on the platform cannot read these, alone or among others: the request fails instead. */
    const corrupt = (isCorrupt: (segment: Segment) => boolean): void => {
      const isBad = (value: unknown): boolean =>
        Array.isArray(value) ? value.some(isBad) : !!value && isCorrupt(value as Segment);
      const failing = (request: IDBRequest): IDBRequest => {
        const target = new EventTarget();
        const listen = target.addEventListener.bind(target);
        const own = { addEventListener: listen, removeEventListener: () => {}, onerror: null };
        const answer = Object.defineProperties(Object.create(IDBRequest.prototype), {
          ...Object.getOwnPropertyDescriptors(own),
          result: { get: () => request.result },
          error: { value: new DOMException('cannot be deserialised', 'DataError') },
        });
        request.addEventListener('success', () =>
          target.dispatchEvent(new Event(isBad(request.result) ? 'error' : 'success')),
        );
        return answer;
      };
      for (const { prototype } of [IDBObjectStore, IDBIndex]) {
        for (const name of ['get', 'getAll'] as const) {
          const platform = prototype[name] as (...args: unknown[]) => IDBRequest;
          vi.spyOn(prototype, name).mockImplementation(function (
            this: unknown,
            ...args: unknown[]
          ) {
            return failing(platform.apply(this, args));
          } as never);
        }
      }
    };

    const openCorrupt = async (firsts: readonly number[]): Promise<TestLog> => {
      const opened = open(`corrupt-${++databases}`);
      await opened.log.append([1, 4, 6, 11].map((first) => segmentOf('lane-aaaa', first, 2)));
      await opened.log.stats();
      corrupt(({ first }) => firsts.includes(first));
      return opened;
    };

    it('does not stop the others', async () => {
      const { log, errors } = await openCorrupt([4]);

      const expected = ['lane-aaaa.1', 'lane-aaaa.2', 'lane-aaaa.6', 'lane-aaaa.7'];
      expect((await eventsOf(log)).slice(0, 4)).toEqual(expected);
      expect(errors).toMatchObject([{ code: 'storage_corrupt' }]);
      await log.settle([{ lane: 'lane-aaaa', first: 1, count: 2 }]);
      expect((await eventsOf(log)).slice(0, 2)).toEqual(expected.slice(2));
      expect(await log.stats()).toMatchObject({ segments: 2, events: 4 });
    });

    it('tells its place by the index, and how many it held by its neighbour', async () => {
      const { log } = await openCorrupt([4, 11]);
      await log.read(EVERYTHING);

      const surplus = await log.surplus(UNBOUNDED);

      const reason = 'storage_lost';
      expect(surplus).toEqual([
        { lane: 'lane-aaaa', first: 4, count: 2, reason },
        { lane: 'lane-aaaa', first: 11, count: 1, reason },
      ]);
    });

    it('is not blamed for a database that reads nothing at all', async () => {
      const { log, errors, clock } = await openCorrupt([1, 4, 6, 11]);

      await expect(log.read(EVERYTHING)).rejects.toMatchObject({ code: 'storage_failed' });
      vi.restoreAllMocks();
      await clock.advance(1000);

      expect(await eventsOf(log)).toHaveLength(8);
      expect(errors).toMatchObject([{ code: 'storage_failed' }]);
    });
  });
});
