// @vitest-environment node
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addRun, dropLowest, removeNumber } from '../../../../src/consumer/ledger/edit-runs.ts';
import { encodeRuns, parseRuns } from '../../../../src/consumer/ledger/flat-runs.ts';
import {
  absentFrom,
  countIn,
  createRuns,
  hasNumber,
  type Runs,
  runAt,
} from '../../../../src/consumer/ledger/runs.ts';

/** Enough for chunks to split, and to end up empty. */
const HIGHEST = 1500;

/** The numbers of a set as runs. */
function runsOf(numbers: Iterable<number>): number[] {
  const flat: number[] = [];
  for (const number of [...numbers].sort((one, other) => one - other)) {
    if (flat.at(-1) === number - 1) flat[flat.length - 1] = number;
    else flat.push(number, number);
  }
  return flat;
}

function absentOf(numbers: ReadonlySet<number>, first: number, last: number): number[] {
  const all = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  return runsOf(all.filter((number) => !numbers.has(number)));
}

const number = fc.integer({ min: 1, max: HIGHEST });
const range = fc
  .tuple(number, fc.oneof(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 700 })))
  .map(([first, more]): [number, number] => [first, Math.min(first + more, HIGHEST)]);
const step = fc.oneof(
  { weight: 30, arbitrary: fc.record({ add: number }) },
  { weight: 4, arbitrary: fc.record({ remove: number }) },
  { weight: 1, arbitrary: fc.record({ range }) },
  { weight: 1, arbitrary: fc.constant({ drop: true }) },
);

/** Every other number: as many runs as there can be. */
function manyRuns(): { runs: Runs; model: Set<number> } {
  const runs = createRuns();
  const model = new Set<number>();
  for (let each = 1; each <= HIGHEST; each += 2) {
    addRun(runs, each, each);
    model.add(each);
  }
  return { runs, model };
}

test('for any course of steps the runs are those of a set', () => {
  const course = fc.tuple(fc.boolean(), fc.array(step, { maxLength: 400, size: 'max' }));
  fc.assert(
    fc.property(course, number, number, ([isFull, steps], one, other) => {
      const { runs, model } = isFull
        ? manyRuns()
        : { runs: createRuns(), model: new Set<number>() };
      for (const each of steps) {
        if ('add' in each) {
          expect(addRun(runs, each.add, each.add)).toBe(model.has(each.add) ? 0 : 1);
          model.add(each.add);
        } else if ('remove' in each) {
          expect(removeNumber(runs, each.remove)).toBe(model.delete(each.remove));
        } else if ('range' in each) {
          const before = model.size;
          for (let at = each.range[0]; at <= each.range[1]; at++) model.add(at);
          expect(addRun(runs, ...each.range)).toBe(model.size - before);
        } else {
          const [first = 0, last = -1] = runsOf(model);
          for (let at = first; at <= last; at++) model.delete(at);
          dropLowest(runs);
        }
        expect(runs.count).toBe(model.size);
      }

      const flat = runsOf(model);
      const [first, last] = [Math.min(one, other), Math.max(one, other)];
      expect(encodeRuns(runs, false)).toEqual(flat);
      expect(runs.size).toBe(flat.length / 2);
      expect([runs.first, runs.last]).toEqual([flat[0] ?? 0, flat.at(-1) ?? 0]);
      expect(absentFrom(runs, first, last).flat()).toEqual(absentOf(model, first, last));
      expect(countIn(runs, first, last)).toBe(
        [...model].filter((n) => n >= first && n <= last).length,
      );
      expect(hasNumber(runs, one)).toBe(model.has(one));
      expect(runAt(runs, one) !== undefined).toBe(model.has(one));
      expect(encodeRuns(parseRuns(flat, false), false)).toEqual(flat);
    }),
    { numRuns: 60 },
  );
});

test('a run has the mark of its highest number, and one below where that has none', () => {
  const runs = createRuns();
  addRun(runs, 1, 1, 100);
  addRun(runs, 5, 5, 500);
  addRun(runs, 9, 9, 900);

  addRun(runs, 6, 7);
  addRun(runs, 2, 2, 200);
  expect(encodeRuns(runs, true)).toEqual([1, 2, 200, 5, 7, 500, 9, 9, 900]);

  addRun(runs, 3, 4, 400);
  addRun(runs, 8, 8);

  expect(encodeRuns(runs, true)).toEqual([1, 9, 900]);
});

test('a mark that comes later, for a number that is there, is taken where it is the highest', () => {
  const runs = createRuns();
  addRun(runs, 1, 4);

  addRun(runs, 2, 2, 200);
  addRun(runs, 4, 4, 400);
  addRun(runs, 3, 3, 300);

  expect(encodeRuns(runs, true)).toEqual([1, 4, 400]);
});

test('a hole that fills in front of a million others takes no longer than one at the end', () => {
  const runs = createRuns();
  for (let each = 2; each <= 2_000_000; each += 2) addRun(runs, each, each);
  const startedAt = performance.now();

  for (let each = 1; each <= 400_000; each += 2) addRun(runs, each, each);

  expect(runs).toMatchObject({ count: 1_200_000, size: 800_001, first: 1 });
  // One list of all the runs moves megabytes for each: minutes.
  expect(performance.now() - startedAt).toBeLessThan(20_000);
});
