/** When shards came: what the list of shards does not say, and who watches it knows. */

import type { ShardState } from '../../consumer/types.ts';

/** One split or merge that was seen. */
export interface Resharding {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly parents: readonly string[];
  readonly children: readonly string[];
}

export interface ReshardingLog {
  readonly look: (shards: readonly ShardState[], now: number) => void;
  /** `undefined` where the shard is older than the watching. */
  readonly bornAt: (shardId: string) => number | undefined;
  readonly latest: () => Resharding | undefined;
  readonly reset: () => void;
}

export function createReshardingLog(): ReshardingLog {
  let births = new Map<string, number | undefined>();
  let latest: Resharding | undefined;

  return {
    look: (shards, now) => {
      const fresh = shards.filter(({ shardId }) => !births.has(shardId));
      const isFirst = births.size === 0;
      for (const { shardId } of fresh) births.set(shardId, isFirst ? undefined : now);
      if (isFirst) return;
      for (const { parents } of fresh) {
        if (parents.length === 0) continue;
        const isSibling = (shard: ShardState): boolean => `${shard.parents}` === `${parents}`;
        latest = {
          at: now,
          parents,
          children: fresh.filter(isSibling).map(({ shardId }) => shardId),
        };
      }
    },
    bornAt: (shardId) => births.get(shardId),
    latest: () => latest,
    reset: () => {
      births = new Map();
      latest = undefined;
    },
  };
}
