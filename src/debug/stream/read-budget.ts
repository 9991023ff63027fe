/** What the view takes of a shard's reads, which all of its readers share. */

import type { ShardState } from '../../consumer/types.ts';
import { SHARD_READ_BYTES_PER_SECOND, SHARD_READ_CALLS_PER_SECOND } from '../../protocol/limits.ts';

export interface ReadRate {
  readonly readsPerSecond: number;
  readonly bytesPerSecond: number;
}

export interface ReadBudget {
  /** Takes in what has been read so far. */
  readonly look: (shards: readonly ShardState[], now: number) => void;
  readonly of: (shardId: string) => ReadRate | undefined;
  /** Of the shard that is read most. */
  readonly most: () => ReadRate | undefined;
  readonly reset: () => void;
}

type Counted = ReadonlyMap<string, Pick<ShardState, 'reads' | 'bytes'>>;

/** A second apart, so that a rate is of some seconds and not of one read. */
const SAMPLES = 6;
const SAMPLE_MS = 1_000;

export function createReadBudget(): ReadBudget {
  let samples: { readonly at: number; readonly counted: Counted }[] = [];

  const of = (shardId: string): ReadRate | undefined => {
    const last = samples.at(-1);
    const first = samples.find(({ counted }) => counted.has(shardId));
    const now = last?.counted.get(shardId);
    const then = first?.counted.get(shardId);
    if (!first || !last || !now || !then || first === last) return undefined;
    const seconds = (last.at - first.at) / 1000;
    return {
      readsPerSecond: (now.reads - then.reads) / seconds,
      bytesPerSecond: (now.bytes - then.bytes) / seconds,
    };
  };

  return {
    look: (shards, now) => {
      const last = samples.at(-1);
      if (last && now - last.at < SAMPLE_MS) return;
      samples.push({ at: now, counted: new Map(shards.map((shard) => [shard.shardId, shard])) });
      samples = samples.slice(-SAMPLES);
    },
    of,
    most: () => {
      const shardIds = [...(samples.at(-1)?.counted.keys() ?? [])];
      const rates = shardIds.map(of).filter((rate) => rate !== undefined);
      return rates.sort((a, b) => shareOf(b) - shareOf(a))[0];
    },
    reset: () => {
      samples = [];
    },
  };
}

/** Of what a shard gives to all of its readers together, 0 to 1 and above. */
export function shareOf({ readsPerSecond, bytesPerSecond }: ReadRate): number {
  return Math.max(
    readsPerSecond / SHARD_READ_CALLS_PER_SECOND,
    bytesPerSecond / SHARD_READ_BYTES_PER_SECOND,
  );
}
