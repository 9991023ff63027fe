import type { StreamRecord } from '../../protocol/event.ts';
import type { BucketRun, Buckets } from '../../protocol/histogram.ts';
import { isObject } from '../../protocol/parsed.ts';
import type { ConsumedEvent } from '../types.ts';

/** Several readings in one: what a client has gathered over an interval. */
export interface Reading {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly buckets: Buckets | undefined;
}

/** OpenTelemetry's bounds: opentelemetry.io/docs/specs/otel/metrics/data-model/#exponential-scale */
const MIN_SCALE = -10;
const MAX_SCALE = 20;

/**
 * A field: the readings of all metrics of this name. What was gathered on the client counts as the readings that it stands
 * for; counts, sums, least and greatest stay exact, and percentiles as good as its buckets.
 */
export function metric(name: string): (record: ConsumedEvent) => unknown {
  return ({ event }) =>
    event.type === 'metric' && event.event === name ? metricValue(event) : undefined;
}

/** What a `metric` event has read: one value, or the parts of a {@link Reading}, as they came. */
export function metricValue({ properties = {} }: StreamRecord): unknown {
  const { value, count, sum, min, max, buckets } = properties;
  const isGathered = [count, sum, min, max].every((part) => typeof part === 'number');
  return isGathered ? { count, sum, min, max, buckets } : value;
}

/** A finite number, or readings that do not contradict themselves; `undefined` where it is neither. */
export function parseReading(value: unknown): number | Reading | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (!isObject(value)) return undefined;
  const { count, sum, min, max, buckets } = value;
  const isWhole =
    Number.isSafeInteger(count) &&
    Number(count) > 0 &&
    [sum, min, max].every(Number.isFinite) &&
    Number(min) <= Number(max) &&
    (buckets === undefined || totalOf(buckets as Buckets) === count);
  return isWhole ? (value as unknown as Reading) : undefined;
}

/** How many readings the buckets hold; NaN where they are none. */
function totalOf(buckets: Buckets): number {
  if (!isObject(buckets) || !isCount(buckets.zeroCount)) return Number.NaN;
  const { scale, zeroCount, positive, negative } = buckets;
  if (!Number.isInteger(scale) || scale < MIN_SCALE || scale > MAX_SCALE) return Number.NaN;
  return zeroCount + totalOfRun(positive) + totalOfRun(negative);
}

function totalOfRun(run: BucketRun | undefined): number {
  if (run === undefined) return 0;
  if (!isObject(run) || !Number.isSafeInteger(run.offset)) return Number.NaN;
  if (!Array.isArray(run.bucketCounts) || !run.bucketCounts.every(isCount)) return Number.NaN;
  return run.bucketCounts.reduce((sum: number, count: number) => sum + count, 0);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
