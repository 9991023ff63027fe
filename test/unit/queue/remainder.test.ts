import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { remainderOf } from '../../../src/queue/remainder.ts';
import type { StoredSegment } from '../../../src/queue/types.ts';
import { linesOf, segmentOf } from '../../conformance/segment-log.ts';

const LANE = 'lane-aaaa';
const stored = (id: number, first: number, count: number): StoredSegment => ({
  ...segmentOf(LANE, first, count),
  id,
});

describe('remainderOf', () => {
  it.each([
    ['another lane', { lane: 'lane-bbbb', first: 1, count: 99 }],
    ['the events before it', { lane: LANE, first: 1, count: 9 }],
    ['the events after it', { lane: LANE, first: 15, count: 9 }],
  ])('leaves a segment as it is when %s is settled', (_, range) => {
    const segment = stored(1, 10, 5);

    const remainder = remainderOf(segment, range);

    expect(remainder).toHaveLength(1);
    expect(remainder[0]).toBe(segment);
  });

  it.each([
    { first: 10, count: 5, left: [] },
    { first: 1, count: 99, left: [] },
    { first: 1, count: 10, left: [[11, 4]] },
    { first: 10, count: 1, left: [[11, 4]] },
    { first: 14, count: 1, left: [[10, 4]] },
    { first: 14, count: 99, left: [[10, 4]] },
    {
      first: 12,
      count: 1,
      left: [
        [10, 2],
        [13, 2],
      ],
    },
  ])(
    'leaves $left of events 10 to 14 when $count from $first on are settled',
    ({ first, count, left }) => {
      const remainder = remainderOf(stored(1, 10, 5), { lane: LANE, first, count });

      expect(remainder.map((run) => [run.first, run.count])).toEqual(left);
      expect(remainder.map(linesOf)).toEqual(
        left.map(([from = 0, size = 0]) => linesOf(segmentOf(LANE, from, size))),
      );
    },
  );

  it('keeps ids ascending, apart and below the next, however often and wherever it cuts', () => {
    const cut = fc.record({
      first: fc.integer({ min: 1, max: 500 }),
      count: fc.integer({ min: 1, max: 9 }),
    });
    const ids = fc.integer({ min: 1, max: 2 ** 33 });
    fc.assert(
      fc.property(ids, fc.array(cut, { maxLength: 60 }), (id, cuts) => {
        let runs: readonly StoredSegment[] = [stored(id, 1, 500)];

        for (const range of cuts) {
          runs = runs.flatMap((run) => remainderOf(run, { lane: LANE, ...range }));
        }

        const place = [...runs.map((run) => run.id), id + 1];
        expect(
          place.every((here, index) => index === 0 || here > (place[index - 1] as number)),
        ).toBe(true);
        expect(runs.every((run) => run.id === id + (run.first - 1) * 2 ** -20)).toBe(true);
      }),
      { seed: 13 },
    );
  });
});
