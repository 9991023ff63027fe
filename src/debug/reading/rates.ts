/** Records by shard and second, over the last minutes. Counts are exact; only what is older is forgotten. */

/** Five minutes: long enough to see an outage and its recovery, one column a pixel or two wide. */
export const RATE_SECONDS = 300;

export interface Rates {
  readonly add: (shardId: string, at: number) => void;
  /** Records a second over the last whole seconds. */
  readonly perSecond: (shardId: string, now: number, overSeconds: number) => number;
  /** One column for each second up to the last whole one; a row for each shard that had records. */
  readonly series: (now: number) => RateSeries;
}

export interface RateSeries {
  /** Seconds since 1970. */
  readonly seconds: readonly number[];
  readonly byShard: ReadonlyMap<string, readonly number[]>;
}

export function createRates(): Rates {
  const shards = new Map<string, { counts: Uint32Array; last: number }>();
  // Records are counted when they are read, so seconds that are over stay as they are.
  let latest: { readonly end: number; readonly series: RateSeries } | undefined;

  const slotsOf = (shardId: string, second: number) => {
    let slots = shards.get(shardId);
    if (!slots) {
      slots = { counts: new Uint32Array(RATE_SECONDS + 1), last: second };
      shards.set(shardId, slots);
    }
    return slots;
  };
  const countAt = (slots: { counts: Uint32Array; last: number }, second: number): number =>
    second > slots.last || second <= slots.last - slots.counts.length
      ? 0
      : (slots.counts[second % slots.counts.length] ?? 0);

  return {
    add: (shardId, at) => {
      const second = Math.floor(at / 1000);
      const slots = slotsOf(shardId, second);
      const size = slots.counts.length;
      if (second > slots.last) {
        const stale = Math.min(second - slots.last, size);
        for (let step = 0; step < stale; step++) slots.counts[(second - step) % size] = 0;
        slots.last = second;
      }
      if (second <= slots.last - size) return;
      slots.counts[second % size] = (slots.counts[second % size] ?? 0) + 1;
    },
    perSecond: (shardId, now, overSeconds) => {
      const slots = shards.get(shardId);
      if (!slots) return 0;
      const end = Math.floor(now / 1000);
      let sum = 0;
      for (let second = end - overSeconds; second < end; second++) sum += countAt(slots, second);
      return sum / overSeconds;
    },
    series: (now) => {
      const end = Math.floor(now / 1000);
      if (latest?.end === end) return latest.series;
      const seconds = Array.from(
        { length: RATE_SECONDS },
        (_, index) => end - RATE_SECONDS + index,
      );
      const byShard = new Map<string, readonly number[]>();
      for (const [shardId, slots] of shards) {
        byShard.set(
          shardId,
          seconds.map((second) => countAt(slots, second)),
        );
      }
      latest = { end, series: { seconds, byShard } };
      return latest.series;
    },
  };
}
