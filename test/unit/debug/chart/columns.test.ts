import { describe, expect, it } from 'vitest';
import { columnsOf, roundUp } from '../../../../src/debug/chart/columns.ts';

const SECONDS = [100, 101, 102, 103, 104];

function seriesOf(
  byShard: Readonly<Record<string, readonly number[]>>,
  throttled: Readonly<Record<string, readonly number[]>> = {},
) {
  return {
    seconds: SECONDS,
    byShard: new Map(Object.entries(byShard)),
    bytesByShard: new Map(),
    throttledByShard: new Map(Object.entries(throttled)),
  };
}

describe('columns', () => {
  it('stand on each other, one layer a shard, in the order of the shards', () => {
    const { layers, totals, peak, top } = columnsOf(
      seriesOf({ b: [0, 1, 0, 0, 0], a: [0, 3, 0, 0, 0] }),
    );

    expect(layers).toEqual([
      { shardId: 'a', path: 'M1 25H2V100H1Z' },
      { shardId: 'b', path: 'M1 0H2V25H1Z' },
    ]);
    expect(totals).toEqual([0, 4, 0, 0, 0]);
    expect([peak, top]).toEqual([4, 4]);
  });

  it('that touch are one outline, and a second without records parts them', () => {
    const [layer] = columnsOf(seriesOf({ a: [1, 2, 0, 0, 4] })).layers;

    expect(layer?.path).toBe('M0 75H1V50H2V100H1V100H0ZM4 0H5V100H4Z');
  });

  it('are none where nothing was read', () => {
    const { layers, peak, top } = columnsOf(seriesOf({ a: [0, 0, 0, 0, 0] }));

    expect(layers).toEqual([{ shardId: 'a', path: '' }]);
    expect([peak, top]).toEqual([0, 4]);
    expect(columnsOf(seriesOf({})).layers).toEqual([]);
  });

  it('are hatched where any shard refused reads, as runs', () => {
    const { throttled } = columnsOf(seriesOf({}, { a: [0, 2, 0, 0, 1], b: [0, 0, 1, 0, 0] }));

    expect(throttled).toEqual([
      [1, 2],
      [4, 1],
    ]);
  });
});

describe('the top of the axis', () => {
  it.each([
    [0, 4],
    [4, 4],
    [5, 10],
    [10, 10],
    [11, 20],
    [99, 100],
    [101, 200],
    [412, 1_000],
  ])('for %i a second is %i', (rate, top) => {
    expect(roundUp(rate)).toBe(top);
  });
});
