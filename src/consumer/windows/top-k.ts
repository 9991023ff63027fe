import { RivuletError } from '../../errors.ts';
import { labelOf } from './field.ts';
import { createMeasure } from './measure.ts';
import { readingsOf, sumOf } from './numbers.ts';
import { addToSpaceSaving, createSpaceSaving, mergeSpaceSaving } from './space-saving.ts';
import type { Field, Measure } from './types.ts';

export interface TopKOptions {
  /** @default 10 */
  readonly k?: number;
  /** Adds up this field's numbers, of which none may be negative, instead of events. */
  readonly weigh?: Field;
  /**
   * Values that are kept. With no more different ones all counts are exact; with more, a value that has more than the total
   * divided by this is never missed.
   * @default 10 times k, 100 at least
   */
  readonly capacity?: number;
}

export interface Ranked {
  readonly value: string;
  /** The true count is no more than this, */
  readonly count: number;
  /** and no less than this. The same where it is exact. */
  readonly atLeast: number;
}

/** The values of a field that come most often, the first first. Values of equal counts in the order of their texts. */
export function topK(field: Field, options: TopKOptions = {}): Measure<readonly Ranked[]> {
  const { k = 10, weigh, capacity = Math.max(100, 10 * k) } = options;
  if (!(Number.isInteger(k) && k > 0)) {
    throw new RivuletError('invalid_option', `k: expected a whole number from 1, got ${k}`);
  }
  if (!(Number.isInteger(capacity) && capacity >= k)) {
    throw new RivuletError('invalid_option', `capacity: expected at least k, got ${capacity}`);
  }
  const find = labelOf(field);
  const weightsOf = weigh === undefined ? () => 1 : readingsOf(weigh);
  return createMeasure({
    create: createSpaceSaving,
    add(tally, record) {
      const value = find(record);
      if (value === undefined) return;
      const weight = sumOf(weightsOf(record) ?? 0);
      if (weight < 0) throw new TypeError(`weigh: expected a number from 0, got ${weight}`);
      if (weight > 0) addToSpaceSaving(tally, capacity, value, weight);
    },
    merge: (tally, other) => mergeSpaceSaving(tally, capacity, other),
    read: ({ heap }): readonly Ranked[] =>
      [...heap]
        .sort((one, other) => other.count - one.count || (one.value < other.value ? -1 : 1))
        .slice(0, k)
        .map(({ value, count, error }) => ({ value, count, atLeast: count - error })),
  });
}
