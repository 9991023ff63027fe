import type { ConsumedEvent } from '../types.ts';
import type { Measure } from './types.ts';

/** A measure with the type of its tally. */
export interface MeasureOf<Tally, Result> {
  readonly create: () => Tally;
  readonly add: (tally: Tally, record: ConsumedEvent) => void;
  readonly merge: (tally: Tally, other: Tally) => void;
  readonly read: (tally: Tally, sizeMs: number) => Result;
}

/**
 * A measure of your own. Its tally is changed in place, and stays bounded however many events it gets; tallies are merged in
 * any order. Windows give it nothing but what its own `create` has made, so that the tally's type can be forgotten here.
 *
 * @example
 * const last = createMeasure({
 *   create: () => ({ at: '' }),
 *   add(tally, { event }) { if (event.timestamp > tally.at) tally.at = event.timestamp; },
 *   merge(tally, { at }) { if (at > tally.at) tally.at = at; },
 *   read: ({ at }) => at,
 * });
 */
export function createMeasure<Tally, Result>(measure: MeasureOf<Tally, Result>): Measure<Result> {
  return measure as unknown as Measure<Result>;
}
