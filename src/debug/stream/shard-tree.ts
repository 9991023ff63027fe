/** Who came of whom: the splits and merges that lie between the shards of a stream. */

import type { ShardState } from '../../consumer/types.ts';
import { type HashKeyRange, isInRange } from '../../protocol/partition-key.ts';

export interface ShardTree {
  readonly shards: readonly ShardState[];
  readonly get: (shardId: string) => ShardState | undefined;
  readonly childrenOf: (shardId: string) => readonly string[];
  /** Nearest first. */
  readonly ancestorsOf: (shardId: string) => readonly string[];
  /** Splits and merges between a shard and the oldest that is known of its family. */
  readonly levelOf: (shardId: string) => number;
  /** Whether it takes records. That its children are known says more than how far it was read. */
  readonly isOpen: (shard: ShardState) => boolean;
}

export function createShardTree(shards: readonly ShardState[]): ShardTree {
  const byId = new Map(shards.map((shard) => [shard.shardId, shard]));
  const children = new Map<string, string[]>();
  for (const { shardId, parents } of shards) {
    for (const parent of parents) children.set(parent, [...(children.get(parent) ?? []), shardId]);
  }
  // Remembered: with two parents a shard, a long history would be walked 2^generations times.
  const levels = new Map<string, number>();

  function levelOf(shardId: string): number {
    const known = levels.get(shardId);
    if (known !== undefined) return known;
    levels.set(shardId, 0);
    const parents = (byId.get(shardId)?.parents ?? []).filter((parent) => byId.has(parent));
    const level = Math.max(-1, ...parents.map(levelOf)) + 1;
    levels.set(shardId, level);
    return level;
  }

  return {
    shards,
    get: (shardId) => byId.get(shardId),
    childrenOf: (shardId) => children.get(shardId) ?? [],
    ancestorsOf: (shardId) => {
      const found = new Set<string>();
      let next: readonly string[] = [shardId];
      while (next.length > 0) {
        const parents = next.flatMap((id) => byId.get(id)?.parents ?? []);
        // Two children of one parent would each bring it, and so on up: once is enough.
        next = [...new Set(parents)].filter((id) => byId.has(id) && !found.has(id));
        for (const id of next) found.add(id);
      }
      return [...found];
    },
    levelOf,
    isOpen: ({ shardId, status }) => status !== 'closed' && !children.has(shardId),
  };
}

/** The shard that takes records of a hash key. */
export function openShardOf(hashKey: bigint, tree: ShardTree): ShardState | undefined {
  return tree.shards.find((shard) => tree.isOpen(shard) && isInRange(hashKey, shard.hashKeys));
}

/** The open shard whose hash keys go on where these end: the two can be merged. */
export function neighbourOf({ end }: HashKeyRange, tree: ShardTree): ShardState | undefined {
  return tree.shards.find((shard) => tree.isOpen(shard) && shard.hashKeys.start === end + 1n);
}
