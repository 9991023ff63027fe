/** Where a partition key lies, and why: MD5, hash key, open shard, ancestors. */

import type { ShardState } from '../../consumer/types.ts';
import { hashKeyOf } from '../../protocol/partition-key.ts';
import { keyMd5 } from './key-md5.ts';
import { openShardOf, type ShardTree } from './shard-tree.ts';

export interface KeyPlace {
  readonly key: string;
  readonly hashKey: bigint;
  /** Of the key's MD5, 32 digits: the hash key as everybody else writes it. */
  readonly hex: string;
  /** The shard that takes its records now. */
  readonly shard: ShardState | undefined;
  /** Shards that took its records before, the latest first. */
  readonly ancestors: readonly ShardState[];
}

const HEX_DIGITS = 32;

export function hashOfKey(key: string): bigint {
  return hashKeyOf(key, keyMd5);
}

export function explainKey(
  key: string,
  tree: ShardTree,
  hashKey: bigint = hashOfKey(key),
): KeyPlace {
  const shard = openShardOf(hashKey, tree);
  const earlier = shard ? tree.ancestorsOf(shard.shardId).map(tree.get) : [];
  return {
    key,
    hashKey,
    hex: hexOf(hashKey),
    shard,
    // Of two that were merged, one had the key.
    ancestors: earlier.filter(
      (one) => one !== undefined && one.hashKeys.start <= hashKey && hashKey <= one.hashKeys.end,
    ) as ShardState[],
  };
}

/** A hash key as 32 hexadecimal digits. */
export function hexOf(hashKey: bigint): string {
  return hashKey.toString(16).padStart(HEX_DIGITS, '0');
}
