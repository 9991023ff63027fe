import type { Properties } from '../protocol/event.ts';
import { createDistribution } from './distribution.ts';
import type { MetricKind } from './types.ts';

/** The readings of one metric, one unit and one set of attributes. */
export interface Series {
  readonly add: (value: number) => void;
  /** As the properties of a `metric` event. `value` is what its kind is about: a sum, the last one, the mean. */
  readonly read: () => Properties;
}

export function createSeries(kind: MetricKind): Series {
  const distribution = kind === 'histogram' ? createDistribution() : undefined;
  let count = 0;
  let sum = 0;
  let last = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;

  return {
    add(value) {
      count++;
      sum += value;
      last = value;
      min = Math.min(min, value);
      max = Math.max(max, value);
      distribution?.add(value);
    },
    read() {
      const value = { counter: sum, gauge: last, histogram: sum / count }[kind];
      return { value, count, sum, min, max, buckets: distribution?.read() };
    },
  };
}
