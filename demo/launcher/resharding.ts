import {
  type KinesisClient,
  ListShardsCommand,
  MergeShardsCommand,
  type Shard,
  SplitShardCommand,
} from '@aws-sdk/client-kinesis';

/** A shard that takes writes. */
export interface OpenShard {
  readonly shardId: string;
  /** None where it is as old as the stream. */
  readonly parents: readonly string[];
}

/** Split one shard in half, or merge two whose hash keys touch. */
export type StreamChange =
  | { readonly split: string }
  | { readonly merge: readonly [string, string] };

/** Changes the shards of the local stream, one change after the other. */
export interface Resharding {
  /** In the order of their hash keys. */
  readonly shards: () => Promise<readonly OpenShard[]>;
  /** Resolves when the new shards take writes. Rejects with the reason of Kinesis. */
  readonly change: (change: StreamChange) => Promise<readonly OpenShard[]>;
}

/** @param isActive whether the stream takes another change */
export function createResharding(
  client: KinesisClient,
  stream: string,
  untilActive: () => Promise<void>,
): Resharding {
  let last: Promise<unknown> = Promise.resolve();

  const list = async (): Promise<Shard[]> => {
    const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName: stream }));
    const parents = new Set(Shards.flatMap(parentsOf));
    return Shards.filter(({ ShardId = '' }) => !parents.has(ShardId)).sort((one, other) =>
      startOf(one) < startOf(other) ? -1 : 1,
    );
  };
  const shards = async (): Promise<readonly OpenShard[]> =>
    (await list()).map((shard) => ({ shardId: shard.ShardId ?? '', parents: parentsOf(shard) }));

  const split = async (shardId: string): Promise<void> => {
    const shard = (await list()).find(({ ShardId }) => ShardId === shardId);
    if (!shard) throw new Error(`stream.split: expected an open shard, got ${shardId}`);
    const middle = (startOf(shard) + BigInt(shard.HashKeyRange?.EndingHashKey ?? 0) + 1n) / 2n;
    const halves = { ShardToSplit: shardId, NewStartingHashKey: String(middle) };
    await client.send(new SplitShardCommand({ StreamName: stream, ...halves }));
  };
  const merge = async ([ShardToMerge, AdjacentShardToMerge]: readonly [string, string]) => {
    const pair = { ShardToMerge, AdjacentShardToMerge };
    await client.send(new MergeShardsCommand({ StreamName: stream, ...pair }));
  };

  return {
    shards,
    change: (change) => {
      const next = last.then(async () => {
        if ('split' in change) await split(change.split);
        else await merge(change.merge);
        await untilActive();
        return shards();
      });
      // Whoever comes next does not wait for a success.
      last = next.catch(() => {});
      return next;
    },
  };
}

/** A change as it came from a page, or what is wrong with it. */
export function parseStreamChange(value: unknown): StreamChange | string {
  const { split, merge } = Object(value) as Record<string, unknown>;
  if (merge === undefined && typeof split === 'string') return { split };
  if (split === undefined && Array.isArray(merge) && merge.length === 2) {
    const [one, other]: unknown[] = merge;
    if (typeof one === 'string' && typeof other === 'string') return { merge: [one, other] };
  }
  return `stream: expected { split: shard } or { merge: [shard, shard] }, got ${JSON.stringify(value)}`;
}

function parentsOf({ ParentShardId, AdjacentParentShardId }: Shard): string[] {
  return [ParentShardId, AdjacentParentShardId].filter((id) => id !== undefined);
}

function startOf({ HashKeyRange }: Shard): bigint {
  return BigInt(HashKeyRange?.StartingHashKey ?? 0);
}
