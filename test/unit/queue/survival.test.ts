import 'fake-indexeddb/auto';
import { forceCloseDatabase } from 'fake-indexeddb';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { LaneRange } from '../../../src/protocol/event.ts';
import type { SegmentLog } from '../../../src/queue/types.ts';
import { EVERYTHING, linesOf, segmentOf } from '../../conformance/segment-log.ts';
import { createFakeClock, type FakeClock } from '../../helpers/fake-clock.ts';
import { createMemoryStorage } from '../../helpers/test-client.ts';
import { openTestLog } from '../../helpers/test-log.ts';

/** How the disk is: no room for what is new, or not to be had at all. */
type Disk = 'well' | 'full' | 'gone';

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      append: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 }),
      priority: fc.constantFrom(undefined, 'low' as const),
      isAwaited: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      deliver: fc.integer({ min: 1, max: 25 }),
      retry: fc.integer({ min: 0, max: 3 }),
      isRejected: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      evict: fc.integer({ min: 5, max: 40 }),
      policy: fc.constantFrom('drop-oldest' as const, 'drop-newest' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ disk: fc.constantFrom<Disk>('well', 'well', 'full', 'gone') }),
  },
  { weight: 2, arbitrary: fc.record({ pass: fc.constantFrom(100, 2000, 60_000) }) },
  { weight: 1, arbitrary: fc.constant('crash' as const) },
  { weight: 1, arbitrary: fc.constant('reopen' as const) },
);

describe('whatever happens to a log', () => {
  let databases = 0;
  let disk: Disk = 'well';
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** One page after the other, on one database and one storage. */
  interface Page {
    readonly log: SegmentLog;
    readonly clock: FakeClock;
    readonly lane: string;
    next: number;
    readonly loseHandles: () => void;
    /** From now on nothing that the page does reaches anything. */
    readonly kill: () => void;
  }

  function openPage(lane: string, databaseName: string, storage: Storage | undefined): Page {
    const handles: IDBDatabase[] = [];
    let isDead = false;
    const clock = createFakeClock();
    const loseHandles = (): void => {
      for (const handle of handles.splice(0)) forceCloseDatabase(handle as never);
    };
    const factory = {
      open(name: string, version?: number) {
        if (isDead || disk === 'gone') throw new DOMException('gone', 'UnknownError');
        const request = indexedDB.open(name, version);
        request.addEventListener('success', () => {
          handles.push(request.result);
          if (isDead || disk === 'gone') loseHandles();
        });
        return request;
      },
    } as IDBFactory;
    const { log } = openTestLog({
      indexedDB: databaseName ? factory : undefined,
      databaseName: databaseName || 'none',
      clock,
      storage:
        storage &&
        new Proxy(storage, {
          get(target, name) {
            if (isDead) throw new DOMException('dead', 'SecurityError');
            return Reflect.get(target, name);
          },
        }),
    });
    return {
      log,
      clock,
      lane,
      next: 1,
      loseHandles,
      kill() {
        isDead = true;
        loseHandles();
      },
    };
  }

  function rangesOf(events: readonly string[]): LaneRange[] {
    return events.map((event) => {
      const [lane = '', first] = event.split('.');
      return { lane, first: Number(first), count: 1 };
    });
  }

  const eventsIn = ({ lane, first, count }: LaneRange): string[] =>
    Array.from({ length: count }, (_, index) => `${lane}.${first + index}`);

  it.each([
    ['in IndexedDB, beside a storage that takes what waits', true, true],
    ['in IndexedDB alone', true, false],
    ['in memory', false, false],
  ])('no event of one %s is lost, doubled or out of its place', async (_, isStored, isSpilled) => {
    const platform = IDBObjectStore.prototype.add;
    vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementation(function (
      this: IDBObjectStore,
      ...args
    ) {
      if (disk === 'full') throw new DOMException('no room', 'QuotaExceededError');
      return platform.apply(this, args);
    });
    let reached = 0;

    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 10, maxLength: 40, size: 'max' }),
        async (steps) => {
          disk = 'well';
          const storage = isSpilled ? createMemoryStorage() : undefined;
          const databaseName = isStored ? `survival-${++databases}` : '';
          /** What must be queued, lane by lane. */
          const queued = new Map<string, string[]>();
          /** Lanes whose page has crashed, and of which nobody has seen what is left. */
          const cutOff = new Set<string>();
          const settled = new Set<string>();
          const rejected = new Set<string>();
          let pages = 0;
          let appends: Promise<void>[] = [];
          const begin = (): Page => {
            const page = openPage(`lane-${`${++pages}`.padStart(4, '0')}`, databaseName, storage);
            queued.set(page.lane, []);
            return page;
          };
          let page = begin();

          const forget = (events: readonly string[]): void => {
            for (const event of events) settled.add(event);
            for (const [lane, rest] of queued) {
              queued.set(
                lane,
                rest.filter((event) => !settled.has(event)),
              );
            }
          };

          /** What the log gives is what must be there: of other pages' lanes perhaps not all that is left behind yet. */
          const look = async (isAll = false): Promise<string[] | undefined> => {
            const segments = await page.log.read(EVERYTHING).catch(() => undefined);
            if (!segments) return undefined;
            const events = segments.flatMap(eventsIn);
            expect(
              segments.flatMap(linesOf).map((line) => line.slice('{"e":"'.length, -' é"}'.length)),
            ).toEqual(events);
            for (const [lane, expected] of queued) {
              const found = events.filter((event) => event.startsWith(lane));
              const isOwn = lane === page.lane;
              const mayLack = !isOwn && (cutOff.has(lane) || !isAll || page.log.kind === 'memory');
              expect(found).toEqual(mayLack ? expected.slice(0, found.length) : expected);
              if (cutOff.has(lane) && page.log.kind === 'indexeddb' && !isSpilled) {
                queued.set(lane, found);
                cutOff.delete(lane);
              }
            }
            expect(events.length).toBe(new Set(events).size);
            return events;
          };

          const end = async (isCrash: boolean): Promise<void> => {
            if (!isStored) return;
            if (!isCrash) await Promise.all(appends);
            // A page that ends before a full disk has refused its last write has lost that: nobody could know.
            else if (disk !== 'well') await page.clock.settle();
            // What a page that is left in peace could not write is in the storage, or lost like a crashed one's.
            cutOff.add(page.lane);
            page.kill();
            appends = [];
            page = begin();
          };

          for (const what of steps) {
            if (what === 'crash') await end(true);
            else if (what === 'reopen') await end(false);
            else if ('pass' in what) await page.clock.advance(what.pass);
            else if ('disk' in what) {
              disk = what.disk;
              if (disk === 'gone') page.loseHandles();
            } else if ('append' in what) {
              const segments = what.append.map((count) => {
                const segment = segmentOf(page.lane, page.next, count, page.clock.now());
                page.next += count;
                return what.priority ? { ...segment, priority: what.priority } : segment;
              });
              queued.get(page.lane)?.push(...segments.flatMap(eventsIn));
              const appended = page.log.append(segments);
              appends.push(appended);
              if (what.isAwaited) await appended;
            } else if ('evict' in what) {
              const bounds = { maxEvents: what.evict, maxBytes: 1e9, policy: what.policy };
              const surplus = await page.log.surplus(bounds).catch(() => undefined);
              if (!surplus) continue;
              const events = surplus.flatMap(eventsIn);
              const all = [...queued.values()].flat();
              expect(events.filter((event) => !all.includes(event))).toEqual([]);
              // While the database takes nothing, memory alone gives up: that is done, whatever the database answers.
              await page.log.settle(surplus).catch(() => {});
              forget(events);
              const stats = await page.log.stats().catch(() => undefined);
              if (stats) expect(stats.events).toBeLessThanOrEqual(what.evict);
            } else {
              const head = await look();
              if (!head) continue;
              const sent = head.slice(0, what.deliver).filter((_, at) => at % 7 >= what.retry);
              const ranges = rangesOf(sent);
              const refused = what.isRejected ? ranges.slice(0, 2) : [];
              const why = { code: 'not_an_event', reason: 'test', at: 1 } as const;
              await page.log.settle(
                ranges,
                refused.map((range) => ({ ...range, ...why })),
              );
              for (const range of refused) rejected.add(eventsIn(range)[0] as string);
              forget(sent);
              reached += sent.length;
            }
          }

          disk = 'well';
          await page.clock.advance(200_000);
          await Promise.all(appends);
          await look();
          // A next page takes up what others have left.
          if (isStored) await end(false);
          await page.clock.advance(10);
          cutOff.delete(isSpilled ? '' : 'none');
          if (isSpilled) cutOff.clear();
          const events = await look(true);
          const stats = await page.log.stats();

          expect(stats).toMatchObject({
            events: events?.length,
            inMemory: isStored ? 0 : events?.length,
          });
          const kept = (await page.log.rejected()).flatMap(eventsIn);
          expect(kept.filter((event) => !rejected.has(event))).toEqual([]);
          expect(new Set(kept).size).toBe(kept.length);
          page.log.close();
        },
      ),
      { numRuns: 60, seed: 5 },
    );
    expect(reached).toBeGreaterThan(500);
  });
});
