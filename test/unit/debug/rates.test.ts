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

describe('rates of bytes and throttles', () => {
  it('stand beside the records, by shard and second', () => {
    const rates = createRates();
    rates.add('a', NOW - 1_000, 300);
    rates.add('a', NOW - 1_000, 200);
    rates.addThrottled('a', NOW - 2_000, 2);
    rates.add('b', NOW - 1_000, 10);

    const { bytesByShard, throttledByShard } = rates.series(NOW);

    expect(bytesByShard.get('a')?.slice(-2)).toEqual([0, 500]);
    expect(throttledByShard.get('a')?.slice(-2)).toEqual([2, 0]);
    expect(throttledByShard.has('b')).toBe(false);
    expect(rates.bytesPerSecond('a', NOW, 5)).toBe(100);
  });
});

describe('the hottest keys', () => {
  const of = (rates: ReturnType<typeof createRates>, key: string, count: number, at = NOW) => {
    for (let index = 0; index < count; index++) rates.add('a', at, 1, key);
  };

  it('are the ten with most records of the last minute, with their share', () => {
    const rates = createRates();
    of(rates, 'hot', 60);
    for (let key = 0; key < 20; key++) of(rates, `u${key}`, 2);

    const keys = rates.hotKeys('a');

    expect(keys).toHaveLength(10);
    expect(keys[0]).toEqual({ key: 'hot', share: 0.6 });
  });

  it('are those of one shard, or of all', () => {
    const rates = createRates();
    rates.add('a', NOW, 1, 'u1');
    rates.add('b', NOW, 1, 'u2');

    expect(rates.hotKeys('b')).toEqual([{ key: 'u2', share: 1 }]);
    expect(rates.hotKeys()).toHaveLength(2);
  });

  it('are forgotten after a minute', () => {
    const rates = createRates();
    of(rates, 'old', 50, NOW - 70_000);
    of(rates, 'new', 1);

    expect(rates.hotKeys('a')).toEqual([{ key: 'new', share: 1 }]);
    expect(rates.hotKeys('a', NOW + 70_000)).toEqual([]);
  });

  it('are found among more keys than are counted', () => {
    const rates = createRates();
    for (let key = 0; key < 20_000; key++) {
      rates.add('a', NOW, 1, `u${key}`);
      if (key % 10 === 0) rates.add('a', NOW, 1, 'hot');
    }

    const [first] = rates.hotKeys('a');

    expect(first?.key).toBe('hot');
    expect(first?.share).toBeGreaterThan(0.07);
    expect(first?.share).toBeLessThanOrEqual(2 / 22);
  });
});
