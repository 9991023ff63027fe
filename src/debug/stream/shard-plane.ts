/** Where shards lie in the plane of time and hash keys. Across: hash keys; down: time, the last minutes to scale. */

import type { ShardState } from '../../consumer/types.ts';
import { placeOf } from '../reading/hash-space.ts';
import type { ShardTree } from './shard-tree.ts';

/** What the plane shows to scale: long enough to see a resharding come and settle. */
export const PLANE_MS = 120_000;

/** One cell of shading: a throttle of one second is still seen. */
export const CELL_MS = 5_000;

/** A rectangle that has just come is this high at once, so that its number can be read. */
const MIN_SHARE = 0.13;

/** Older generations have one strip each, as high as this part of the plane, and no more than half of it together. */
const STRIP_SHARE = 0.13;
const MAX_HISTORY_SHARE = 0.45;

/** Parts of the plane, 0 to 1, from its left and its top. */
export interface PlaneShard {
  readonly shard: ShardState;
  readonly left: number;
  readonly width: number;
  readonly top: number;
  readonly bottom: number;
}

export interface Plane {
  readonly shards: readonly PlaneShard[];
  /** Above it is what happened earlier than `PLANE_MS` ago, generation by generation and not to scale. */
  readonly historyShare: number;
  /** How far down a time lies. */
  readonly yOf: (at: number) => number;
}

export function layPlane(
  tree: ShardTree,
  bornAt: (shardId: string) => number | undefined,
  now: number,
): Plane {
  const from = now - PLANE_MS;
  const isEarlier = ({ shardId }: ShardState): boolean => (bornAt(shardId) ?? from) <= from;
  const earlier = tree.shards.filter(isEarlier);
  const levels = Math.max(0, ...earlier.map(({ shardId }) => tree.levelOf(shardId)));
  const historyShare = Math.min(MAX_HISTORY_SHARE, levels * STRIP_SHARE);
  const yOf = (at: number): number =>
    historyShare + Math.max(0, Math.min(1, (at - from) / PLANE_MS)) * (1 - historyShare);
  const tops = new Map(
    tree.shards.map((shard) => [
      shard.shardId,
      isEarlier(shard)
        ? levels && (tree.levelOf(shard.shardId) / levels) * historyShare
        : Math.min(1 - MIN_SHARE, yOf(bornAt(shard.shardId) ?? from)),
    ]),
  );
  return {
    shards: tree.shards.map((shard) => {
      const { start, length } = placeOf(shard.hashKeys);
      const ends = tree.childrenOf(shard.shardId).map((child) => tops.get(child) ?? 1);
      return {
        shard,
        left: start,
        width: length,
        top: tops.get(shard.shardId) ?? 0,
        bottom: Math.min(1, ...ends),
      };
    }),
    historyShare,
    yOf,
  };
}

/** The rectangle that an arrow key leads to. Up to a parent, down to a child, sideways to whoever lies next. */
export function stepOf(plane: Plane, tree: ShardTree, from: string, key: string): string {
  const here = plane.shards.find(({ shard }) => shard.shardId === from);
  if (!here) return from;
  const middle = here.left + here.width / 2;
  const nearest = (candidates: readonly PlaneShard[]): string =>
    candidates
      .map((one) => ({ one, away: Math.abs(one.left + one.width / 2 - middle) }))
      .sort((a, b) => a.away - b.away)[0]?.one.shard.shardId ?? from;
  const among = (ids: readonly string[]): readonly PlaneShard[] =>
    plane.shards.filter(({ shard }) => ids.includes(shard.shardId));

  if (key === 'ArrowUp') return nearest(among(here.shard.parents));
  if (key === 'ArrowDown') return nearest(among(tree.childrenOf(from)));
  // The latest of those at that side that are there at the same time.
  const beside = plane.shards.filter(
    ({ shard, top, bottom }) => shard !== here.shard && top < here.bottom && here.top < bottom,
  );
  const isLeft = key === 'ArrowLeft';
  const side = beside.filter(({ left, width }) =>
    isLeft ? left + width <= here.left + 1e-9 : left >= here.left + here.width - 1e-9,
  );
  const gapOf = ({ left, width }: PlaneShard): number =>
    isLeft ? here.left - left - width : left - here.left - here.width;
  const [next] = [...side].sort((a, b) => gapOf(a) - gapOf(b) || b.bottom - a.bottom);
  return next?.shard.shardId ?? from;
}
