import { createLineage, type ShardFacts } from './lineage.ts';

/** The shards that the stream has, as its list and the ends of shards tell. */
export interface Roster {
  /** Takes in the stream's list, whole. */
  readonly listed: (shards: readonly ShardFacts[]) => void;
  /** Takes in that a shard takes no more records, and children that no list may show yet: it can be a little behind. */
  readonly ended: (shard: ShardFacts, children: readonly ShardFacts[]) => void;
  readonly get: (shardId: string) => ShardFacts | undefined;
  /** Whether a list was read, and it does not name the shard. */
  readonly isForgotten: (shardId: string) => boolean;
  /** By generation, and in it by hash keys. */
  readonly current: () => readonly ShardFacts[];
  /** The same, and those that the stream has forgotten and the consumer has not. */
  readonly all: () => readonly ShardFacts[];
}

export function createRoster(isKept: (shardId: string) => boolean): Roster {
  const lineage = createLineage();
  const announced = new Map<string, ShardFacts>();
  let listed: ReadonlySet<string> | undefined;

  const isCurrent = (shardId: string): boolean =>
    listed?.has(shardId) === true || announced.has(shardId);

  return {
    listed: (shards) => {
      listed = new Set(shards.map(({ shardId }) => shardId));
      for (const shardId of listed) announced.delete(shardId);
      lineage.add(shards);
      const ids = lineage.all().map(({ shardId }) => shardId);
      lineage.keep(new Set(ids.filter((shardId) => isCurrent(shardId) || isKept(shardId))));
    },
    ended: (shard, children) => {
      for (const child of children) {
        // The other parent of a merge may be younger than the last list. Unknown, it would pass for one that was forgotten.
        const isWhole = child.parents.every((parent) => lineage.get(parent));
        if (isWhole && !listed?.has(child.shardId)) announced.set(child.shardId, child);
      }
      lineage.add([{ ...shard, isClosed: true }, ...announced.values()]);
    },
    get: lineage.get,
    isForgotten: (shardId) => listed !== undefined && !isCurrent(shardId),
    current: () => lineage.all().filter(({ shardId }) => isCurrent(shardId)),
    all: lineage.all,
  };
}
