// @vitest-environment node
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ConsumerOptions } from '../../../../src/consumer/options.ts';
import type { ConsumedRecord } from '../../../../src/consumer/types.ts';
import { createWindows } from '../../../../src/consumer/windows/create-windows.ts';
import { count } from '../../../../src/consumer/windows/sums.ts';
import type { ClosedWindow } from '../../../../src/consumer/windows/types.ts';
import { type WindowSource, windowed } from '../../../../src/consumer/windows/windowed.ts';
import { streamRecord } from '../event.ts';
import { createRig, type Rig, STREAM, shardIdOf } from '../rig.ts';
import { record, START } from './records.ts';

const measures = { events: count() };
const options = { sizeMs: 10_000, latenessMs: 5_000, measures };

/** Puts an event that was captured now, or so long ago. */
function put(rig: Rig, key: string, agoMs = 0): void {
  const event = streamRecord(1, { timestamp: new Date(rig.now() - agoMs).toISOString() });
  const data = new TextEncoder().encode(JSON.stringify(event));
  rig.fake.stream(STREAM)?.route(key).append(key, data);
}

/** The windows that a consumer of the rig gives: the seconds at which each begins and is given, and its events. */
function watch(rig: Rig, change: Partial<ConsumerOptions> = {}) {
  const runtime = { now: rig.now, monotonic: () => rig.now() - START };
  const consumer = rig.consume({ from: 'TRIM_HORIZON', ...change });
  const given: number[][] = [];
  const late: number[] = [];
  const ended = (async () => {
    for await (const window of windowed(consumer, { ...options, runtime })) {
      given.push([
        (window.start - START) / 1000,
        Math.floor((rig.now() - START) / 1000),
        window.events,
      ]);
      late.push(window.late);
    }
  })();
  return { consumer, given, late, ended };
}

/** Keys of the two shards of a rig. */
const LEFT = 'c';
const RIGHT = 'a';

describe('of a consumer', () => {
  test('a window is given when its shards were read past it, though one is silent', async () => {
    const rig = createRig(2);
    const { given } = watch(rig);
    put(rig, LEFT);
    await rig.advance(16_000);
    const early = [...given];

    await rig.advance(4_000);

    expect(early).toEqual([]);
    // Its ten seconds, five for lateness, two for what arrival times are worth, and at the next read.
    expect(given).toEqual([[0, 17, 1]]);
  });

  test('shards that catch up at different speeds lose nothing', async () => {
    const rig = createRig(2);
    for (let second = 0; second < 300; second++) {
      put(rig, LEFT);
      // Ten times as much in the other.
      for (let times = 0; times < 10; times++) put(rig, RIGHT);
      await rig.advance(1_000);
    }

    const { given, late } = watch(rig, { maxRecordsPerRead: 100 });
    await rig.advance(120_000);

    expect(given.map(([start, , events]) => [start, events])).toEqual(
      Array.from({ length: 30 }, (_, index) => [index * 10, 110]),
    );
    expect(late).toEqual(Array(30).fill(0));
  });

  test('a split in the midst of it loses nothing', async () => {
    const rig = createRig(1);
    for (let second = 0; second < 100; second++) {
      if (second === 50) {
        rig.fake.call('SplitShard', {
          StreamName: STREAM,
          ShardToSplit: shardIdOf(0),
          NewStartingHashKey: `${2n ** 127n}`,
        });
      }
      for (const key of 'abcd') put(rig, key);
      await rig.advance(1_000);
    }

    const { given, late } = watch(rig, { maxRecordsPerRead: 20 });
    await rig.advance(120_000);

    expect(given.map(([start, , events]) => [start, events])).toEqual(
      Array.from({ length: 10 }, (_, index) => [index * 10, 40]),
    );
    expect(late).toEqual(Array(10).fill(0));
  });

  test('what was captured offline is late, and told with the next window', async () => {
    const rig = createRig(1);
    const { given, late } = watch(rig);
    put(rig, LEFT, 3_600_000);
    put(rig, LEFT);
    await rig.advance(20_000);

    expect(given).toMatchObject([[0, expect.any(Number), 1]]);
    expect(late).toEqual([1]);
  });

  test('what is open when it is closed is given at the end', async () => {
    const rig = createRig(1);
    const { consumer, given, ended } = watch(rig);
    put(rig, LEFT);
    await rig.advance(2_000);

    void consumer.close();
    await ended;

    expect(given).toMatchObject([[0, 2, 1]]);
  });

  test('leaving the loop closes it, while nothing comes', async () => {
    const rig = createRig(1);
    const consumer = rig.consume({ from: 'TRIM_HORIZON' });
    const runtime = { now: rig.now, monotonic: () => rig.now() - START };
    put(rig, LEFT);
    const left = (async () => {
      for await (const { events } of windowed(consumer, { ...options, runtime })) return events;
      return undefined;
    })();

    await rig.advance(30_000);

    expect(await left).toBe(1);
    await rig.advance(60_000);
    expect(rig.timers()).toBe(0);
  });
});

describe('of records from elsewhere', () => {
  /** Records until one is thrown. */
  async function* from(items: readonly (ConsumedRecord | Error)[]): AsyncGenerator<ConsumedRecord> {
    for (const item of items) {
      if (item instanceof Error) throw item;
      yield item;
    }
  }

  async function gather(source: WindowSource): Promise<ClosedWindow<typeof measures>[]> {
    const windows: ClosedWindow<typeof measures>[] = [];
    for await (const window of windowed(source, options)) windows.push(window);
    return windows;
  }

  const at = (seconds: number): ConsumedRecord => record({ at: seconds * 1000 });

  test('windows close as records come, and the rest at the end', async () => {
    const windows = await gather(from([at(0), at(3), at(17), at(18)]));

    expect(windows.map(({ events, closedBy }) => [events, closedBy])).toEqual([
      [2, 'watermark'],
      [2, 'end'],
    ]);
  });

  test('what ends them ends the loop, after what was counted', async () => {
    const seen: number[] = [];
    const loop = async (): Promise<void> => {
      for await (const { events } of windowed(from([at(0), new Error('torn')]), options)) {
        seen.push(events);
      }
    };

    await expect(loop()).rejects.toThrow('torn');
    expect(seen).toEqual([1]);
  });

  test('nothing is read while a window is being looked at', async () => {
    let pulled = 0;
    async function* source(): AsyncGenerator<ConsumedRecord> {
      for (; pulled < 1_000; pulled++) yield at(pulled * 10);
    }
    const windows = windowed(source(), options);
    onTestFinished(async () => void (await windows.return(undefined)));

    await windows.next();
    for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
    const first = pulled;
    await windows.next();

    expect(first).toBeLessThan(5);
    expect(pulled).toBeLessThan(first + 5);
  });

  test('windows that are given can be asked meanwhile', async () => {
    const windows = createWindows(options);
    const late = { ...record({ at: 0, arrivedAt: 18_000 }) };
    const loop = windowed(from([at(0), at(18), late]), windows);

    await loop.next();
    const open = windows.current()?.events;
    await loop.next();

    expect(open).toBe(1);
    expect(windows.stats()).toMatchObject({ counted: 2, late: 1 });
  });

  test('a wrong option is told where the loop begins', async () => {
    await expect(windowed(from([]), { ...options, sizeMs: 0 }).next()).rejects.toThrow(
      'sizeMs: expected a whole number from 1, got 0',
    );
  });
});
