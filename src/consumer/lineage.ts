import type { ChildShard, Shard } from '@aws-sdk/client-kinesis';
import type { HashKeyRange } from '../protocol/partition-key.ts';

/** A shard as ListShards and the end of its parent describe it. */
export interface ShardFacts {
  readonly shardId: string;
  readonly parents: readonly string[];
  readonly hashKeys: HashKeyRange;
  /** Takes no more records. */
  readonly isClosed: boolean;
}

/** The family tree of a stream's shards. It decides what may be read: a child never before its parents' end. */
export interface Lineage {
  /** Takes in shards. Tells which of them are new. */
  readonly add: (shards: readonly ShardFacts[]) => readonly ShardFacts[];
  readonly get: (shardId: string) => ShardFacts | undefined;
  /** Forgets the others, but for those that were named and are not drained. */
  readonly keep: (shardIds: ReadonlySet<string>) => void;
  /** Marks a shard as read to its end. */
  readonly drain: (shardId: string) => void;
  /** Shards whose parents are all drained. Each is named once. */
  readonly ready: () => readonly ShardFacts[];
  /** By generation, and in it by hash keys. */
  readonly all: () => readonly ShardFacts[];
}

export function createLineage(): Lineage {
  const shards = new Map<string, ShardFacts>();
  const drained = new Set<string>();
  const named = new Set<string>();

  function add(described: readonly ShardFacts[]): ShardFacts[] {
    const fresh = described.filter(({ shardId }) => !shards.has(shardId));
    for (const shard of described) {
      // A description from before the end must not open a shard again.
      const isClosed = shard.isClosed || shards.get(shard.shardId)?.isClosed === true;
      shards.set(shard.shardId, { ...shard, isClosed });
    }
    return fresh;
  }

  function keep(shardIds: ReadonlySet<string>): void {
    for (const shardId of shards.keys()) {
      const isUnderWay = named.has(shardId) && !drained.has(shardId);
      if (!shardIds.has(shardId) && !isUnderWay) shards.delete(shardId);
    }
  }

  function ready(): ShardFacts[] {
    const free = [...shards.values()].filter(
      ({ shardId, parents }) =>
        !named.has(shardId) &&
        // A parent that nobody lists is older than the stream's retention: nothing of it is left to read.
        parents.every((parent) => drained.has(parent) || !shards.has(parent)),
    );
    for (const { shardId } of free) named.add(shardId);
    return free;
  }

  function all(): ShardFacts[] {
    // Remembered: after many splits and merges, two parents a shard would be walked 2^generations times.
    const generations = new Map<string, number>();
    const generationOf = ({ shardId, parents }: ShardFacts): number => {
      const known = generations.get(shardId);
      if (known !== undefined) return known;
      const elders = parents.map((id) => shards.get(id)).filter((parent) => parent !== undefined);
      const generation = Math.max(-1, ...elders.map(generationOf)) + 1;
      generations.set(shardId, generation);
      return generation;
    };
    return [...shards.values()].sort(
      (one, other) =>
        generationOf(one) - generationOf(other) ||
        (one.hashKeys.start < other.hashKeys.start ? -1 : 1),
    );
  }

  return {
    add,
    get: (shardId) => shards.get(shardId),
    keep,
    drain: (shardId) => drained.add(shardId),
    ready,
    all,
  };
}

/** Reads an entry of ListShards. Emulators give odd ending numbers: that there is one is what counts. */
export function factsOfShard(shard: Shard): ShardFacts {
  return {
    shardId: shard.ShardId ?? '',
    parents: [shard.ParentShardId, shard.AdjacentParentShardId].filter((id) => id != null),
    hashKeys: rangeOf(shard),
    isClosed: shard.SequenceNumberRange?.EndingSequenceNumber != null,
  };
}

/** Reads a child that GetRecords names at the end of its parent. */
export function factsOfChild(child: ChildShard): ShardFacts {
  return {
    shardId: child.ShardId ?? '',
    parents: child.ParentShards ?? [],
    hashKeys: rangeOf(child),
    isClosed: false,
  };
}

function rangeOf({ HashKeyRange: range }: Pick<Shard, 'HashKeyRange'>): HashKeyRange {
  return {
    start: BigInt(range?.StartingHashKey ?? 0),
    end: BigInt(range?.EndingHashKey ?? 0),
  };
}
