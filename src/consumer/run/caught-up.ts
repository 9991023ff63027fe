import type { ShardState } from '../types.ts';

/** What is known of the shards beside their handlers. */
export interface CatchingUp {
  readonly shards: readonly ShardState[];
  /** Whether everything of the shard that stood there when the run began is done. */
  readonly isDone: (shardId: string) => boolean;
  /** Whether shards that others read are left to them. */
  readonly leavesOthers: boolean;
}

/** Whether the run has nothing more to wait for. A stream that has not been listed is waited for. */
export function isCaughtUp({ shards, isDone, leavesOthers }: CatchingUp): boolean {
  const left = new Set(leavesOthers ? othersOf(shards) : []);
  const parents = new Set(shards.flatMap((shard) => shard.parents));
  return (
    shards.length > 0 &&
    shards.every(({ shardId, status }) => {
      if (status === 'skipped' || left.has(shardId)) return true;
      // The list of shards is a little behind the end of one: its children are on their way.
      return status === 'closed' ? parents.has(shardId) : isDone(shardId);
    })
  );
}

/** Shards that another consumer reads, and those that wait for one of them. Parents stand before their children. */
export function othersOf(shards: readonly ShardState[]): readonly string[] {
  const others = new Set<string>();
  for (const { shardId, status, owner, parents } of shards) {
    const isWaiting = status === 'waiting' && parents.some((parent) => others.has(parent));
    if (isWaiting || (status === 'elsewhere' && owner !== undefined)) others.add(shardId);
  }
  return [...others];
}
