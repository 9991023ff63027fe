import type { ConsumedEvent } from '../types.ts';
import type { Measure } from './types.ts';

/** A measure with the type of its tally. */
export interface MeasureOf<Tally, Result> {
  readonly create: () => Tally;
  readonly add: (tally: Tally, record: ConsumedEvent) => void;
  readonly merge: (tally: Tally, other: Tally) => void;
  readonly read: (tally: Tally, sizeMs: number) => Result;
}

/** Forgets the tally's type: windows give a measure nothing but what its own `create` has made. */
export function createMeasure<Tally, Result>(measure: MeasureOf<Tally, Result>): Measure<Result> {
  return measure as unknown as Measure<Result>;
}
