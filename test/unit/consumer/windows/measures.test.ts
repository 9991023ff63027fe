// @vitest-environment node
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSeries } from '../../../../src/capture/series.ts';
import type { ConsumedEvent } from '../../../../src/consumer/types.ts';
import { distinct } from '../../../../src/consumer/windows/distinct.ts';
import { createMeasure } from '../../../../src/consumer/windows/measure.ts';
import { percentiles } from '../../../../src/consumer/windows/percentiles.ts';
import { metric } from '../../../../src/consumer/windows/reading.ts';
import { count, rate, sum, summary } from '../../../../src/consumer/windows/sums.ts';
import { topK } from '../../../../src/consumer/windows/top-k.ts';
import type { Measure } from '../../../../src/consumer/windows/types.ts';
import { metricRecord, record } from './records.ts';

/** What the measure says of a window of ten seconds: of the records at once, and of parts of them that are merged. */
function measured<Result>(measure: Measure<Result>, records: readonly ConsumedEvent[]): Result {
  const whole = measure.create();
  for (const one of records) measure.add(whole, one);
  const merged = measure.create();
  for (const part of [records.slice(0, 3), records.slice(3, 4), records.slice(4)]) {
    const tally = measure.create();
    for (const one of part) measure.add(tally, one);
    measure.merge(merged, tally);
  }
  const result = measure.read(whole, 10_000);
  expect(measure.read(merged, 10_000)).toEqual(result);
  return result;
}

const amounts = (...values: unknown[]) =>
  values.map((amount) => record({ properties: { amount } }));
const names = (...values: unknown[]) => values.map((name) => record({ properties: { name } }));

/** The events that `metrics()` of a client makes of readings, so many of them in each. */
function gathered(kind: 'counter' | 'gauge' | 'histogram', ...intervals: number[][]) {
  return intervals.map((values) => {
    const series = createSeries(kind);
    for (const value of values) series.add(value);
    // As it is when it was JSON.
    const properties = JSON.parse(JSON.stringify({ ...series.read(), kind, intervalMs: 10_000 }));
    return metricRecord('Scan Duration', properties);
  });
}

describe('counts, sums and rates', () => {
  test('are of events, or of what a field reads', () => {
    const records = [...amounts(2, 3.5), ...names('a', 'b')];

    expect(measured(count(), records)).toBe(4);
    expect(measured(count('properties.amount'), records)).toBe(2);
    expect(measured(sum('properties.amount'), records)).toBe(5.5);
    expect(measured(rate(), records)).toBe(0.4);
    expect(measured(rate('properties.amount'), records)).toBe(0.55);
    expect(measured(summary('properties.amount'), records)).toEqual({
      count: 2,
      sum: 5.5,
      min: 2,
      max: 3.5,
      mean: 2.75,
    });
  });

  test('of nothing are nothing', () => {
    expect(measured(sum('properties.amount'), [])).toBe(0);
    expect(measured(summary('properties.amount'), [])).toEqual({
      count: 0,
      sum: 0,
      min: undefined,
      max: undefined,
      mean: undefined,
    });
  });

  test('count what a client has gathered as the readings that it stands for', () => {
    const records = gathered('counter', [1, 2, 3], [10]);

    expect(measured(count(), records)).toBe(2);
    expect(measured(count(metric('Scan Duration')), records)).toBe(4);
    expect(measured(sum(metric('Scan Duration')), records)).toBe(16);
    expect(measured(sum('properties.value'), records)).toBe(16);
    expect(measured(summary(metric('Scan Duration')), records)).toMatchObject({
      min: 1,
      max: 10,
      mean: 4,
    });
    expect(measured(count(metric('Something Else')), records)).toBe(0);
  });

  test('take a single reading as one, though other properties are called like those of several', () => {
    const records = [
      metricRecord('Long Animation Frame', { value: 120, count: 4, totalMs: 300 }),
      record({ properties: { value: 7 } }),
    ];

    expect(measured(summary('properties.value'), records)).toMatchObject({ count: 2, sum: 127 });
  });
});

test.each([
  ['a text', '12'],
  ['no number', Number.NaN],
  ['an object', {}],
  ['readings without any', { count: 0, sum: 0, min: 0, max: 0 }],
  ['readings whose least is the greatest', { count: 2, sum: 3, min: 2, max: 1 }],
  ['readings that a text counts', { count: '2', sum: 3, min: 1, max: 2 }],
  [
    'buckets of fewer readings',
    { count: 2, sum: 3, min: 1, max: 2, buckets: { scale: 5, zeroCount: 1 } },
  ],
  [
    'buckets of no scale',
    { count: 2, sum: 3, min: 1, max: 2, buckets: { scale: 400, zeroCount: 2 } },
  ],
  [
    'buckets below nothing',
    {
      count: 2,
      sum: 3,
      min: 1,
      max: 2,
      buckets: { scale: 5, zeroCount: 4, positive: { offset: 0, bucketCounts: [-2] } },
    },
  ],
  ['buckets that are none', { count: 2, sum: 3, min: 1, max: 2, buckets: 'many' }],
])('%s is no number, and changes nothing', (_, amount) => {
  const find = ({ event }: ConsumedEvent): unknown => event.properties?.amount;
  for (const measure of [sum(find), summary(find), percentiles(find, [50])]) {
    const tally = measure.create();
    const before = structuredClone(tally);

    expect(() => measure.add(tally, record({ properties: { amount } }))).toThrow(
      /^expected a finite number, got /,
    );
    expect(tally).toEqual(before);
  }
});

describe('percentiles', () => {
  test('are the readings that so many percent do not exceed', () => {
    const values = Array.from({ length: 100 }, (_, index) => index + 1);

    const result = measured(
      percentiles('properties.amount', [0, 50, 99, 99.9, 100]),
      amounts(...values),
    );

    expect(result).toMatchObject({ count: 100, p0: 1, 'p99.9': 100, p100: 100, estimated: 0 });
    expect(result.relativeError).toBeCloseTo(0.0108, 4);
    expect(result.p50).toBeGreaterThan(50 * (1 - result.relativeError));
    expect(result.p50).toBeLessThan(50 * (1 + result.relativeError));
    expect(result.p99).toBeGreaterThan(98);
  });

  test('of nothing are undefined, and of one reading that one', () => {
    expect(measured(percentiles('properties.amount', [50]), [])).toMatchObject({
      count: 0,
      p50: undefined,
    });
    expect(measured(percentiles('properties.amount', [0, 50]), amounts(-3.7))).toMatchObject({
      p0: -3.7,
      p50: -3.7,
    });
  });

  test('refuse what is no percent', () => {
    expect(() => percentiles('properties.amount', [101])).toThrow(
      'percentiles: expected 0 to 100, got 101',
    );
  });

  const anyNumber = fc.oneof(
    fc.constant(0),
    fc.integer({ min: -1000, max: 1000 }),
    fc.double({ min: -1e9, max: 1e9, noNaN: true }),
    fc.double({ min: 1e-6, max: 1, noNaN: true }),
  );

  test('are no further from the true ones than they say, of single readings and of gathered ones', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(anyNumber, { minLength: 1, maxLength: 30 }), {
          minLength: 1,
          maxLength: 8,
        }),
        fc.boolean(),
        (intervals, isGathered) => {
          const sorted = intervals.flat().sort((one, other) => one - other);
          const field = isGathered ? metric('Scan Duration') : 'properties.amount';
          const asked = [0, 1, 25, 50, 90, 99, 100] as const;

          const result = measured(
            percentiles(field, asked),
            isGathered ? gathered('histogram', ...intervals) : amounts(...intervals.flat()),
          );

          expect(result.count).toBe(sorted.length);
          expect(result.estimated).toBe(0);
          for (const percent of asked) {
            const rank = Math.max(1, Math.ceil((percent / 100) * sorted.length));
            const exact = sorted[rank - 1] ?? Number.NaN;
            const error = Math.abs((result[`p${percent}`] ?? Number.NaN) - exact);
            // A hair more for the arithmetic of floating point at the bounds of buckets.
            expect(error).toBeLessThanOrEqual(Math.abs(exact) * (result.relativeError + 1e-9));
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('of histograms that were coarser say how much coarser they are', () => {
    // So wide that the client's 160 buckets are of a coarser scale.
    const values = Array.from({ length: 200 }, (_, index) => 1.3 ** index);
    const coarse = gathered('histogram', values);

    const result = measured(percentiles(metric('Scan Duration'), [50]), coarse);

    expect(coarse[0]?.event.properties).toMatchObject({ buckets: { scale: 1 } });
    expect(result.relativeError).toBeGreaterThan(0.02);
    expect(Math.abs((result.p50 ?? 0) / 1.3 ** 99 - 1)).toBeLessThan(result.relativeError);
  });

  test('of readings without buckets count what is not known at its mean, and say so', () => {
    const gauges = gathered('gauge', [1, 5, 9], [4, 4], [10, 20, 30, 40]);

    const result = measured(percentiles(metric('Scan Duration'), [0, 50, 100]), gauges);

    expect(result).toMatchObject({ count: 9, p0: 1, p100: 40, estimated: 2 });
    expect(result.p50).toBeGreaterThan(8.9);
    expect(result.p50).toBeLessThan(9.1);
  });

  test('stay small, however far apart the readings are, and say what that costs', () => {
    const measure = percentiles('properties.amount', [50]);
    const tally = measure.create() as { sketch: { positive: Map<number, number> } };
    for (let exponent = -300; exponent < 300; exponent += 0.01) {
      measure.add(tally, record({ properties: { amount: 10 ** exponent } }));
    }

    const merged = measure.create();
    measure.add(merged, record({ properties: { amount: 1 } }));
    measure.merge(merged, tally);

    const result = measure.read(tally, 1000);

    expect(measure.read(merged, 1000)).toEqual({ ...result, count: result.count + 1 });
    expect(tally.sketch.positive.size).toBeLessThanOrEqual(1440);
    // Two doublings to a bucket, where at the finest there would be 64.
    expect(result.relativeError).toBeCloseTo(0.6);
    expect(Math.abs((result.p50 ?? 0) - 1)).toBeLessThan(0.61);
  });
});

describe('top k', () => {
  test('ranks values by how often they came, and equal ones by their texts', () => {
    const result = measured(topK('properties.name', { k: 3 }), names('b', 'a', 'c', 'c', 7, true));

    expect(result).toEqual([
      { value: 'c', count: 2, atLeast: 2 },
      { value: '7', count: 1, atLeast: 1 },
      { value: 'a', count: 1, atLeast: 1 },
    ]);
  });

  test('adds up what they weigh', () => {
    const sale = (name: string, total: unknown) => record({ properties: { name, total } });
    const measure = topK('properties.name', { weigh: 'properties.total' });

    const result = measured(measure, [sale('a', 1), sale('b', 5), sale('a', 2), sale('c', null)]);

    expect(result.map(({ value, count: total }) => [value, total])).toEqual([
      ['b', 5],
      ['a', 3],
    ]);
    expect(() => measure.add(measure.create(), sale('a', -1))).toThrow(
      'weigh: expected a number from 0, got -1',
    );
  });

  test('keeps no more of a long text than it needs', () => {
    const [ranked] = measured(topK('properties.name'), names(`${'😀'.repeat(200)}!`));

    expect(ranked?.value).toBe(`${'😀'.repeat(128)}…`);
  });

  test.each([
    [{ k: 0 }, 'k: expected a whole number from 1, got 0'],
    [{ k: 5, capacity: 4 }, 'capacity: expected at least k, got 4'],
  ])('refuses %o', (options, message) => {
    expect(() => topK('properties.name', options)).toThrow(message);
  });

  test('never says less or more than its bounds, nor misses what is frequent, however it is merged', () => {
    const capacity = 8;
    fc.assert(
      fc.property(
        fc.array(
          fc.array(
            fc.tuple(
              fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 60 })),
              fc.integer({ min: 1, max: 4 }),
            ),
            { maxLength: 60 },
          ),
          { minLength: 1, maxLength: 6 },
        ),
        (parts) => {
          const measure = topK('properties.name', {
            k: capacity,
            capacity,
            weigh: 'properties.total',
          });
          const exact = new Map<string, number>();
          const merged = measure.create();
          for (const part of parts) {
            const tally = measure.create();
            for (const [name, total] of part) {
              measure.add(tally, record({ properties: { name, total } }));
              exact.set(`${name}`, (exact.get(`${name}`) ?? 0) + total);
            }
            measure.merge(merged, tally);
          }

          const ranked = measure.read(merged, 1000);

          const total = [...exact.values()].reduce((all, one) => all + one, 0);
          for (const { value, count: most, atLeast } of ranked) {
            const truth = exact.get(value) ?? 0;
            expect(truth).toBeGreaterThanOrEqual(atLeast);
            expect(truth).toBeLessThanOrEqual(most);
            expect(most - truth).toBeLessThanOrEqual(total / capacity);
          }
          for (const [value, truth] of exact) {
            if (truth > total / capacity) expect(ranked.map((one) => one.value)).toContain(value);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('distinct', () => {
  test('is exact while there are few', () => {
    const values = Array.from({ length: 256 }, (_, index) => `visitor-${index}`);

    expect(measured(distinct('properties.name'), names(...values, ...values, null))).toBe(256);
  });

  test.each([300, 1_000, 10_000, 40_000])('is near enough for %d', (visitors) => {
    const measure = distinct(({ event }) => event.anonymousId);
    // 20 sets of different values: what a single one misses by is luck.
    const errors = Array.from({ length: 20 }, (_, set) => {
      const tally = measure.create();
      for (let visitor = 0; visitor < visitors; visitor++) {
        measure.add(tally, {
          ...template,
          event: { ...template.event, anonymousId: `${set}-${visitor}` },
        });
      }
      return measure.read(tally, 1000) / visitors - 1;
    });

    const deviation = Math.sqrt(errors.reduce((all, error) => all + error ** 2, 0) / errors.length);
    expect(deviation).toBeLessThan(0.024);
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(0.049);
  });

  test('is the same of parts that are merged, in any order', () => {
    const measure = distinct('properties.name');
    const parts = [0, 100, 150, 3000].map((from) => {
      const tally = measure.create();
      for (let name = from; name < from * 2 + 200; name++) {
        measure.add(tally, record({ properties: { name } }));
      }
      return tally;
    });
    const merged = (tallies: readonly unknown[]): number => {
      const all = measure.create();
      for (const tally of tallies) measure.merge(all, tally);
      return measure.read(all, 1000);
    };

    expect(merged(parts)).toBe(merged(parts.toReversed()));
    expect(merged([...parts, ...parts])).toBe(merged(parts));
  });
});

const template = record();

test('a measure of one’s own is merged as ours are', () => {
  const last = createMeasure({
    create: () => ({ at: '' }),
    add(tally, { event }) {
      if (event.timestamp > tally.at) tally.at = event.timestamp;
    },
    merge(tally, { at }) {
      if (at > tally.at) tally.at = at;
    },
    read: ({ at }) => at,
  });

  const result = measured(
    last,
    [5, 9, 1, 7, 3].map((at) => record({ at })),
  );

  expect(result).toBe('2026-01-01T00:00:00.009Z');
});

test.each(['', 'properties.', '.name'])('a path of "%s" is refused', (path) => {
  expect(() => sum(path)).toThrow(
    /^field: expected a path such as properties.total, or a function/,
  );
});

test('a path that an event does not have finds nothing', () => {
  expect(measured(count('properties.amount.of.it'), amounts(1, 'text', null))).toBe(0);
});
