import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeAggregate } from '../../src/protocol/aggregate.ts';
import { type Entry, encodeUnit, planUnits } from '../../worker/kinesis/unit.ts';
import { md5 } from './scripted-kinesis.ts';

function entriesOf(sizes: readonly number[], partitionKey = 'ключ'): Entry[] {
  return sizes.map((size, index) => ({
    index,
    partitionKey,
    data: new Uint8Array(size).fill(index),
  }));
}

const PLAN = { aggregate: true, aggregateBytes: 51_200, maxRecordBytes: 2 ** 20 };

describe('units', () => {
  test('of one key hold its events in order, whatever stands between', () => {
    const entries = ['a', 'b', 'a', 'a'].map((partitionKey, index) => ({
      index,
      partitionKey,
      data: Uint8Array.of(index),
    }));

    const plan = planUnits(entries, PLAN);

    const indexes = [...plan.values()].map((units) =>
      units.map((unit) => unit.entries.map(({ index }) => index)),
    );
    expect([...plan.keys()]).toEqual(['a', 'b']);
    expect(indexes).toEqual([[[0, 2, 3]], [[1]]]);
  });

  test('of one event are the event itself', () => {
    const [unit] = planUnits(entriesOf([5]), PLAN).get('ключ') ?? [];

    expect(unit && encodeUnit(unit)).toEqual(new Uint8Array(5));
    expect(unit?.bytes).toBe(5 + 8);
  });

  test('of several events are an aggregate of one key', () => {
    const [unit] = planUnits(entriesOf([5, 6]), PLAN).get('ключ') ?? [];

    const decoded = unit && decodeAggregate(encodeUnit(unit), md5);

    expect(decoded).toMatchObject({
      kind: 'aggregate',
      records: [{ partitionKey: 'ключ' }, { partitionKey: 'ключ' }],
    });
  });

  test('of a source that does not aggregate are single events', () => {
    const units = planUnits(entriesOf([5, 6, 7]), { ...PLAN, aggregate: false }).get('ключ');

    expect(units?.map(({ entries }) => entries.length)).toEqual([1, 1, 1]);
  });

  test.each([
    [51_199, [2]],
    [51_200, [2]],
    [51_201, [1, 1]],
  ])('of %i bytes together make %j', (bytes, expected) => {
    // Frame 20, key table 2 + 8, and twice (record 4 + key 2 + data 4).
    const rest = bytes - 20 - 10 - 20;
    const sizes = [25_000, rest - 25_000];

    const units = planUnits(entriesOf(sizes), PLAN).get('ключ') ?? [];

    expect(units.map(({ entries }) => entries.length)).toEqual(expected);
    const [first] = units;
    if (first?.entries.length === 2) expect(encodeUnit(first)).toHaveLength(bytes);
  });

  test('lose, double or reorder nothing, and keep their size', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 30_000 }), { maxLength: 40 }), (sizes) => {
        const units = planUnits(entriesOf(sizes), PLAN).get('ключ') ?? [];

        const indexes = units.flatMap(({ entries }) => entries.map(({ index }) => index));
        expect(indexes).toEqual(sizes.map((_, index) => index));
        for (const unit of units) {
          expect(unit.bytes).toBe(encodeUnit(unit).length + 8);
          if (unit.entries.length > 1) expect(unit.bytes - 8).toBeLessThanOrEqual(51_200);
        }
      }),
      { numRuns: 50, seed: 1 },
    );
  });
});
