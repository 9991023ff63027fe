import type { Checkpointing } from './checkpoint/types.ts';
import { createLineage } from './lineage.ts';
import { startOf } from './position.ts';

/** What a consumer without checkpoints reads: every shard, its parents first. It keeps nothing. */
export const alone: Checkpointing = {
  start: ({ from, granted }) => {
    const lineage = createLineage();
    const held = new Set<string>();
    let first: ReadonlySet<string> | undefined;

    function grant(): void {
      for (const { shardId } of lineage.ready()) {
        held.add(shardId);
        // What is there later than the start came after it, so that LATEST is behind it.
        const isLater = from === 'LATEST' && !first?.has(shardId);
        granted(shardId, isLater ? 'TRIM_HORIZON' : startOf(from, shardId));
      }
    }

    return {
      known: (shards) => {
        const ids = new Set(shards.map(({ shardId }) => shardId));
        first ??= ids;
        lineage.add(shards);
        lineage.keep(ids);
        grant();
      },
      holds: (shardId) => held.has(shardId),
      done: (shardId, upTo) => {
        if (upTo !== 'SHARD_END') return;
        held.delete(shardId);
        lineage.drain(shardId);
        grant();
      },
      lease: () => undefined,
      flush: async () => {},
      end: async () => held.clear(),
    };
  },
};
