import type { ConsumedEvent } from '../types.ts';
import { createMeasure } from './measure.ts';
import { countOf, readingsOf, sumOf } from './numbers.ts';
import type { Field, Measure } from './types.ts';

/** Numbers of a field, summed up. Without any, `min`, `max` and `mean` are `undefined`. */
export interface Summary {
  readonly count: number;
  readonly sum: number;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly mean: number | undefined;
}

/** How many events; of a field, how many readings. */
export function count(field?: Field): Measure<number> {
  if (field === undefined) return adding(() => 1);
  const find = readingsOf(field);
  return adding((record) => countOf(find(record) ?? NONE));
}

/** What the numbers of a field come to. */
export function sum(field: Field): Measure<number> {
  const find = readingsOf(field);
  return adding((record) => sumOf(find(record) ?? 0));
}

/** Events a second; of a field, what its numbers come to a second. */
export function rate(field?: Field): Measure<number> {
  const measure = field === undefined ? count() : sum(field);
  return {
    ...measure,
    read: (tally, sizeMs) => measure.read(tally, sizeMs) / (sizeMs / 1000),
  };
}

/** Number, sum, least, greatest and mean of a field's readings. */
export function summary(field: Field): Measure<Summary> {
  const find = readingsOf(field);
  return createMeasure({
    create: () => ({ ...NONE }),
    add(tally, record) {
      const reading = find(record);
      if (reading === undefined) return;
      tally.count += countOf(reading);
      tally.sum += sumOf(reading);
      tally.min = Math.min(tally.min, typeof reading === 'number' ? reading : reading.min);
      tally.max = Math.max(tally.max, typeof reading === 'number' ? reading : reading.max);
    },
    merge(tally, other) {
      tally.count += other.count;
      tally.sum += other.sum;
      tally.min = Math.min(tally.min, other.min);
      tally.max = Math.max(tally.max, other.max);
    },
    read({ count, sum, min, max }): Summary {
      if (count === 0) return { count, sum, min: undefined, max: undefined, mean: undefined };
      return { count, sum, min, max, mean: sum / count };
    },
  });
}

const NONE = {
  count: 0,
  sum: 0,
  min: Number.POSITIVE_INFINITY,
  max: Number.NEGATIVE_INFINITY,
  buckets: undefined,
};

function adding(amountOf: (record: ConsumedEvent) => number): Measure<number> {
  return createMeasure({
    create: () => ({ amount: 0 }),
    add(tally, record) {
      tally.amount += amountOf(record);
    },
    merge(tally, other) {
      tally.amount += other.amount;
    },
    read: ({ amount }) => amount,
  });
}
