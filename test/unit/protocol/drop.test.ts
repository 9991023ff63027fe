// @vitest-environment node
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDrop } from '../../../src/protocol/drop.ts';
import { MAX_DROP_RANGES } from '../../../src/protocol/limits.ts';

const LANE = 'k3f9aL0qXw';

function drop(change: object = {}): object {
  const ranges = [
    [3, 2],
    [9, 1],
  ];
  return { type: 'drop', properties: { lane: LANE, ranges, reason: 'too_old', ...change } };
}

test('a declaration names a lane, its ranges and the reason', () => {
  expect(parseDrop(drop())).toEqual({
    lane: LANE,
    ranges: [
      { lane: LANE, first: 3, count: 2 },
      { lane: LANE, first: 9, count: 1 },
    ],
    reason: 'too_old',
  });
});

test.each([
  ['another event', { ...drop(), type: 'track' }],
  ['an event without properties', { type: 'drop' }],
  ['properties that are a list', { type: 'drop', properties: [] }],
  ['a lane that is none', drop({ lane: '../..' })],
  ['no ranges', drop({ ranges: undefined })],
  ['an empty list of ranges', drop({ ranges: [] })],
  ['ranges that are text', drop({ ranges: '3,2' })],
  ['the form before ranges', drop({ ranges: undefined, first: 3, count: 2 })],
  ['nothing', undefined],
  ['text', 'drop'],
])('%s declares nothing', (_, event) => {
  expect(parseDrop(event)).toBeUndefined();
});

test.each([
  [[0, 1]],
  [[1, 0]],
  [[1, -3]],
  [[1.5, 1]],
  [['1', 1]],
  [[1, Number.MAX_SAFE_INTEGER]],
  [[1]],
  [[]],
  [null],
  [7],
])('the range %j is passed over, and its neighbour is not', (range) => {
  expect(parseDrop(drop({ ranges: [range, [5, 2]] }))?.ranges).toEqual([
    { lane: LANE, first: 5, count: 2 },
  ]);
  expect(parseDrop(drop({ ranges: [range] }))).toBeUndefined();
});

test.each([
  ['a reason of a later version', 'moon_phase'],
  ['no reason', undefined],
  ['a reason that is none', { toString: 'queue_full' }],
])('%s is unknown', (_, reason) => {
  expect(parseDrop(drop({ reason }))?.reason).toBe('unknown');
});

test.each([
  [MAX_DROP_RANGES - 1, MAX_DROP_RANGES - 1],
  [MAX_DROP_RANGES, MAX_DROP_RANGES],
  [MAX_DROP_RANGES + 1, MAX_DROP_RANGES],
])('of %i ranges %i are read', (given, read) => {
  const ranges = Array.from({ length: given }, (_, index) => [index * 2 + 1, 1]);

  expect(parseDrop(drop({ ranges }))?.ranges).toHaveLength(read);
});

describe('whatever comes', () => {
  test('is read without a throw, and every range it gives is one', () => {
    const anything = fc.oneof(
      fc.anything(),
      fc.record({
        type: fc.constant('drop'),
        properties: fc.record({
          lane: fc.oneof(fc.constant(LANE), fc.anything()),
          ranges: fc.array(fc.oneof(fc.tuple(fc.nat(), fc.nat()), fc.anything())),
          reason: fc.anything(),
        }),
      }),
    );
    fc.assert(
      fc.property(anything, (event) => {
        for (const { first, count } of parseDrop(event)?.ranges ?? []) {
          expect(first).toBeGreaterThan(0);
          expect(count).toBeGreaterThan(0);
          expect(Number.isSafeInteger(first + count)).toBe(true);
        }
      }),
    );
  });
});
