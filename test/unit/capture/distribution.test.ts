import { describe, expect, test } from 'vitest';
import { createDistribution } from '../../../src/capture/distribution.ts';
import type { BucketRun, Buckets } from '../../../src/protocol/histogram.ts';
import { seededRandom } from '../../helpers/seeded-random.ts';

function distributionOf(values: readonly number[]): Buckets {
  const distribution = createDistribution();
  for (const value of values) distribution.add(value);
  return distribution.read();
}

/** As a reader has them: what is above `from` and at most `to`, of which so many. */
function rangesOf({ scale, zeroCount, positive, negative }: Buckets) {
  const base = 2 ** (2 ** -scale);
  const ranges = ({ offset, bucketCounts }: BucketRun) =>
    bucketCounts.map((count, place) => ({
      from: base ** (offset + place),
      to: base ** (offset + place + 1),
      count,
    }));
  return {
    zeroCount,
    positive: positive ? ranges(positive) : [],
    negative: negative ? ranges(negative) : [],
  };
}

/** Of numbers as a device has them: from thousandths to millions, and of either sign. */
function numbers(count: number, seed: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => (random() - 0.3) * 10 ** (random() * 9 - 3));
}

/** The documented rule for two readers' buckets, of which one may be coarser. */
function mergeRuns(one: Buckets, other: Buckets, sign: 'positive' | 'negative') {
  const scale = Math.min(one.scale, other.scale);
  const counts = new Map<number, number>();
  for (const buckets of [one, other]) {
    const { offset = 0, bucketCounts = [] } = buckets[sign] ?? {};
    bucketCounts.forEach((count, place) => {
      const index = (offset + place) >> (buckets.scale - scale);
      if (count > 0) counts.set(index, (counts.get(index) ?? 0) + count);
    });
  }
  return { scale, counts };
}

describe('a distribution', () => {
  test('of nothing has no buckets', () => {
    expect(distributionOf([])).toEqual({ scale: 5, zeroCount: 0 });
  });

  test('counts zeros, and numbers of each sign apart', () => {
    const { zeroCount, positive, negative } = distributionOf([0, -0, 1, -1, -1]);

    expect(zeroCount).toBe(2);
    expect(positive?.bucketCounts).toEqual([1]);
    expect(negative?.bucketCounts).toEqual([2]);
  });

  test.each([1, 2, 8, 1024, 0.5, 2 ** -20, 2 ** 60])(
    'has %d at the upper bound of its bucket',
    (value) => {
      const { scale, positive } = distributionOf([value]);

      expect(positive?.offset).toBe(Math.log2(value) * 2 ** scale - 1);
    },
  );

  test('counts every number within the bounds of its bucket', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const values = numbers(200, seed);

      const read = rangesOf(distributionOf(values));

      for (const sign of ['positive', 'negative'] as const) {
        const own = values.map((value) => (sign === 'positive' ? value : -value));
        for (const { from, to, count } of read[sign]) {
          // The bounds are computed anew here: a rounding's width apart.
          const inside = own.filter((v) => v > from * (1 + 1e-9) && v <= to * (1 - 1e-9)).length;
          const near = own.filter((v) => v > from * (1 - 1e-9) && v <= to * (1 + 1e-9)).length;
          expect(count).toBeGreaterThanOrEqual(inside);
          expect(count).toBeLessThanOrEqual(near);
        }
      }
    }
  });

  test.each([
    ['spread evenly', Array.from({ length: 10_000 }, (_, n) => n + 1)],
    ['far apart', [5e-324, Number.MAX_VALUE]],
    ['of every size', Array.from({ length: 2000 }, (_, n) => 2 ** (n - 1000))],
    ['of both signs', numbers(5000, 3)],
  ])('has at most 160 buckets of a sign and loses no number where they are %s', (_, values) => {
    const { zeroCount, positive, negative } = distributionOf(values);
    const runs = [positive, negative].map((run) => run?.bucketCounts ?? []);

    for (const counts of runs) expect(counts.length).toBeLessThanOrEqual(160);
    const counted = runs.flat().reduce((sum, count) => sum + count, zeroCount);
    expect(counted).toBe(values.length);
  });

  test('of numbers that are close together has buckets 2.2 % wide', () => {
    const values = Array.from({ length: 1000 }, (_, n) => 20 + n / 1000);

    const { positive } = rangesOf(distributionOf(values));

    expect(positive.length).toBeLessThanOrEqual(4);
    for (const { from, to } of positive) expect(to / from).toBeCloseTo(1.0219, 4);
  });

  test('merges with another one by its numbers, whichever is coarser', () => {
    for (let seed = 1; seed <= 30; seed++) {
      const some = numbers(100, seed);
      const others = seed % 2 ? numbers(1000, seed + 100) : [40, 41, 42];
      const together = distributionOf([...some, ...others]);

      for (const sign of ['positive', 'negative'] as const) {
        const merged = mergeRuns(distributionOf(some), distributionOf(others), sign);
        const expected = mergeRuns(together, { scale: merged.scale, zeroCount: 0 }, sign);

        // The one of all may be coarser than both.
        const shift = merged.scale - expected.scale;
        const shifted = new Map<number, number>();
        for (const [index, count] of merged.counts) {
          shifted.set(index >> shift, (shifted.get(index >> shift) ?? 0) + count);
        }
        expect([...shifted].sort()).toEqual([...expected.counts].sort());
      }
    }
  });
});
