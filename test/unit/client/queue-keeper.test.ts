import { describe, expect, test } from 'vitest';
import { createEmitter } from '../../../src/client/emitter.ts';
import { resolveOptions } from '../../../src/client/options.ts';
import { createQueueKeeper, type KeeperSetting } from '../../../src/client/queue-keeper.ts';
import type { ClientOptions } from '../../../src/client/types.ts';
import { createMemoryLog } from '../../../src/queue/memory-log.ts';
import type { LogBounds, Segment, SegmentLog } from '../../../src/queue/types.ts';
import type { Runtime } from '../../../src/runtime.ts';
import { createFakeClock } from '../../helpers/fake-clock.ts';
import { seededRandom } from '../../helpers/seeded-random.ts';

interface KeeperOptions extends Partial<Omit<ClientOptions, 'runtime'>> {
  readonly runtime?: Partial<Runtime>;
  readonly setting?: Partial<KeeperSetting>;
  readonly kind?: SegmentLog['kind'];
}

function openKeeper({ runtime, setting, kind = 'indexeddb', ...options }: KeeperOptions = {}) {
  const clock = createFakeClock();
  const memory = createMemoryLog();
  const told: string[] = [];
  const asked: LogBounds[] = [];
  let counts = 0;
  const log: SegmentLog = {
    ...memory,
    kind,
    stats() {
      counts++;
      return memory.stats();
    },
    surplus(bounds) {
      asked.push(bounds);
      return memory.surplus(bounds);
    },
    settle(ranges) {
      told.push(`settle ${ranges.map(({ first, count }) => `${first}+${count}`)}`);
      return memory.settle(ranges);
    },
  };
  const emitter = createEmitter();
  const errors: unknown[] = [];
  emitter.on('error', (error) => errors.push(error));
  const keeper = createQueueKeeper({
    ...resolveOptions({
      endpoint: 'https://relay.test',
      writeKey: 'shop',
      ...options,
      runtime: { ...clock, random: seededRandom(1), navigator: undefined, ...runtime },
    }),
    log,
    isLeader: () => true,
    lane: {
      declare: async (reason, ranges) => {
        told.push(`declare ${reason} ${ranges.map(({ first, count }) => `${first}+${count}`)}`);
      },
    },
    ...emitter,
    ...setting,
  });
  let captured = 0;
  /** Writes as a lane does: to the log, and a word to the keeper. */
  async function write(events: number, more: Partial<Segment> = {}): Promise<void> {
    const body = new TextEncoder().encode(Array(events).fill('{"n":"1234567890"}').join('\n'));
    const segment: Segment = {
      ...{ lane: 'lane-of-one', first: captured + 1, count: events, createdAt: clock.now() },
      ...{ context: '{}', body },
      ...more,
    };
    captured += events;
    await memory.append([segment]);
    keeper.grow(events, body.length + 2);
    await clock.settle();
  }
  return { keeper, clock, memory, told, asked, errors, write, counts: () => counts };
}

const inTime = { clockOffsetMs: 0 };
const DAY_MS = 86_400_000;

describe('the bounds of the queue', () => {
  test('are 32 MiB, or a tenth of what the origin may store, or what is asked for', async () => {
    const quotaOf = (quota: number) => ({
      navigator: { storage: { estimate: async () => ({ quota }) } } as Runtime['navigator'],
    });
    const boundOf = async (options: KeeperOptions) => {
      const { keeper } = openKeeper(options);
      await keeper.start();
      return keeper.maxBytes();
    };
    const fails = async () => {
      throw new TypeError('no');
    };

    expect(await boundOf({})).toBe(32 * 1024 * 1024);
    expect(await boundOf({ runtime: quotaOf(1e12) })).toBe(32 * 1024 * 1024);
    expect(await boundOf({ runtime: quotaOf(50_000_000) })).toBe(5_000_000);
    expect(await boundOf({ runtime: quotaOf(0) })).toBe(32 * 1024 * 1024);
    expect(await boundOf({ runtime: { navigator: { storage: { estimate: fails } } } })).toBe(
      32 * 1024 * 1024,
    );
    expect(await boundOf({ runtime: quotaOf(50_000), maxQueueBytes: 2e7 })).toBe(2e7);
  });

  test('are kept by the sending tab: what is given up is declared, and then deleted', async () => {
    const { told, write, memory } = openKeeper({ maxQueueEvents: 100 });
    for (let n = 0; n < 11; n++) await write(10);

    expect(told).toEqual(['declare queue_full 1+20', 'settle 1+20']);
    expect((await memory.stats()).events).toBe(90);
  });

  test('hold by bytes as by events', async () => {
    const { write, memory } = openKeeper({ maxQueueBytes: 2048 });
    for (let n = 0; n < 300; n++) {
      await write(3);
      expect((await memory.stats()).bytes).toBeLessThanOrEqual(2048);
    }
    expect((await memory.stats()).bytes).toBeGreaterThan(1700);
  });

  test('are left to the sending tab by the others, which count', async () => {
    const { told, write, asked } = openKeeper({
      maxQueueEvents: 10,
      setting: { isLeader: () => false },
    });
    await write(100);

    expect([told, asked]).toEqual([[], []]);
  });

  test('are kept by every tab where each has a memory of its own', async () => {
    const { told, write } = openKeeper({
      ...{ maxQueueEvents: 10, kind: 'memory' },
      setting: { isLeader: () => false },
    });
    await write(5);
    await write(6);

    expect(told).toEqual(['declare queue_full 1+5', 'settle 1+5']);
  });

  test('are looked at when the client starts', async () => {
    const { keeper, memory, told, clock } = openKeeper({ maxQueueEvents: 10 });
    await memory.append([
      {
        ...{ lane: 'lane-before', first: 1, count: 12, createdAt: 0, context: '' },
        body: new TextEncoder().encode(Array(12).fill('{}').join('\n')),
      },
    ]);
    await keeper.start();
    await clock.settle();

    expect(told[0]).toBe('declare queue_full 1+12');
  });

  test('cost no count for each write', async () => {
    const { clock, write, counts } = openKeeper();
    for (let n = 0; n < 100; n++) {
      await write(1);
      await clock.advance(1);
    }

    expect(counts()).toBe(0);
  });

  test('that cannot be kept are tried again, with a word', async () => {
    let fails = true;
    const { write, errors, told } = openKeeper({
      maxQueueEvents: 10,
      setting: {
        lane: {
          declare: async () => {
            if (fails) throw new Error('no');
          },
        },
      },
    });
    await write(11);
    expect([errors.length, told]).toEqual([1, []]);
    fails = false;
    await write(1);

    expect(told).toEqual(['settle 1+11']);
  });

  test('are not moved by what any script of the origin may say', async () => {
    const { keeper, counts, write } = openKeeper({ maxQueueEvents: 10 });
    for (const lie of [Number.POSITIVE_INFINITY, Number.NaN, -1e9]) keeper.grow(lie, lie);
    await write(10);
    expect(counts()).toBe(0);
    await write(1);

    expect((await keeper.count()).events).toBeLessThanOrEqual(9);
  });
});

describe('a record that cannot be read', () => {
  test('is looked for when it was met, declared and deleted', async () => {
    const lost = [{ lane: 'lane-broken', first: 3, count: 2, reason: 'storage_lost' as const }];
    const { keeper, told, clock } = openKeeper({
      setting: {
        log: { ...createMemoryLog(), kind: 'indexeddb', surplus: async () => lost },
      },
    });
    keeper.suspect();
    await clock.settle();

    expect(told).toEqual(['declare storage_lost 3+2']);
  });
});

describe('the age of the queue', () => {
  async function openOld() {
    const opened = openKeeper();
    await opened.write(2);
    await opened.clock.advance(8 * DAY_MS);
    await opened.write(1);
    return opened;
  }

  test('is looked at before the head is read', async () => {
    const { keeper, told } = await openOld();
    await keeper.trim(inTime);

    expect(told).toEqual(['declare too_old 1+2', 'settle 1+2']);
  });

  test.each([
    ['an hour', 3_600_000, 1],
    ['more than an hour', 3_600_001, 0],
    ['more than an hour behind', -3_600_001, 0],
  ])('is believed with a clock that is %s off: %i ms', async (_, clockOffsetMs, times) => {
    const { keeper, asked } = await openOld();
    await keeper.trim({ clockOffsetMs });

    expect(asked).toHaveLength(times);
  });

  test('costs nothing while nothing is old', async () => {
    const { keeper, asked, counts, write } = openKeeper();
    await write(5);
    for (let n = 0; n < 50; n++) await keeper.trim(inTime);

    expect([asked.length, counts()]).toEqual([0, 1]);
  });

  test('is no matter where it is without a limit', async () => {
    const { keeper, told, write, clock } = openKeeper({ maxQueueAgeMs: Number.POSITIVE_INFINITY });
    await write(1);
    await clock.advance(3650 * DAY_MS);
    await keeper.trim(inTime);

    expect(told).toEqual([]);
  });
});

describe('sampling', () => {
  const sampled = { maxQueueBytes: 10_000, sampleAbove: 0.5, sampleRate: 0.1 };

  test('begins past the watermark, for telemetry, and spares what is of high priority', async () => {
    const { keeper, write } = openKeeper(sampled);
    const leftOut = (...args: Parameters<typeof keeper.leavesOut>): number =>
      Array.from({ length: 1000 }, () => keeper.leavesOut(...args)).filter(Boolean).length;
    await write(200);
    expect(leftOut('metric', undefined)).toBe(0);
    await write(100);

    expect(leftOut('metric', undefined)).toBeGreaterThan(850);
    expect(leftOut('metric', 'low')).toBeLessThan(950);
    expect(leftOut('metric', 'high')).toBe(0);
    expect(leftOut('track', undefined)).toBe(0);
  });

  test('ends when the queue has drained, though nothing was kept meanwhile', async () => {
    const { keeper, write, memory, clock } = openKeeper({ ...sampled, sampleRate: 0 });
    await write(300);
    await memory.clear();
    expect(keeper.leavesOut('metric', 'normal')).toBe(true);
    await clock.advance(2000);
    keeper.leavesOut('metric', 'normal');
    await clock.settle();

    expect(keeper.leavesOut('metric', 'normal')).toBe(false);
  });

  test('is none where nobody asks for it', async () => {
    const setting = { isLeader: () => false };
    const { keeper, write } = openKeeper({ maxQueueBytes: 10_000, setting });
    await write(1000);

    expect(keeper.leavesOut('metric', 'normal')).toBe(false);
  });
});

describe('the count', () => {
  test('is the last one and what was written since, where the log cannot be counted', async () => {
    const { keeper, clock, write } = openKeeper({
      setting: {
        log: {
          ...createMemoryLog(),
          stats: () => Promise.reject(new Error('lost')),
        },
      },
    });
    await write(7);
    await clock.settle();

    expect(await keeper.count()).toMatchObject({ events: 7, isStale: true });
  });
});
