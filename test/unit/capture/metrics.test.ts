import { describe, expect, test } from 'vitest';
import { type MetricsOptions, metrics } from '../../../src/capture/metrics.ts';
import { createTestHost, type HostedEvent } from '../../helpers/capture-host.ts';
import { createTestClient } from '../../helpers/test-client.ts';
import { createTestPage } from '../../helpers/test-page.ts';

function open(options?: MetricsOptions) {
  const page = createTestPage('https://plant.test/');
  const host = createTestHost(page.window);
  const stop = metrics(options).start(host);
  return { ...page, host, stop };
}

const valueIn = ({ properties }: HostedEvent): unknown => properties?.value;

describe('metrics', () => {
  test('gather the readings of an interval into one event for each series', async () => {
    const { host } = open();
    for (let second = 0; second < 10; second++) {
      for (let n = 0; n < 1000; n++) {
        host.read('Requests', 1, { kind: 'counter' });
        host.read('Temperature', 20 + n / 100, { unit: 'celsius' });
      }
      expect(host.captured).toEqual([]);
      await host.clock.advance(1000);
    }

    expect(host.captured).toHaveLength(2);
  });

  test('tell of a counter the sum, of a gauge the last one, of a histogram the mean and the buckets', async () => {
    const { host } = open({ intervalMs: 5000 });
    for (const kind of ['counter', 'gauge', 'histogram'] as const) {
      for (const value of [4, 1, 2]) host.read('Reading', value, { kind, unit: 'ms' });
    }
    await host.clock.advance(5000);

    const common = { unit: 'ms', count: 3, sum: 7, min: 1, max: 4, intervalMs: 5000 };
    expect(host.captured).toEqual([
      {
        type: 'metric',
        event: 'Reading',
        properties: { ...common, kind: 'counter', value: 7 },
      },
      { type: 'metric', event: 'Reading', properties: { ...common, kind: 'gauge', value: 2 } },
      {
        type: 'metric',
        event: 'Reading',
        properties: {
          ...common,
          kind: 'histogram',
          value: 7 / 3,
          buckets: {
            scale: 5,
            zeroCount: 0,
            positive: { offset: -1, bucketCounts: countsAt([0, 32, 64]) },
          },
        },
      },
    ]);
  });

  test('take a reading without a kind as a gauge', async () => {
    const { host } = open();
    host.read('Temperature', 20, {});
    await host.clock.advance(10_000);

    expect(host.captured).toMatchObject([{ properties: { kind: 'gauge', value: 20 } }]);
  });

  test.each([
    ['name', ['A', 1, {}], ['B', 1, {}]],
    ['kind', ['A', 1, { kind: 'counter' }], ['A', 1, { kind: 'gauge' }]],
    ['unit', ['A', 1, { unit: 'ms' }], ['A', 1, { unit: 's' }]],
    ['priority', ['A', 1, { priority: 'high' }], ['A', 1, {}]],
    ['attribute', ['A', 1, { attributes: { door: 1 } }], ['A', 1, { attributes: { door: 2 } }]],
    [
      'type of an attribute',
      ['A', 1, { attributes: { n: 1 } }],
      ['A', 1, { attributes: { n: '1' } }],
    ],
  ] as const)('keep apart what differs in its %s', async (_, one, other) => {
    const { host } = open();
    host.read(...(one as Parameters<typeof host.read>));
    host.read(...(other as Parameters<typeof host.read>));
    await host.clock.advance(10_000);

    expect(host.captured.map(valueIn)).toEqual([1, 1]);
  });

  test('take attributes for the same in whatever order they stand, and as they were when they were read', async () => {
    const { host } = open();
    const attributes: Record<string, unknown> = { line: 2, door: { side: 'left' } };
    host.read('Openings', 1, { kind: 'counter', attributes });
    host.read('Openings', 2, {
      kind: 'counter',
      attributes: { door: { side: 'left' }, line: 2, floor: undefined },
    });
    attributes.line = 3;
    (attributes.door as { side: string }).side = 'right';
    await host.clock.advance(10_000);

    expect(host.captured).toMatchObject([
      { properties: { value: 3, attributes: { line: 2, door: { side: 'left' } } } },
    ]);
  });

  test('go with the priority that they were read with', async () => {
    const { host } = open();
    host.read('Pressure', 9, { priority: 'high' });
    host.read('Light', 9, {});
    await host.clock.advance(10_000);

    expect(host.captured.map(({ priority }) => priority)).toEqual(['high', undefined]);
  });

  test('begin an interval with its first reading, and wait for nothing where there is none', async () => {
    const { host } = open();
    expect(host.clock.timers()).toEqual([]);
    await host.clock.advance(7000);
    host.read('Temperature', 20, {});
    await host.clock.advance(9999);
    expect(host.captured).toEqual([]);
    await host.clock.advance(1);
    expect(host.captured).toHaveLength(1);

    await host.clock.advance(60_000);
    expect(host.captured).toHaveLength(1);
    expect(host.clock.timers()).toEqual([]);
  });

  test('begin the next interval anew', async () => {
    const { host } = open();
    host.read('Requests', 1, { kind: 'counter' });
    await host.clock.advance(10_000);
    host.read('Requests', 2, { kind: 'counter' });
    await host.clock.advance(10_000);

    expect(host.captured.map(valueIn)).toEqual([1, 2]);
  });

  test('go at once, and are written, when the page is hidden; with how long they were gathered', async () => {
    const { host, setHidden } = open();
    host.read('Requests', 1, { kind: 'counter' });
    await host.clock.advance(2500);
    setHidden(true);

    expect(host.captured).toMatchObject([{ properties: { value: 1, intervalMs: 2500 } }]);
    expect(host.writes()).toBe(1);
    setHidden(false);
    expect(host.writes()).toBe(1);
  });

  test('go at once, and are written, when the page is left', () => {
    const { host, fire } = open();
    host.read('Requests', 1, { kind: 'counter' });
    fire('window', 'pagehide');

    expect(host.captured.map(valueIn)).toEqual([1]);
    expect(host.writes()).toBe(1);
  });

  test('go when the source stops, and are gathered no more', async () => {
    const { host, stop } = open();
    host.read('Requests', 1, { kind: 'counter' });
    stop();

    expect(host.captured.map(valueIn)).toEqual([1]);
    expect(host.read('Requests', 1, {})).toBe(false);
    expect(host.clock.timers()).toEqual([]);
  });

  test('are let go when the user refuses', async () => {
    const { host } = open();
    host.read('Requests', 1, { kind: 'counter' });
    host.tell('consent', { consent: 'pending' });
    host.read('Requests', 2, { kind: 'counter' });
    host.tell('consent', { consent: 'denied' });
    host.tell('consent', { consent: 'granted' });
    host.read('Requests', 4, { kind: 'counter' });
    await host.clock.advance(10_000);

    expect(host.captured.map(valueIn)).toEqual([4]);
  });

  test.each([
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    ['7', '7'],
    [undefined, 'undefined'],
    [null, 'null'],
    [7n, '7'],
    [Symbol('seven'), 'Symbol(seven)'],
  ])('refuse %s, and tell it once', async (value, shown) => {
    const { host } = open();
    host.read('Temperature', value as number, {});
    host.read('Temperature', value as number, {});
    host.read('Temperature', 20, {});
    await host.clock.advance(10_000);

    expect(host.captured).toMatchObject([{ properties: { count: 1, value: 20 } }]);
    expect(host.failures).toEqual([
      `metric "Temperature": expected a finite number, as gauge or counter or histogram, got ${shown}, as gauge`,
    ]);
  });

  test('refuse a kind that there is not', () => {
    const { host } = open();
    host.read('Temperature', 20, { kind: 'average' as 'gauge' });

    expect(host.failures).toHaveLength(1);
  });

  test('tell of wrong readings at most ten times, of however many metrics', () => {
    const { host } = open();
    for (let n = 0; n < 1000; n++) host.read(`Metric ${n}`, Number.NaN, {});

    expect(host.failures).toHaveLength(10);
  });

  test('hand on what JSON does not take as it is, for the client to declare', () => {
    const page = createTestPage('https://plant.test/');
    const captured: unknown[] = [];
    const host = {
      ...createTestHost(page.window),
      capture: (_: unknown, { event }: { event?: string | undefined }) => captured.push(event),
    };
    let take: (...reading: never[]) => void = () => {};
    metrics().start({
      ...host,
      takeMetrics(taker) {
        take = taker;
        return () => {};
      },
    });
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    take(...(['Round', 1, { attributes: circle }] as never[]));
    take(...(['Big', 1, { attributes: { id: 1n } }] as never[]));

    expect(captured).toEqual(['Round', 'Big']);
  });

  test('of more series than there may be go without their attributes, and that is told once', async () => {
    const { host } = open({ maxSeries: 3 });
    for (let id = 1; id <= 100; id++) {
      host.read('Sessions', 1, { kind: 'counter', attributes: { id } });
    }
    await host.clock.advance(10_000);

    expect(host.captured.map(({ properties }) => properties?.attributes)).toEqual([
      { id: 1 },
      { id: 2 },
      { id: 3 },
      { other: true },
    ]);
    expect(host.captured.map(valueIn)).toEqual([1, 1, 1, 97]);
    expect(host.failures).toEqual([
      'metric "Sessions": expected at most 3 series in an interval, got more',
    ]);
  });

  test('of names without end are counted, and fill no memory', async () => {
    const { host } = open({ maxSeries: 3 });
    for (let n = 1; n <= 100; n++) host.read(`Metric ${n}`, 5, { kind: 'histogram' });
    await host.clock.advance(10_000);

    expect(host.captured.map(({ event }) => event)).toEqual([
      ...['Metric 1', 'Metric 2', 'Metric 3', 'Metric 4', 'Metric 5', 'Metric 6'],
      'Other Readings',
    ]);
    expect(host.captured.at(-1)).toMatchObject({ properties: { kind: 'counter', value: 94 } });
  });

  test('that are read while others go belong to the next interval', async () => {
    const { host } = open();
    host.use((event, next) => {
      host.read('Events', 1, { kind: 'counter' });
      next(event);
    });
    host.read('Temperature', 20, {});
    await host.clock.advance(20_000);

    expect(host.captured.map(({ event }) => event)).toEqual(['Temperature', 'Events']);
  });

  test.each([
    [{ intervalMs: 0 }, 'intervalMs: expected a number from 100 to 2147483647, got 0'],
    [{ intervalMs: Number.NaN }, 'intervalMs: expected a number from 100 to 2147483647, got NaN'],
    [{ intervalMs: '10' as never }, 'intervalMs: expected a number from 100 to 2147483647, got 10'],
    [
      { intervalMs: 2 ** 31 },
      'intervalMs: expected a number from 100 to 2147483647, got 2147483648',
    ],
    [{ maxSeries: 0 }, 'maxSeries: expected at least 1, got 0'],
  ])('refuse %j at creation', (options, message) => {
    expect(() => metrics(options)).toThrow(
      expect.objectContaining({ code: 'invalid_option', message }),
    );
  });
});

describe('a client', () => {
  test('without a page gathers readings too, and gives up what it holds when it is closed', async () => {
    const device = createTestClient({ capture: [metrics()] });
    const { client, clock, relay } = device;
    client.metric('Temperature', 20);
    client.metric('Temperature', 22);
    await clock.advance(10_000);
    client.metric('Temperature', 24);
    const closed = client.close();
    await clock.settle();
    await closed;
    createTestClient({ sharing: device });
    await clock.advance(10_000);

    const events = relay.batches.flatMap((batch) => batch.events);
    expect(events).toMatchObject([{ properties: { count: 2 } }, { properties: { count: 1 } }]);
  });
});

/** Counts of consecutive buckets, 1 at these places. */
function countsAt(places: readonly number[]): number[] {
  return Array.from({ length: (places.at(-1) ?? 0) + 1 }, (_, place) =>
    places.includes(place) ? 1 : 0,
  );
}
