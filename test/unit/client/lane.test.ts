import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createEmitter } from '../../../src/client/emitter.ts';
import { createLane, type Lane, type LaneSetting } from '../../../src/client/lane.ts';
import type { ClientEvents } from '../../../src/client/types.ts';
import { createWhenKnown } from '../../../src/client/when-known.ts';
import type { DropReason } from '../../../src/protocol/event.ts';
import type { Segment } from '../../../src/queue/types.ts';
import type { Runtime } from '../../../src/runtime.ts';
import { createFakeClock, type FakeClock } from '../../helpers/fake-clock.ts';

interface Line {
  readonly type: string;
  readonly timestamp: number;
  readonly properties?: {
    readonly lane: string;
    readonly ranges: readonly (readonly [number, number])[];
    readonly reason: DropReason;
  };
}

interface TestLane {
  readonly lane: Lane;
  readonly clock: FakeClock;
  readonly segments: Segment[];
  readonly dropped: ClientEvents['dropped'][];
  /** Every event that was written, with its number. */
  readonly written: () => (Line & { readonly seq: number })[];
}

function openLane(setting: Partial<LaneSetting> = {}): TestLane {
  const clock = createFakeClock();
  const emitter = createEmitter();
  const segments: Segment[] = [];
  const dropped: ClientEvents['dropped'][] = [];
  emitter.on('dropped', (detail) => dropped.push(detail));
  const lane = createLane({
    runtime: {
      ...clock,
      randomBytes: (length: number) => new Uint8Array(length),
    } as never as Runtime,
    maxBatchEvents: 500,
    maxBatchBytes: 524_288,
    context: { key: () => undefined, read: () => '{}' },
    ready: undefined,
    whenKnown: createWhenKnown(setting.ready),
    log: {
      append: async (handed) => {
        segments.push(...handed);
      },
    },
    isLeaving: () => false,
    onHandOver: () => {},
    onLogged: () => {},
    ...emitter,
    ...setting,
  });
  const written = () =>
    segments.flatMap(({ first, body }) =>
      new TextDecoder()
        .decode(body)
        .split('\n')
        .map((line, at) => ({ seq: first + at, ...(JSON.parse(line) as Line) })),
    );
  return { lane, clock, segments, dropped, written };
}

const fields = { event: 'One', properties: undefined } as never;
const track = (lane: Lane, events = 1): void => {
  for (let n = 0; n < events; n++) lane.add('track', fields);
};

describe('what is left out', () => {
  test('costs one declaration a write and reason, and leaves the kept in one segment', async () => {
    const { lane, segments, dropped, written } = openLane();

    for (let n = 0; n < 1000; n++) {
      lane.leaveOut('rate_limited');
      if (n % 100 === 0) track(lane);
      if (n % 500 === 0) lane.leaveOut('sampled');
    }
    await lane.write();

    const { id } = lane;
    expect(segments.map(({ first, count, priority }) => ({ first, count, priority }))).toEqual([
      { first: 1, count: 10, priority: undefined },
      { first: 1013, count: 2, priority: 'high' },
    ]);
    expect(written().slice(10)).toMatchObject([
      { type: 'drop', properties: { lane: id, ranges: [[11, 1000]], reason: 'rate_limited' } },
      { type: 'drop', properties: { lane: id, ranges: [[1011, 2]], reason: 'sampled' } },
    ]);
    expect(dropped).toEqual([
      { lane: id, first: 11, count: 1000, reason: 'rate_limited' },
      { lane: id, first: 1011, count: 2, reason: 'sampled' },
    ]);
    expect(lane.captured()).toBe(1014);
  });

  test('has no number before the write', async () => {
    const { lane, clock } = openLane();
    track(lane);
    await clock.settle();

    lane.leaveOut('sampled');
    expect(lane.captured()).toBe(1);
    await clock.advance(100);

    expect(lane.captured()).toBe(3);
  });

  test('leaves no number unaccounted, however it mixes with what is kept', async () => {
    const step = fc.constantFrom<'keep' | 'alarm' | 'write' | DropReason>(
      ...(['keep', 'alarm', 'write', 'sampled', 'rate_limited', 'too_large'] as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { lane, written } = openLane({ maxBatchEvents: 5 });
        for (const each of steps) {
          if (each === 'keep') track(lane);
          else if (each === 'alarm') lane.add('track', fields, 'high');
          else if (each === 'write') await lane.write();
          else lane.leaveOut(each);
        }
        await lane.write();

        const numbers = written().flatMap(({ seq, properties }) => [
          seq,
          ...(properties?.ranges ?? []).flatMap(([first, count]) =>
            Array.from({ length: count }, (_, at) => first + at),
          ),
        ]);
        expect(numbers.toSorted((one, other) => one - other)).toEqual(
          Array.from({ length: lane.captured() }, (_, at) => at + 1),
        );
      }),
      { seed: 3 },
    );
  });
});

describe('a declaration', () => {
  test('names runs of any lane, a thousand in one event at most, and is written when it resolves', async () => {
    const { lane, dropped, written } = openLane();
    const runs = Array.from({ length: 1500 }, (_, at) => ({
      lane: at < 1200 ? 'lane-one' : 'lane-two',
      first: at * 2 + 1,
      count: 1,
    }));

    await lane.declare('queue_full', runs);

    expect(
      written().map(({ properties }) => [properties?.lane, properties?.ranges.length]),
    ).toEqual([
      ['lane-one', 1000],
      ['lane-one', 200],
      ['lane-two', 300],
    ]);
    expect(dropped).toHaveLength(1500);
  });

  test('of a rejection is not told as a drop, and its own rejection is not declared', async () => {
    const { lane, dropped, written } = openLane();
    track(lane, 3);
    await lane.declare('rejected', [{ lane: lane.id, first: 2, count: 1 }]);
    await lane.declare('rejected', [{ lane: lane.id, first: 4, count: 1 }]);

    expect(dropped).toEqual([]);
    expect(written()).toHaveLength(4);
  });

  test('of anything else that is rejected is declared, so that its own number is not missing', async () => {
    const { lane, written } = openLane();
    lane.leaveOut('sampled');
    await lane.write();
    await lane.declare('rejected', [{ lane: lane.id, first: 2, count: 1 }]);

    expect(written().at(-1)?.properties).toMatchObject({ ranges: [[2, 1]], reason: 'rejected' });
  });
});

describe('a segment', () => {
  test('holds events of one priority, and says which unless it is the normal one', async () => {
    const { lane, segments } = openLane();
    for (const priority of ['normal', undefined, 'high', 'high', 'low', 'normal'] as const) {
      lane.add('track', fields, priority);
    }
    lane.add('track', fields, 'urgent' as never);
    await lane.write();

    expect(segments.map(({ count, priority }) => [count, priority])).toEqual([
      [2, undefined],
      [2, 'high'],
      [1, 'low'],
      [2, undefined],
    ]);
    expect(Object.keys(segments[0] ?? {})).not.toContain('priority');
  });

  test('is handed over in the turn of the write, before it is on disk', () => {
    const told: string[] = [];
    const { lane } = openLane({
      log: {
        append: () => {
          told.push('append');
          return new Promise(() => {});
        },
      },
      onHandOver: (segments) => told.push(`handed over ${segments.length}`),
      onLogged: () => told.push('logged'),
    });
    track(lane);
    lane.write();

    expect(told).toEqual(['append', 'handed over 1']);
    // It is the log that counts it from now on.
    expect(lane.unwritten()).toBe(0);
  });

  test('is written when the context is known, with what was true at capture', async () => {
    let become: () => void = () => {};
    let context = 'unknown';
    const ready = new Promise<void>((resolve) => {
      become = resolve;
    });
    const { lane, clock, segments } = openLane({
      ready,
      context: { key: () => undefined, read: () => context },
    });
    track(lane);
    let isWritten = false;
    lane.write().then(() => {
      isWritten = true;
    });
    await clock.advance(1000);
    expect([segments.length, isWritten]).toEqual([0, false]);

    context = 'known';
    become();
    await clock.settle();

    expect(segments.map((segment) => segment.context)).toEqual(['known']);
    expect(isWritten).toBe(true);
  });

  test('waits for no other: each is handed over after its time, though none is on disk', async () => {
    const handed: number[] = [];
    const { lane, clock } = openLane({
      log: { append: () => new Promise(() => {}) },
      onHandOver: (segments) => handed.push(segments.length),
    });
    for (let n = 0; n < 3; n++) {
      track(lane);
      await clock.advance(100);
    }

    expect(handed).toEqual([1, 1, 1]);
  });
});

describe('the clock of a lane', () => {
  test('goes on as the monotonic one when the wall clock is set back', async () => {
    const { lane, clock, segments, written } = openLane();
    const start = clock.now();
    track(lane);
    await clock.advance(5000);
    clock.set(start - 3_600_000);
    track(lane);
    await clock.advance(700);
    track(lane);
    await lane.write();

    expect(written().map(({ timestamp }) => timestamp - start)).toEqual([0, 5000, 5700]);
    expect(lane.aheadMs()).toBe(3_605_000);
    // Whoever asks how old a segment is asks the clock on the wall.
    expect(segments.map(({ createdAt }) => createdAt - start)).toEqual([0, -3.6e6, -3.5993e6]);
  });

  test('knows that the wall clock was set back though nothing was captured since', async () => {
    const { lane, clock } = openLane();
    track(lane);
    await clock.advance(1000);
    clock.set(clock.now() - 60_000);

    expect(lane.aheadMs()).toBe(60_000);
  });

  test('follows one that is set forward', async () => {
    const { lane, clock, written } = openLane();
    const start = clock.now();
    track(lane);
    clock.set(start + 3_600_000);
    track(lane);
    await lane.write();

    expect(written().map(({ timestamp }) => timestamp - start)).toEqual([0, 3_600_000]);
    expect(lane.aheadMs()).toBe(0);
  });

  test('never goes back, whatever is done to the one on the wall', async () => {
    const step = fc.record({ setMs: fc.integer({ min: -1e7, max: 1e7 }), waitMs: fc.nat(300) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
        const { lane, clock, written } = openLane();
        for (const { setMs, waitMs } of steps) {
          track(lane);
          clock.set(clock.now() + setMs);
          await clock.advance(waitMs);
        }
        await lane.write();

        const times = written().map(({ timestamp }) => timestamp);
        expect(times).toEqual(times.toSorted((one, other) => one - other));
      }),
      { numRuns: 10, seed: 5 },
    );
  });
});
