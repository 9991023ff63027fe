import { describe, expect, it } from 'vitest';
import { createRates, RATE_SECONDS } from '../../../src/debug/reading/rates.ts';

const NOW = 1_763_673_600_000;

describe('rates', () => {
  it('count whole seconds that are over', () => {
    const rates = createRates();
    for (let index = 0; index < 20; index++) rates.add('a', NOW - 2_000 + index);
    for (let index = 0; index < 7; index++) rates.add('a', NOW + index);

    expect(rates.perSecond('a', NOW, 5)).toBe(4);
    expect(rates.perSecond('a', NOW, 1)).toBe(0);
    expect(rates.perSecond('a', NOW + 1_000, 1)).toBe(7);
    expect(rates.perSecond('other', NOW, 5)).toBe(0);
  });

  it('keep each shard apart in the columns of the chart', () => {
    const rates = createRates();
    rates.add('a', NOW - 1_000);
    rates.add('b', NOW - 2_000);
    rates.add('b', NOW - 2_000);

    const { seconds, byShard } = rates.series(NOW);

    expect(seconds).toHaveLength(RATE_SECONDS);
    expect(seconds.at(-1)).toBe(NOW / 1000 - 1);
    expect(byShard.get('a')?.slice(-2)).toEqual([0, 1]);
    expect(byShard.get('b')?.slice(-2)).toEqual([2, 0]);
  });

  it('forget what is older than the chart', () => {
    const rates = createRates();
    rates.add('a', NOW);
    rates.add('a', NOW + (RATE_SECONDS + 1) * 1000);

    const { byShard } = rates.series(NOW + (RATE_SECONDS + 2) * 1000);

    expect(byShard.get('a')?.reduce((sum, count) => sum + count, 0)).toBe(1);
  });

  it('count a second that arrives after a later one', () => {
    const rates = createRates();
    rates.add('a', NOW);
    rates.add('a', NOW - 5_000);

    expect(rates.perSecond('a', NOW + 1_000, 10)).toBeCloseTo(0.2);
  });
});
