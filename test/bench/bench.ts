/** What a benchmark is. Machines are noisy: a figure stands beside a baseline of the same run, and the ratio is what counts. */

export interface Measurement {
  readonly name: string;
  readonly value: number;
  /** Such as `events/s`, `µs`, `ms`, `B`. */
  readonly unit: string;
  /** The same work done by the platform alone, in the same run and unit. */
  readonly baseline?: { readonly name: string; readonly value: number };
  /** What it should reach: the value itself, or its ratio to the baseline. */
  readonly target?: {
    readonly of: 'value' | 'ratio';
    readonly at: 'most' | 'least';
    readonly bound: number;
  };
}

/** One file `test/bench/<name>.bench.ts` exports one of these as `bench`. */
export interface Bench {
  readonly name: string;
  readonly run: () => Promise<readonly Measurement[]>;
}
