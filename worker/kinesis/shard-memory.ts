/** How busy each shard of a stream is: by the throttles that this isolate was answered, and by the bytes that it sent. */

import { createBoundedMap } from '../bounded-map.ts';
import type { RelayRuntime } from '../runtime.ts';
import { createDecaying, type Decaying } from './decaying.ts';

/** As many as an isolate's traffic can reach in a few seconds. A stream may have ten thousand, closed ones beside. */
const MAX_SHARDS = 1000;

/** Longer than the second by which a shard's limits are counted, shorter than a scaling stream takes. */
const HALF_LIFE_MS = 4000;

/** So many calls in which it throttled, within seconds: one more try would do no better. */
const HOT = 4;

interface Shard {
  readonly heat: Decaying;
  readonly bytes: Decaying;
}

export interface ShardMemory {
  /** It throttled in a call. */
  readonly heat: (shard: string) => void;
  /** It stored all that a call had for it. */
  readonly cool: (shard: string) => void;
  /** Returns how many bytes were sent there of late, these included. */
  readonly noteBytes: (shard: string, bytes: number) => number;
  /** Whether what it throttles is better tried again later. */
  readonly isHot: (shard: string) => boolean;
}

export function createShardMemory({ now }: Pick<RelayRuntime, 'now'>): ShardMemory {
  const shards = createBoundedMap<Shard>(MAX_SHARDS);

  function find(id: string): Shard {
    const known = shards.get(id);
    const shard = known ?? {
      heat: createDecaying(now, HALF_LIFE_MS, 2 * HOT),
      bytes: createDecaying(now, HALF_LIFE_MS),
    };
    shards.set(id, shard);
    return shard;
  }

  return {
    heat: (shard) => void find(shard).heat.add(1),
    cool: (shard) => shards.get(shard)?.heat.scale(0.5),
    noteBytes: (shard, bytes) => find(shard).bytes.add(bytes),
    isHot: (shard) => (shards.get(shard)?.heat.value() ?? 0) >= HOT,
  };
}
