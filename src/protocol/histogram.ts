/** The distribution of many readings in few numbers: what `metrics()` gathers on a client, and a reader of the stream merges. */

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
