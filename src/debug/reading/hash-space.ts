/** Where shards lie in the hash key space, and the colour each of them keeps. */

import type { ShardState } from '../../consumer/types.ts';
import type { HashKeyRange } from '../../protocol/partition-key.ts';

const SPACE = 2n ** 128n;
const STEPS = 1_000_000n;

/** How many hues there are: the palette of Okabe and Ito, which colour-blind readers tell apart. */
export const HUES = 8;

/** Start and length of a range as parts of the whole space, 0 to 1. */
export function placeOf(range: HashKeyRange): { readonly start: number; readonly length: number } {
  const part = (value: bigint): number => Number((value * STEPS) / SPACE) / Number(STEPS);
  return { start: part(range.start), length: part(range.end - range.start + 1n) };
}

/** Where one hash key lies, 0 to 1. */
export function pointOf(hashKey: bigint): number {
  return placeOf({ start: hashKey, end: hashKey }).start;
}

/**
 * Gives each new shard a hue, by hash position, and never changes one. A shard avoids the hues of those that overlap or
 * touch it, so that neighbours and generations differ; beyond that the least used comes first.
 */
export function assignHues(
  shards: readonly Pick<ShardState, 'shardId' | 'hashKeys'>[],
  known: ReadonlyMap<string, number>,
): Map<string, number> {
  const hues = new Map(known);
  const byPosition = [...shards].sort((a, b) => compare(a.hashKeys.start, b.hashKeys.start));
  for (const shard of byPosition) {
    if (hues.has(shard.shardId)) continue;
    const uses = new Array<number>(HUES).fill(0);
    for (const other of shards) {
      const hue = hues.get(other.shardId);
      if (hue === undefined) continue;
      // Weighs more than any number of uses elsewhere.
      uses[hue] = (uses[hue] ?? 0) + (meets(shard.hashKeys, other.hashKeys) ? shards.length : 1);
    }
    hues.set(shard.shardId, uses.indexOf(Math.min(...uses)));
  }
  return hues;
}

/** How many splits and merges lie between a shard and the stream's first ones. Parents that are gone count as none. */
export function generationOf(
  shard: Pick<ShardState, 'parents'>,
  shards: readonly Pick<ShardState, 'shardId' | 'parents'>[],
): number {
  const parents = shards.filter(({ shardId }) => shard.parents.includes(shardId));
  return parents.reduce(
    (deepest, parent) => Math.max(deepest, generationOf(parent, shards) + 1),
    0,
  );
}

function meets(a: HashKeyRange, b: HashKeyRange): boolean {
  return a.start <= b.end + 1n && b.start <= a.end + 1n;
}

function compare(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
