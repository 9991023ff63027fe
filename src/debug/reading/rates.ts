/** Records, bytes and throttles by shard and second, over the last minutes. Counts are exact; only what is older is forgotten. */

import { createKeyCounts, type HotKey } from './key-counts.ts';

/** Five minutes: long enough to see an outage and its recovery, one column a pixel or two wide. */
export const RATE_SECONDS = 300;

export interface Rates {
  /** One record. */
  readonly add: (shardId: string, at: number, bytes?: number, partitionKey?: string) => void;
  /** Reads that the service refused. */
  readonly addThrottled: (shardId: string, at: number, reads: number) => void;
  /** Records a second over the last whole seconds. */
  readonly perSecond: (shardId: string, now: number, overSeconds: number) => number;
  /** Data bytes a second over the last whole seconds. */
  readonly bytesPerSecond: (shardId: string, now: number, overSeconds: number) => number;
  /** The ten keys with most records of the last minute, of one shard or of all. */
  readonly hotKeys: (shardId?: string, now?: number) => readonly HotKey[];
  /** One column for each second up to the last whole one; a row for each shard that had records. */
  readonly series: (now: number) => RateSeries;
}

export interface RateSeries {
  /** Seconds since 1970. */
  readonly seconds: readonly number[];
  /** Records. */
  readonly byShard: ReadonlyMap<string, readonly number[]>;
  readonly bytesByShard: ReadonlyMap<string, readonly number[]>;
  /** Throttled reads; only shards that had any. */
  readonly throttledByShard: ReadonlyMap<string, readonly number[]>;
}

export function createRates(): Rates {
  const records = createCounts();
  const bytes = createCounts();
  const throttled = createCounts();
  const keys = createKeyCounts();
  // Records are counted when they are read, so seconds that are over stay as they are.
  let latest: { readonly end: number; readonly series: RateSeries } | undefined;

  return {
    add: (shardId, at, size = 0, partitionKey) => {
      records.add(shardId, at, 1);
      bytes.add(shardId, at, size);
      if (partitionKey !== undefined) keys.add(shardId, at, partitionKey);
    },
    addThrottled: throttled.add,
    perSecond: records.perSecond,
    bytesPerSecond: bytes.perSecond,
    hotKeys: keys.hottest,
    series: (now) => {
      const end = Math.floor(now / 1000);
      if (latest?.end === end) return latest.series;
      const seconds = Array.from(
        { length: RATE_SECONDS },
        (_, index) => end - RATE_SECONDS + index,
      );
      const series = {
        seconds,
        byShard: records.of(seconds),
        bytesByShard: bytes.of(seconds),
        throttledByShard: throttled.of(seconds),
      };
      latest = { end, series };
      return series;
    },
  };
}

interface Slots {
  readonly counts: Float64Array;
  last: number;
}

/** One number a shard and second, in a ring. */
function createCounts() {
  const size = RATE_SECONDS + 1;
  const shards = new Map<string, Slots>();

  const at = ({ counts, last }: Slots, second: number): number =>
    second > last || second <= last - size ? 0 : (counts[second % size] ?? 0);

  return {
    add: (shardId: string, atMs: number, count: number): void => {
      const second = Math.floor(atMs / 1000);
      let slots = shards.get(shardId);
      if (!slots) {
        slots = { counts: new Float64Array(size), last: second };
        shards.set(shardId, slots);
      }
      if (second > slots.last) {
        const stale = Math.min(second - slots.last, size);
        for (let step = 0; step < stale; step++) slots.counts[(second - step) % size] = 0;
        slots.last = second;
      }
      if (second <= slots.last - size) return;
      slots.counts[second % size] = (slots.counts[second % size] ?? 0) + count;
    },
    perSecond: (shardId: string, now: number, overSeconds: number): number => {
      const slots = shards.get(shardId);
      if (!slots) return 0;
      const end = Math.floor(now / 1000);
      let sum = 0;
      for (let second = end - overSeconds; second < end; second++) sum += at(slots, second);
      return sum / overSeconds;
    },
    of: (seconds: readonly number[]): Map<string, readonly number[]> =>
      new Map(
        [...shards].map(([shardId, slots]) => [
          shardId,
          seconds.map((second) => at(slots, second)),
        ]),
      ),
  };
}
