// @vitest-environment node
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DuplicateFilterOptions } from '../../../../src/consumer/ledger/options.ts';
import {
  type DuplicateFilter,
  withoutDuplicates,
} from '../../../../src/consumer/ledger/without-duplicates.ts';
import type { ConsumedRecord } from '../../../../src/consumer/types.ts';
import { RivuletError } from '../../../../src/errors.ts';
import { consumed, LANE, streamRecord } from '../event.ts';
import { createFilterJob } from './filter-job.ts';

let places = 0;

/** A record at a place of its own. */
function recordOf(seq: number, lane = LANE): ConsumedRecord {
  return { ...consumed(streamRecord(seq, { lane })), sequenceNumber: String(++places) };
}

/** Hands it out and has it done, where it is wanted. */
function take(filter: DuplicateFilter, record: ConsumedRecord): boolean {
  const isWanted = filter.isWanted(record);
  if (isWanted) filter.done(record);
  return isWanted;
}

test('each event of a lane passes once, in whatever order it comes', () => {
  const filter = withoutDuplicates();

  const taken = [1, 2, 2, 5, 1, 4, 5, 3].map((seq) => take(filter, recordOf(seq)));

  expect(taken).toEqual([true, true, false, true, false, true, false, true]);
  expect(take(filter, recordOf(1, 'lane-two'))).toBe(true);
  expect(filter.counts()).toEqual({
    ...{ passed: 6, duplicates: 3, foreign: 0, lanes: 2, runs: 2 },
    ...{ forgottenLanes: 0, forgottenRuns: 0 },
  });
});

test('records of others pass, every copy', () => {
  const filter = withoutDuplicates();

  const taken = [take(filter, consumed(undefined)), take(filter, consumed(undefined))];

  expect(taken).toEqual([true, true]);
  expect(filter.counts()).toMatchObject({ passed: 2, foreign: 2, lanes: 0 });
});

test('what was handed out and not done comes again at its place, and nowhere else', () => {
  const filter = withoutDuplicates();
  const record = recordOf(1);

  const taken = [record, recordOf(1), { ...record }].map(filter.isWanted);

  expect(taken).toEqual([true, false, true]);
  expect(filter.counts()).toMatchObject({ passed: 1, duplicates: 1 });
});

test('the same place of an aggregate, or of another shard, is another place', () => {
  const filter = withoutDuplicates();
  const record = recordOf(1);
  filter.isWanted(record);

  expect(filter.isWanted({ ...record, subSequenceNumber: 1 })).toBe(false);
  expect(filter.isWanted({ ...record, shardId: 'shardId-000000000001' })).toBe(false);
});

test('beyond maxLanes the lane that was quiet for the longest time is forgotten, and passes again', () => {
  const filter = withoutDuplicates({ maxLanes: 2 });
  take(filter, recordOf(1, 'lane-one'));
  take(filter, recordOf(1, 'lane-two'));
  take(filter, recordOf(1, 'lane-one'));

  take(filter, recordOf(1, 'lane-three'));

  expect(take(filter, recordOf(1, 'lane-one'))).toBe(false);
  expect(take(filter, recordOf(1, 'lane-two'))).toBe(true);
  expect(filter.counts()).toMatchObject({ lanes: 2, forgottenLanes: 2 });
});

test('beyond maxRuns the lowest numbers of that lane are forgotten, and pass again', () => {
  const filter = withoutDuplicates({ maxRuns: 3 });
  for (const seq of [1, 3, 5]) take(filter, recordOf(seq));

  take(filter, recordOf(7));

  expect([3, 5, 7].map((seq) => filter.isWanted(recordOf(seq)))).toEqual([false, false, false]);
  expect(filter.counts()).toMatchObject({ runs: 3, forgottenRuns: 1 });
  expect(take(filter, recordOf(1))).toBe(true);
});

test('a lane goes with its last run', () => {
  const filter = withoutDuplicates({ maxRuns: 2 });
  take(filter, recordOf(1, 'lane-one'));
  for (const seq of [1, 3]) take(filter, recordOf(seq, 'lane-two'));

  expect(filter.counts()).toMatchObject({ lanes: 1, runs: 2, forgottenLanes: 1, forgottenRuns: 0 });
});

test('what is in no hand any more is forgotten at last', () => {
  const filter = withoutDuplicates();
  for (let seq = 1; seq <= 100_001; seq++) filter.isWanted(recordOf(seq));

  expect(filter.isWanted(recordOf(100_001))).toBe(false);
  expect(filter.counts()).toMatchObject({ passed: 100_001, forgottenRuns: 1 });
  expect(filter.isWanted(recordOf(1))).toBe(true);
});

test('goes on from a snapshot, lanes in their order', () => {
  const before = withoutDuplicates();
  for (const seq of [1, 2, 4]) take(before, recordOf(seq, 'lane-one'));
  take(before, recordOf(1, 'lane-two'));
  before.isWanted(recordOf(9, 'lane-two'));
  const snapshot = JSON.parse(JSON.stringify(before.snapshot()));

  const filter = withoutDuplicates({ from: snapshot, maxLanes: 2 });

  expect([1, 2, 4].map((seq) => filter.isWanted(recordOf(seq, 'lane-one')))).toEqual(
    Array(3).fill(false),
  );
  expect(filter.snapshot().lanes).toEqual([
    ['lane-two', [1, 1]],
    ['lane-one', [1, 2, 4, 4]],
  ]);
  // It was not done.
  expect(filter.isWanted(recordOf(9, 'lane-two'))).toBe(true);
});

test('a snapshot with what is in hand holds it, and the filter itself does not', () => {
  const filter = withoutDuplicates();
  take(filter, recordOf(1));
  const [next, other] = [recordOf(2), recordOf(7, 'lane-two')];

  const { lanes } = filter.snapshot([next, other, consumed(undefined)]);

  expect(lanes).toEqual([
    [LANE, [1, 2]],
    ['lane-two', [7, 7]],
  ]);
  expect(filter.snapshot().lanes).toEqual([[LANE, [1, 1]]]);
});

test('a snapshot of more than may be remembered is cut to that', () => {
  const before = withoutDuplicates();
  for (const lane of ['lane-one', 'lane-two', 'lane-three']) take(before, recordOf(1, lane));

  const filter = withoutDuplicates({ from: before.snapshot(), maxLanes: 1 });

  expect(filter.snapshot().lanes).toEqual([['lane-three', [1, 1]]]);
  expect(filter.counts()).toMatchObject({ lanes: 1, runs: 1, forgottenLanes: 2 });
});

test.each([
  [{ maxLanes: 0 }, 'maxLanes: expected a whole number from 1, got 0'],
  [{ maxRuns: Number.NaN }, 'maxRuns: expected a whole number from 1, got NaN'],
])('refuses %j', (options, message) => {
  expect(() => withoutDuplicates(options)).toThrow(new RivuletError('invalid_option', message));
});

describe('for any course of reads, copies, take-overs and crashes', () => {
  const SHARDS = 2;
  const event = fc.record({
    lane: fc.constantFrom('lane-one', 'lane-two', 'lane-three'),
    seq: fc.integer({ min: 1, max: 12 }),
  });
  const shards = fc.array(fc.array(event, { maxLength: 25, size: 'max' }), {
    minLength: SHARDS,
    maxLength: SHARDS,
  });
  const action = fc.oneof(
    { weight: 10, arbitrary: fc.constant('read' as const) },
    { weight: 5, arbitrary: fc.constant('finish' as const) },
    { weight: 2, arbitrary: fc.constantFrom('commit' as const, 'write' as const) },
    { weight: 1, arbitrary: fc.constantFrom('revoke' as const, 'crash' as const) },
  );
  const course = fc.array(fc.tuple(action, fc.nat({ max: SHARDS - 1 })), {
    maxLength: 120,
    size: 'max',
  });
  type Shards = typeof shards extends fc.Arbitrary<infer T> ? T : never;
  type Course = typeof course extends fc.Arbitrary<infer T> ? T : never;

  /** What is written at the end, and what there was to write. */
  function play(events: Shards, steps: Course, limits: DuplicateFilterOptions) {
    const records = events.map((those, shard) =>
      those.map(({ lane, seq }) => ({ ...recordOf(seq, lane), shardId: `shardId-${shard}` })),
    );
    const job = createFilterJob(records, limits);
    for (const [action, shard] of steps) job[action](shard);
    const all = new Set(records.flat().map(({ event }) => event?.messageId));
    return { ...job.end(), all: [...all].sort() };
  }

  test('each event is written exactly once', () => {
    fc.assert(
      fc.property(shards, course, (events, steps) => {
        const { rows, all } = play(events, steps, {});

        expect(rows).toEqual(all);
      }),
      { numRuns: 1000 },
    );
  });

  test('with little memory at least once, and exactly once while nothing was forgotten', () => {
    const limits = fc.record({
      maxLanes: fc.integer({ min: 1, max: 3 }),
      maxRuns: fc.integer({ min: 1, max: 10 }),
    });
    fc.assert(
      fc.property(shards, course, limits, (events, steps, little) => {
        const { rows, all, hasForgotten } = play(events, steps, little);

        expect([...new Set(rows)]).toEqual(all);
        if (!hasForgotten) expect(rows).toEqual(all);
      }),
      { numRuns: 1000 },
    );
  });
});
