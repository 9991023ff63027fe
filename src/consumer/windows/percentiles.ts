import { RivuletError } from '../../errors.ts';
import { createMeasure } from './measure.ts';
import { readingsOf } from './numbers.ts';
import type { Reading } from './reading.ts';
import {
  addBuckets,
  addToSketch,
  createSketch,
  mergeSketch,
  relativeErrorOf,
  type Sketch,
  valueAt,
} from './sketch.ts';
import type { Field, Measure } from './types.ts';

/**
 * `p50` and the others that were asked for: of the sorted readings the one that so many percent, rounded up, do not exceed.
 * `undefined` where there is none.
 */
export type Percentiles<Asked extends number> = {
  readonly [P in Asked as `p${P}`]: number | undefined;
} & {
  readonly count: number;
  /** How far a percentile may be from the true one, as a part of it: 0.011, unless clients sent coarser histograms. */
  readonly relativeError: number;
  /** Readings that a client has gathered without buckets: they count at their mean, and that error has no bound. */
  readonly estimated: number;
};

interface Tally {
  readonly sketch: Sketch;
  count: number;
  min: number;
  max: number;
  estimated: number;
}

/**
 * Percentiles of a field's readings, such as `percentiles('properties.durationMs', [50, 95])`. The least and the greatest
 * are exact. Histograms of `metrics()` merge. However many readings there are, they take 8 kB over three powers of ten, 22 kB
 * over six, and never more than 90 kB: of what spreads wider the buckets get coarser, which `relativeError` says.
 */
export function percentiles<const Asked extends number>(
  field: Field,
  asked: readonly Asked[],
): Measure<Percentiles<Asked>> {
  for (const percent of asked) {
    if (percent >= 0 && percent <= 100) continue;
    throw new RivuletError('invalid_option', `percentiles: expected 0 to 100, got ${percent}`);
  }
  const find = readingsOf(field);
  return createMeasure({
    create: (): Tally => ({
      sketch: createSketch(),
      count: 0,
      min: Number.POSITIVE_INFINITY,
      max: Number.NEGATIVE_INFINITY,
      estimated: 0,
    }),
    add(tally, record) {
      const reading = find(record);
      if (reading === undefined) return;
      if (typeof reading === 'number') {
        addToSketch(tally.sketch, reading, 1);
        widen(tally, reading, reading, 1);
      } else {
        addGathered(tally, reading);
        widen(tally, reading.min, reading.max, reading.count);
      }
    },
    merge(tally, other) {
      mergeSketch(tally.sketch, other.sketch);
      tally.estimated += other.estimated;
      widen(tally, other.min, other.max, other.count);
    },
    read({ sketch, count, min, max, estimated }) {
      const percentile = (percent: number): number | undefined => {
        if (count === 0) return undefined;
        const rank = Math.max(1, Math.ceil((percent / 100) * count));
        if (rank === 1) return min;
        return rank === count ? max : Math.min(max, Math.max(min, valueAt(sketch, rank)));
      };
      const values = Object.fromEntries(
        asked.map((percent) => [`p${percent}`, percentile(percent)]),
      );
      const relativeError = relativeErrorOf(sketch);
      return { ...values, count, relativeError, estimated } as Percentiles<Asked>;
    },
  });
}

function widen(tally: Tally, min: number, max: number, count: number): void {
  tally.count += count;
  tally.min = Math.min(tally.min, min);
  tally.max = Math.max(tally.max, max);
}

function addGathered(tally: Tally, { count, sum, min, max, buckets }: Reading): void {
  const { sketch } = tally;
  if (buckets) {
    addBuckets(sketch, buckets, min, max);
    return;
  }
  addToSketch(sketch, min, 1);
  if (count > 1) addToSketch(sketch, max, 1);
  const rest = count - 2;
  if (rest <= 0) return;
  addToSketch(sketch, Math.min(max, Math.max(min, (sum - min - max) / rest)), rest);
  // The one in the middle of three is known.
  if (rest > 1) tally.estimated += rest;
}
