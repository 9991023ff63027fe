/** 32 buckets for each doubling: their bounds lie 2.2 % apart. Wider ranges of readings get coarser ones. */
const FINEST_SCALE = 5;
/** Of one sign. What OpenTelemetry's SDKs keep too: opentelemetry.io/docs/specs/otel/metrics/sdk/#base2-exponential-bucket-histogram-aggregation */
const MAX_BUCKETS = 160;

/** Counts of consecutive buckets, from the one with the number `offset` on. */
export interface BucketRun {
  readonly offset: number;
  readonly bucketCounts: readonly number[];
}

/**
 * An exponential histogram, with the field names of OpenTelemetry's data model: bucket `i` counts what is above
 * `base ** i` and at most `base ** (i + 1)`, where `base` is `2 ** (2 ** -scale)`. Two of one scale merge by adding the
 * counts of equal numbers; of two scales the finer one's numbers are first shifted right, by the difference (`i >> 1` for 1).
 */
export interface Buckets {
  readonly scale: number;
  readonly zeroCount: number;
  readonly positive?: BucketRun | undefined;
  /** Of what is below zero, without its sign. */
  readonly negative?: BucketRun | undefined;
}

export interface Distribution {
  readonly add: (value: number) => void;
  readonly read: () => Buckets;
}

/** Counts numbers in buckets, as fine as a bounded number of them allows. */
export function createDistribution(): Distribution {
  let scale = FINEST_SCALE;
  let zeroCount = 0;
  let positive = new Map<number, number>();
  let negative = new Map<number, number>();

  function coarsen(): void {
    scale--;
    positive = halved(positive);
    negative = halved(negative);
  }

  return {
    add(value) {
      if (value === 0) {
        zeroCount++;
        return;
      }
      const counts = value > 0 ? positive : negative;
      const index = Math.ceil(Math.log2(Math.abs(value)) * 2 ** scale) - 1;
      counts.set(index, (counts.get(index) ?? 0) + 1);
      while (positive.size > MAX_BUCKETS || negative.size > MAX_BUCKETS) coarsen();
    },
    read() {
      // The run between the least and the greatest, which may be far apart.
      while (lengthOf(positive) > MAX_BUCKETS || lengthOf(negative) > MAX_BUCKETS) coarsen();
      return { scale, zeroCount, positive: runOf(positive), negative: runOf(negative) };
    },
  };
}

function halved(counts: ReadonlyMap<number, number>): Map<number, number> {
  const coarser = new Map<number, number>();
  for (const [index, count] of counts) {
    coarser.set(index >> 1, (coarser.get(index >> 1) ?? 0) + count);
  }
  return coarser;
}

function lengthOf(counts: ReadonlyMap<number, number>): number {
  return counts.size && Math.max(...counts.keys()) - Math.min(...counts.keys()) + 1;
}

function runOf(counts: ReadonlyMap<number, number>): BucketRun | undefined {
  if (counts.size === 0) return undefined;
  const offset = Math.min(...counts.keys());
  const bucketCounts = Array.from(
    { length: lengthOf(counts) },
    (_, place) => counts.get(offset + place) ?? 0,
  );
  return { offset, bucketCounts };
}
