// @vitest-environment node
import { describe, expect, test } from 'vitest';
import { createWindows } from '../../../../src/consumer/windows/create-windows.ts';
import { count, sum } from '../../../../src/consumer/windows/sums.ts';
import { topK } from '../../../../src/consumer/windows/top-k.ts';
import type { WindowOptions } from '../../../../src/consumer/windows/types.ts';
import { createFakeClock } from '../../../helpers/fake-clock.ts';
import { consumed } from '../event.ts';
import { type RecordFields, record, START, shard } from './records.ts';

const measures = { events: count() };
const runtime = createFakeClock(START);

/** Windows of ten seconds with five for lateness, and these records in them. */
function windowsWith(
  options: Partial<WindowOptions<typeof measures>> = {},
  ...records: RecordFields[]
) {
  const windows = createWindows({
    sizeMs: 10_000,
    latenessMs: 5_000,
    measures,
    runtime,
    ...options,
  });
  return { windows, verdicts: records.map((fields) => windows.add(record(fields))) };
}

const shapeOf = ({ start, events }: { start: number; events: number }) => [
  (start - START) / 1000,
  events,
];

describe('a window', () => {
  test('is given once, when every event that counts has arrived, with what it has counted', () => {
    const { windows } = windowsWith({}, { at: 0 }, { at: 9_999 }, { at: 10_000 }, { at: 16_999 });

    const early = windows.take();
    windows.add(record({ at: 17_000 }));
    const closed = windows.take();
    const again = windows.take();

    expect(early).toEqual([]);
    expect(closed).toEqual([
      {
        start: START,
        end: START + 10_000,
        events: 2,
        values: { events: 2 },
        groups: new Map(),
        other: undefined,
        late: 0,
        closedBy: 'watermark',
      },
    ]);
    expect(again).toEqual([]);
  });

  test('counts what arrived at the end of the allowance, and not what arrived after it', () => {
    const { windows, verdicts } = windowsWith(
      {},
      { at: 1_000, arrivedAt: 15_000 },
      { at: 1_000, arrivedAt: 15_001 },
      { at: 30_000 },
    );

    expect(verdicts).toEqual(['counted', 'late', 'counted']);
    expect(windows.take()).toMatchObject([{ start: START, events: 1, late: 1 }]);
    expect(windows.stats()).toMatchObject({ counted: 2, late: 1 });
  });

  test('is never given a second time for an event whose arrival goes back', () => {
    const { windows } = windowsWith({}, { at: 0 }, { at: 30_000 });
    windows.take();

    expect(windows.add(record({ at: 100 }))).toBe('late');
    expect(windows.finish().map(shapeOf)).toEqual([[30, 1]]);
  });

  test('that slides takes nothing more in a slide of which a window was given', () => {
    const { windows } = windowsWith(
      { sizeMs: 30_000, slideMs: 10_000 },
      { at: 0 },
      { at: 12_000 },
      { at: 17_000 },
    );
    const given = windows.take();

    // Its arrival would be early enough.
    expect(windows.add(record({ at: 1_000, arrivedAt: 14_000 }))).toBe('late');
    expect(given.map(shapeOf)).toEqual([[-20, 1]]);
    expect(windows.finish().map(shapeOf)).toEqual([
      [-10, 3],
      [0, 3],
      [10, 2],
    ]);
  });

  test('in which nothing was is not given', () => {
    const { windows } = windowsWith({}, { at: 0 }, { at: 3_600_000 }, { at: 7_200_000 });

    expect(windows.take().map(shapeOf)).toEqual([
      [0, 1],
      [3600, 1],
    ]);
  });

  test('begins at a multiple of its length, before 1970 too', () => {
    const { windows } = windowsWith(
      { sizeMs: 7_000, latenessMs: Number.POSITIVE_INFINITY, time: () => -1 },
      {},
    );

    expect(windows.finish()).toMatchObject([{ start: -7_000, end: 0, events: 1 }]);
  });

  test('that slides counts an event in each window that it is in', () => {
    const { windows } = windowsWith(
      { sizeMs: 30_000, slideMs: 10_000 },
      { at: 0 },
      { at: 15_000 },
      { at: 15_000 },
      { at: 95_000 },
      { at: 125_000 },
    );

    expect(windows.take().map(shapeOf)).toEqual([
      [-20, 1],
      [-10, 3],
      [0, 3],
      [10, 2],
      [70, 1],
      [80, 1],
    ]);
    expect(windows.finish().map(shapeOf)).toEqual([
      [90, 1],
      [100, 1],
      [110, 1],
      [120, 1],
    ]);
  });

  test('is there before it closes, as it is by then', () => {
    const { windows } = windowsWith({ sizeMs: 20_000, slideMs: 10_000 });
    const before = windows.current();

    for (const at of [0, 12_000, 25_000, 26_000]) windows.add(record({ at }));

    expect(before).toBeUndefined();
    expect(windows.current()).toMatchObject({ start: START + 10_000, events: 3 });
    expect(windows.current()).toMatchObject({ start: START + 10_000, events: 3 });
    expect(windows.finish().map(shapeOf)).toContainEqual([10, 3]);
  });

  test('of the end of reading says so', () => {
    const { windows } = windowsWith({}, { at: 0 });

    expect(windows.finish()).toMatchObject([{ events: 1, closedBy: 'end' }]);
    expect(windows.finish()).toEqual([]);
  });

  test('is not given where it begins before reading did', () => {
    const { windows, verdicts } = windowsWith(
      { since: START + 10_000, sizeMs: 20_000, slideMs: 10_000 },
      { at: 9_000 },
      { at: 10_000 },
      { at: 60_000 },
    );

    expect(verdicts).toEqual(['before', 'counted', 'counted']);
    expect(windows.take().map(shapeOf)).toEqual([[10, 1]]);
  });
});

describe('what is no event in time', () => {
  test('is told apart', () => {
    const { windows } = windowsWith();
    const foreign = { ...consumed(undefined, START), readAt: START };

    expect(windows.add(foreign)).toBe('not_an_event');
    expect(windows.add(record({ event: { timestamp: 'tomorrow' } }))).toBe('untimed');
    expect(windows.stats()).toMatchObject({ not_an_event: 1, untimed: 1, groups: 0 });
  });

  test('counts at its arrival where its clock is ahead', () => {
    const { windows } = windowsWith({}, { at: 86_400_000, arrivedAt: 1_000 }, { at: 20_000 });

    expect(windows.take().map(shapeOf)).toEqual([[0, 1]]);
    expect(windows.stats()).toMatchObject({ ahead: 1 });
  });

  test('goes by the time that it is told', () => {
    const { windows } = windowsWith(
      { time: ({ arrivedAt = 0 }) => arrivedAt },
      { at: -99_000, arrivedAt: 0 },
    );

    expect(windows.finish().map(shapeOf)).toEqual([[0, 1]]);
  });
});

describe('what cannot be read', () => {
  test('leaves the event to the other measures, and is told with its place', () => {
    const windows = createWindows({
      sizeMs: 10_000,
      measures: {
        events: count(),
        total: sum('properties.total'),
        names: topK('properties.name'),
        broken: count(() => {
          throw new Error('not today');
        }),
      },
      runtime,
    });
    windows.add(
      record({ properties: { total: '12', name: {} }, event: { messageId: 'k3f9aL0qXw.7' } }),
    );

    expect(windows.finish()).toMatchObject([
      { events: 1, values: { events: 1, total: 0, names: [], broken: 0 } },
    ]);
    expect(windows.stats()).toMatchObject({
      unreadable: 3,
      firstUnreadable: 'total of event k3f9aL0qXw.7: expected a finite number, got "12"',
    });
  });

  test('as a group belongs to none', () => {
    const { windows } = windowsWith({ by: 'properties.name' }, { properties: { name: ['a'] } });

    expect(windows.finish()).toMatchObject([{ events: 1, groups: new Map(), other: undefined }]);
    expect(windows.stats().firstUnreadable).toMatch(/^by of event .*: expected a text, a number/);
  });

  test('as a time is told', () => {
    const { windows, verdicts } = windowsWith(
      {
        time: () => {
          throw new Error('no clock');
        },
      },
      {},
    );

    expect(verdicts).toEqual(['untimed']);
    expect(windows.stats().firstUnreadable).toMatch(/^time of event .*: no clock$/);
  });
});

describe('groups', () => {
  const named = (name: unknown, at = 0): RecordFields => ({ at, properties: { name } });
  const groupsOf = (windows: ReturnType<typeof windowsWith>['windows']) =>
    windows.finish().map(({ groups, other, events }) => ({
      events,
      groups: Object.fromEntries([...groups].map(([key, { values }]) => [key, values.events])),
      other: other?.values.events,
    }));

  test('have figures of their own, and the window those of all', () => {
    const { windows } = windowsWith(
      { by: 'properties.name' },
      named('a'),
      named('b'),
      named('a'),
      named(undefined),
    );

    expect(groupsOf(windows)).toEqual([{ events: 4, groups: { a: 2, b: 1 }, other: undefined }]);
  });

  test('beyond the limit are counted together, and those that are there stay complete', () => {
    const { windows } = windowsWith(
      { by: 'properties.name', maxKeys: 2 },
      ...['a', 'b', 'c', 'a', 'd', 'c', 'b'].map((name) => named(name)),
    );

    expect(groupsOf(windows)).toEqual([{ events: 7, groups: { a: 2, b: 2 }, other: 3 }]);
  });

  test('of a window that slides are complete, or counted with the others', () => {
    const { windows } = windowsWith(
      { by: 'properties.name', maxKeys: 2, sizeMs: 20_000, slideMs: 10_000 },
      // One slide holds a and b, the next c and a, where b found no room.
      ...['a', 'b', 'a'].map((name) => named(name)),
      ...['c', 'a', 'b'].map((name) => named(name, 10_000)),
    );

    expect(groupsOf(windows)).toEqual([
      { events: 3, groups: { a: 2, b: 1 }, other: undefined },
      { events: 6, groups: { a: 3, c: 1 }, other: 2 },
      { events: 3, groups: { c: 1, a: 1 }, other: 1 },
    ]);
  });
});

describe('memory', () => {
  test('is kept by closing the oldest windows early, which says so', () => {
    const { windows } = windowsWith({ maxGroups: 3, latenessMs: 3_600_000 });

    for (const at of [0, 10_000, 20_000, 30_000, 40_000]) windows.add(record({ at }));
    const closed = windows.take();

    expect(closed.map(({ closedBy, ...window }) => [...shapeOf(window), closedBy])).toEqual([
      [0, 1, 'memory'],
      [10, 1, 'memory'],
    ]);
    expect(windows.stats()).toMatchObject({ groups: 3, closedEarly: 2 });
    expect(windows.add(record({ at: 5_000, arrivedAt: 50_000 }))).toBe('late');
  });

  test('takes no event that is older than all there is room for', () => {
    const { windows } = windowsWith({ maxGroups: 2, latenessMs: 3_600_000 });
    for (const at of [10_000, 20_000]) windows.add(record({ at }));

    expect(windows.add(record({ at: 0, arrivedAt: 20_000 }))).toBe('late');
    expect(windows.take().map(shapeOf)).toEqual([[10, 1]]);
  });

  test('of one slide is kept by counting further groups together', () => {
    const { windows } = windowsWith({ maxGroups: 2, by: 'properties.name' });
    for (const name of ['a', 'b', 'c', 'd']) windows.add(record({ properties: { name } }));

    expect(windows.finish()).toMatchObject([{ events: 4, other: { events: 2 } }]);
  });

  test('that comes free is for new slides: where there was none, no further group begins', () => {
    const { windows } = windowsWith({ maxGroups: 4, by: 'properties.name' });
    const add = (at: number, ...names: string[]) => {
      for (const name of names)
        windows.add(record({ at, arrivedAt: 12_000, properties: { name } }));
    };
    add(0, 'a', 'e');
    add(10_000, 'b', 'c', 'd');
    windows.add(record({ at: 16_000, arrivedAt: 18_000, properties: { name: 'b' } }));
    windows.take();

    add(11_000, 'd');

    const [window] = windows.finish();
    expect([...(window?.groups.keys() ?? [])]).toEqual(['b', 'c']);
    expect(window?.other?.events).toBe(2);
  });

  test('is given back', () => {
    const { windows } = windowsWith({ by: 'properties.name', sizeMs: 30_000, slideMs: 10_000 });
    for (let at = 0; at < 1_000_000; at += 500) {
      windows.add(record({ at, properties: { name: at % 7 } }));
      windows.take();
    }

    // A length, the lateness and what arrival times are worth.
    expect(windows.stats().groups).toBeLessThanOrEqual(6 * 7);
    windows.finish();
    expect(windows.stats().groups).toBe(0);
  });
});

test.each([
  [{ sizeMs: 0 }, 'sizeMs: expected a whole number from 1, got 0'],
  [{ slideMs: 3_000 }, 'slideMs: expected sizeMs in 1 to 1000 equal parts, got 3000'],
  [{ slideMs: 5 }, 'slideMs: expected sizeMs in 1 to 1000 equal parts, got 5'],
  [{ latenessMs: -1 }, 'latenessMs: expected a number from 0, got -1'],
  [{ patienceMs: Number.NaN }, 'patienceMs: expected a number from 0, got NaN'],
  [{ since: Number.NaN }, 'since: expected a number, got NaN'],
  [{ maxKeys: 0.5 }, 'maxKeys: expected a whole number from 1, got 0.5'],
  [{ maxGroups: 0 }, 'maxGroups: expected a whole number from 1, got 0'],
  [{ by: '' }, 'field: expected a path such as properties.total, or a function, got '],
  [{ time: 5 }, 'time: expected a function, got 5'],
  [{ measures: {} }, 'measures: expected one measure at least, got [object Object]'],
  [{ measures: undefined }, 'measures: expected one measure at least, got undefined'],
  [{ measures: { a: 5 } }, 'measures.a: expected a measure such as count(), got 5'],
])('refuses %o', (options, message) => {
  const wrong = options as unknown as Partial<WindowOptions<typeof measures>>;

  expect(() => windowsWith(wrong)).toThrow(message);
});

test('a shard that was read past a window closes it, though nothing came', () => {
  const { windows } = windowsWith({}, { at: 0 });

  expect(windows.take([shard({ lastReadAt: START + 16_999 })])).toEqual([]);
  expect(windows.take([shard({ lastReadAt: START + 17_000 })]).map(shapeOf)).toEqual([[0, 1]]);
});
