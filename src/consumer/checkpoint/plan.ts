/** What to do about leases: pure decisions, which every consumer that shares them comes to by itself. */

import type { ShardFacts } from '../lineage.ts';
import { comparePositions, isPosition, startOf } from '../position.ts';
import type { StartPosition } from '../types.ts';
import type { Checkpoint, Lease } from './types.ts';

export type Shards = ReadonlyMap<string, ShardFacts>;
export type Leases = ReadonlyMap<string, Lease>;

/** Whether more is done at the one than at the other. A beginning is no progress over another one. */
export function isLater(one: Checkpoint, other: Checkpoint): boolean {
  if (other === 'SHARD_END') return false;
  if (one === 'SHARD_END') return true;
  return isPosition(one) && (!isPosition(other) || comparePositions(one, other) > 0);
}

/**
 * Leases for the shards that have none, in waves: a child is created after its parents. LATEST becomes the time of now, so
 * that what comes between it and the first checkpoint is there for who reads on after a crash.
 */
export function planCreation(
  shards: Shards,
  leases: Leases,
  from: StartPosition,
  now: number,
): readonly (readonly Lease[])[] {
  const superseded = ancestorsOf([...leases.keys()], shards);
  const hasBegun = [...leases.values()].some(({ checkpoint }) => isLater(checkpoint, 'LATEST'));
  const planned = new Map<string, Lease>();

  function startOfShard({ shardId, parents, isClosed }: ShardFacts): Checkpoint | undefined {
    if (from !== 'LATEST') return startOf(from, shardId);
    // Born of a shard that is read, or while nobody was there: it came later than the start.
    const isBornLater = parents.some((parent) => leases.has(parent) || planned.has(parent));
    if (hasBegun || isBornLater) return 'TRIM_HORIZON';
    // Nothing will ever come after the latest record of a closed shard.
    return isClosed ? undefined : { atTimestamp: now };
  }

  let left = [...shards.values()].filter(
    // One whose descendant has a lease had one itself, or was left out for good.
    ({ shardId }) => !leases.has(shardId) && !superseded.has(shardId),
  );
  const waves: Lease[][] = [];
  while (left.length > 0) {
    const ids = new Set(left.map(({ shardId }) => shardId));
    const isLate = ({ parents }: ShardFacts): boolean => parents.some((parent) => ids.has(parent));
    const wave = left.filter((shard) => !isLate(shard));
    // Shards that were each other's parents would go round for ever.
    if (wave.length === 0) break;
    const created = wave.flatMap((shard) => {
      const checkpoint = startOfShard(shard);
      return checkpoint === undefined ? [] : leaseOf(shard, checkpoint);
    });
    for (const lease of created) planned.set(lease.shardId, lease);
    if (created.length > 0) waves.push(created);
    left = left.filter(isLate);
  }
  return waves;
}

function leaseOf({ shardId, parents, hashKeys }: ShardFacts, checkpoint: Checkpoint): Lease {
  return {
    shardId,
    parents,
    checkpoint,
    owner: undefined,
    counter: 0,
    switches: 0,
    hashKeys: { start: `${hashKeys.start}`, end: `${hashKeys.end}` },
  };
}

function ancestorsOf(ids: readonly string[], shards: Shards): ReadonlySet<string> {
  const found = new Set<string>();
  for (let next = ids; next.length > 0; ) {
    const parents = next.flatMap((id) => shards.get(id)?.parents ?? []);
    // Two children bring their parent twice, and so on up: once is enough.
    next = [...new Set(parents)].filter((parent) => !found.has(parent));
    for (const parent of next) found.add(parent);
  }
  return found;
}

/** Leases whose shard can be read: it is not done, and its parents are, or the stream has forgotten them. */
export function readable(shards: Shards, leases: Leases): readonly Lease[] {
  const isOver = (parent: string): boolean => {
    const lease = leases.get(parent);
    return !lease || lease.checkpoint === 'SHARD_END' || isForgotten(shards, lease);
  };
  return [...leases.values()].filter(
    ({ shardId, checkpoint }) =>
      checkpoint !== 'SHARD_END' && shards.get(shardId)?.parents.every(isOver),
  );
}

/** A child that the list of shards does not show yet has parents in it: the oldest are forgotten first. */
function isForgotten(shards: Shards, { shardId, parents }: Lease): boolean {
  return !shards.has(shardId) && !parents.some((parent) => shards.has(parent));
}

/** Leases of shards that the stream has forgotten: those that nobody needs any more, and those that were not done. */
export function forgotten(
  shards: Shards,
  leases: Leases,
): { readonly removable: readonly Lease[]; readonly undone: readonly Lease[] } {
  const gone = [...leases.values()].filter((lease) => isForgotten(shards, lease));
  const isNeeded = ({ shardId }: Lease): boolean =>
    [...leases.values()].some(
      ({ parents, checkpoint }) => parents.includes(shardId) && checkpoint !== 'SHARD_END',
    );
  return {
    removable: gone.filter((lease) => !isNeeded(lease)),
    undone: gone.filter(({ checkpoint }) => checkpoint !== 'SHARD_END'),
  };
}

export interface TakingSituation {
  readonly owner: string;
  /** All that can be read, whoever reads it. */
  readonly leases: readonly Lease[];
  /** Whether its owner has let its time pass. */
  readonly isExpired: (lease: Lease) => boolean;
  /** Whether it was seen at work, and is not only a name in the store. */
  readonly isAlive: (owner: string) => boolean;
  readonly random: () => number;
}

/**
 * A fair share is the shards over the owners, rounded up. What is free or expired is taken up to it. Where there is nothing
 * of the kind, one lease is taken from who has at least two more: it brings both closer, so that stealing comes to rest.
 */
export function planTaking({ owner, leases, isExpired, isAlive, random }: TakingSituation): {
  readonly free: readonly Lease[];
  readonly stolen: Lease | undefined;
} {
  const loads = new Map<string, Lease[]>([[owner, []]]);
  const free: Lease[] = [];
  for (const lease of leases) {
    if (lease.owner === undefined || (lease.owner !== owner && isExpired(lease))) free.push(lease);
    else if (!loads.get(lease.owner)?.push(lease)) loads.set(lease.owner, [lease]);
  }
  const mine = loads.get(owner)?.length ?? 0;
  if (free.length > 0) {
    const share = Math.ceil(leases.length / loads.size);
    // By chance, so that who comes at the same time does not always want the same.
    const wanted = shuffle(free, random).slice(0, Math.max(0, share - mine));
    return { free: wanted, stolen: undefined };
  }
  const rich = [...loads].filter(([other, load]) => load.length >= mine + 2 && isAlive(other));
  const most = Math.max(...rich.map(([, load]) => load.length));
  const [victim] = shuffle(
    rich.filter(([, load]) => load.length === most),
    random,
  );
  return { free: [], stolen: victim && shuffle(victim[1], random)[0] };
}

function shuffle<T>(items: readonly T[], random: () => number): readonly T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);
}
