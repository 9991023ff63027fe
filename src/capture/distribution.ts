import type { BucketRun, Buckets } from '../protocol/histogram.ts';

/** 32 buckets for each doubling: their bounds lie 2.2 % apart. Wider ranges of readings get coarser ones. */
const FINEST_SCALE = 5;
/** Of one sign. What OpenTelemetry's SDKs keep too: opentelemetry.io/docs/specs/otel/metrics/sdk/#base2-exponential-bucket-histogram-aggregation */
const MAX_BUCKETS = 160;

export interface Distribution {
  readonly add: (value: number) => void;
  readonly read: () => Buckets;
}

type Counts = ReadonlyMap<number, number>;

/** Counts numbers in buckets, as fine as a bounded number of them allows. */
export function createDistribution(): Distribution {
  let scale = FINEST_SCALE;
  let zeroCount = 0;
  /** By the buckets' numbers: of what is above zero, and below. */
  let signs = [new Map<number, number>(), new Map<number, number>()] as const;

  function coarsenWhile(isTooFine: (counts: Counts) => boolean): void {
    while (signs.some(isTooFine)) {
      scale--;
      signs = [halved(signs[0]), halved(signs[1])];
    }
  }

  return {
    add(value) {
      if (value === 0) {
        zeroCount++;
        return;
      }
      const index = Math.ceil(Math.log2(Math.abs(value)) * 2 ** scale) - 1;
      grow(signs[value > 0 ? 0 : 1], index, 1);
      coarsenWhile(({ size }) => size > MAX_BUCKETS);
    },
    read() {
      // The run between the least and the greatest, which may be far apart.
      coarsenWhile((counts) => lengthOf(counts) > MAX_BUCKETS);
      return { scale, zeroCount, positive: runOf(signs[0]), negative: runOf(signs[1]) };
    },
  };
}

function grow(counts: Map<number, number>, index: number, by: number): void {
  counts.set(index, (counts.get(index) ?? 0) + by);
}

function halved(counts: Counts): Map<number, number> {
  const coarser = new Map<number, number>();
  for (const [index, count] of counts) grow(coarser, index >> 1, count);
  return coarser;
}

function lengthOf(counts: Counts): number {
  return Math.max(...counts.keys()) - Math.min(...counts.keys()) + 1;
}

function runOf(counts: Counts): BucketRun | undefined {
  if (counts.size === 0) return undefined;
  const offset = Math.min(...counts.keys());
  const countAt = (_: unknown, place: number): number => counts.get(offset + place) ?? 0;
  return { offset, bucketCounts: Array.from({ length: lengthOf(counts) }, countAt) };
}
