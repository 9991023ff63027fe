/** Where the partition keys of a stream lie, and which of them are more than their shard can take. */

import { MAX_PARTITION_KEY_CHARACTERS } from '../../src/protocol/limits.ts';
import { createBoundedMap } from '../bounded-map.ts';
import type { RelayRuntime } from '../runtime.ts';
import { createDecaying, type Decaying } from './decaying.ts';

/** Beyond them the one that was heard of longest ago is forgotten: a megabyte or two an isolate. */
const MAX_KEYS = 4000;

const HALF_LIFE_MS = 4000;

/** So many throttles within seconds … */
const HOT_THROTTLES = 3;
/** … of a key that makes so much of its shard's load: its neighbours are throttled too, and are not the cause. */
const HOT_SHARE = 0.25;

/** Then its events are spread for so long, and it is seen whether one shard will do again. */
const HOT_MS = 60_000;

interface Key {
  shard?: string;
  readonly throttles: Decaying;
  readonly bytes: Decaying;
  hotUntil: number;
}

export interface KeyMemory {
  readonly shardOf: (partitionKey: string) => string | undefined;
  readonly noteStored: (partitionKey: string, shard: string) => void;
  /** `shardBytes`: of all keys that were sent to its shard of late. */
  readonly noteBytes: (
    partitionKey: string,
    bytes: number,
    shardBytes: number,
    isThrottled: boolean,
  ) => void;
  readonly isHot: (partitionKey: string) => boolean;
  /** One of `spread` keys in its stead, chosen by `draw` in [0, 1). What becomes of it is told of the key itself. */
  readonly salt: (partitionKey: string, spread: number, draw: number) => string;
}

export function createKeyMemory({ now }: Pick<RelayRuntime, 'now'>): KeyMemory {
  const keys = createBoundedMap<Key>(MAX_KEYS);
  const originals = createBoundedMap<string>(MAX_KEYS);

  function find(partitionKey: string): Key {
    const known = keys.get(partitionKey);
    const key = known ?? {
      throttles: createDecaying(now, HALF_LIFE_MS),
      bytes: createDecaying(now, HALF_LIFE_MS),
      hotUntil: 0,
    };
    keys.set(partitionKey, key);
    return key;
  }

  return {
    shardOf: (partitionKey) => keys.get(partitionKey)?.shard,
    noteStored(partitionKey, shard) {
      // After a split or a merge it lies elsewhere.
      find(partitionKey).shard = shard;
    },
    noteBytes(partitionKey, bytes, shardBytes, isThrottled) {
      const key = find(partitionKey);
      const keyBytes = key.bytes.add(bytes);
      if (!isThrottled) return;
      const isOften = key.throttles.add(1) >= HOT_THROTTLES;
      if (!isOften || keyBytes < HOT_SHARE * shardBytes) return;
      find(originals.get(partitionKey) ?? partitionKey).hotUntil = now() + HOT_MS;
    },
    isHot: (partitionKey) => (keys.get(partitionKey)?.hotUntil ?? 0) > now(),
    salt(partitionKey, spread, draw) {
      const salt = `#${Math.floor(draw * spread)}`;
      const room = MAX_PARTITION_KEY_CHARACTERS - salt.length;
      // Longer ones are cut, which moves them all the same; by characters, so that none is halved.
      const salted = [...partitionKey].slice(0, room).join('') + salt;
      originals.set(salted, partitionKey);
      return salted;
    },
  };
}
