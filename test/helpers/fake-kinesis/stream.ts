import { createHash } from 'node:crypto';
import { MAX_RECORD_BYTES } from '../../../src/protocol/limits.ts';
import { type HashKeyRange, hashKeyOf, isInRange } from '../../../src/protocol/partition-key.ts';
import { invalid, KinesisError } from './errors.ts';
import { createShard, type FakeShard } from './shard.ts';

/** A stream and its shards. */
export interface FakeStream {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  /** All shards, closed and expired ones too, by their index. */
  readonly shards: readonly FakeShard[];
  /** The oldest moment of which records are kept: a shard that was closed before it is there no more. */
  readonly trimHorizon: () => number;
  maxRecordBytes: number;
  retentionMs: number;
  /**
   * How long each step of a resharding takes: the stream is UPDATING then, and the parents go on taking records until the step
   * is done. 0: at once.
   */
  reshardMs: number;
  readonly status: () => 'ACTIVE' | 'UPDATING';
  readonly isOnDemand: boolean;
  /** `AUTO`: the stream chooses shards itself, whatever the keys. */
  distribution: 'USER_PARTITION_KEY' | 'AUTO';
  readonly open: () => readonly FakeShard[];
  readonly shard: (shardId: string) => FakeShard;
  /** The open shard that takes the key; under `AUTO` the next one. */
  readonly route: (partitionKey: string, explicitHashKey?: string) => FakeShard;
  readonly split: (shardId: string, newStart: bigint) => void;
  readonly merge: (shardId: string, adjacentId: string) => void;
  readonly scale: (count: number) => void;
}

const HASH_KEYS = 2n ** 128n;
/** A day, unless somebody pays for more: docs.aws.amazon.com/streams/latest/dev/kinesis-extended-retention.html */
const RETENTION_MS = 24 * 60 * 60_000;

export function createStream(options: {
  readonly name: string;
  readonly shardCount: number;
  readonly account: string;
  readonly region: string;
  readonly isOnDemand?: boolean;
  readonly now: () => number;
}): FakeStream {
  const { name, shardCount, account, region, now, isOnDemand = false } = options;
  const shards: FakeShard[] = [];
  /** What a resharding has still to do, one after the other. */
  let steps: (() => void)[] = [];
  let nextStepAt = 0;
  let routed = 0;

  /** Does what has become due since somebody looked last. */
  function settle(): void {
    for (let step = steps[0]; step && now() >= nextStepAt; step = steps[0]) {
      steps = steps.slice(1);
      nextStepAt += stream.reshardMs;
      step();
    }
  }

  function reshard(todo: (() => void)[]): void {
    settle();
    if (steps.length > 0) {
      throw new KinesisError(
        'ResourceInUseException',
        `Stream ${name} under account ${account} not ACTIVE, instead in state UPDATING`,
      );
    }
    steps = todo;
    nextStepAt = now() + stream.reshardMs;
    settle();
  }

  function grow(hashKeys: HashKeyRange, parents: readonly FakeShard[]): void {
    for (const parent of parents) parent.close();
    const plan = { index: shards.length, hashKeys, parents: parents.map(({ shardId }) => shardId) };
    shards.push(createShard(plan, () => stream.maxRecordBytes, now));
  }

  function find(shardId: string): FakeShard {
    const shard = shards.find((candidate) => candidate.shardId === shardId);
    if (shard) return shard;
    throw new KinesisError(
      'ResourceNotFoundException',
      `Could not find shard ${shardId} in stream ${name} under account ${account}.`,
    );
  }

  function open(): FakeShard[] {
    return shards
      .filter((shard) => shard.endingSequenceNumber() === undefined)
      .sort((one, other) => (one.hashKeys.start < other.hashKeys.start ? -1 : 1));
  }

  function findOpen(shardId: string): FakeShard {
    const shard = find(shardId);
    if (shard.endingSequenceNumber() === undefined) return shard;
    throw invalid(
      `Shard ${shardId} in stream ${name} under account ${account} has already been merged or split, and thus is not eligible for merging or splitting.`,
    );
  }

  function split(shardId: string, newStart: bigint): () => void {
    const parent = findOpen(shardId);
    const { start, end } = parent.hashKeys;
    if (newStart <= start + 1n || newStart >= end) {
      throw invalid(
        `NewStartingHashKey ${newStart} used in SplitShard() on shard ${shardId} in stream ${name} under account ${account} is not both greater than one plus the shard's StartingHashKey ${start} and less than the shard's EndingHashKey ${end}.`,
      );
    }
    return () => {
      grow({ start, end: newStart - 1n }, [parent]);
      grow({ start: newStart, end }, [parent]);
    };
  }

  function merge(shardId: string, adjacentId: string): () => void {
    const [left, right] = [findOpen(shardId), findOpen(adjacentId)].sort((one, other) =>
      one.hashKeys.start < other.hashKeys.start ? -1 : 1,
    ) as [FakeShard, FakeShard];
    if (left.hashKeys.end + 1n !== right.hashKeys.start) {
      throw invalid(
        `Shards ${shardId} and ${adjacentId} in stream ${name} under account ${account} are not an adjacent pair of shards eligible for merging`,
      );
    }
    return () =>
      grow({ start: left.hashKeys.start, end: right.hashKeys.end }, [
        find(shardId),
        find(adjacentId),
      ]);
  }

  /** One split or merge after the other: the service makes shards that live for a short time, too. */
  function scale(count: number): (() => void)[] {
    const before = open().length;
    if (count > before * 2 || count < Math.ceil(before / 2)) {
      throw invalid(
        `UpdateShardCount cannot scale from ${before} to ${count} shards: at most double, at least half.`,
      );
    }
    return Array.from({ length: Math.abs(count - before) }, () =>
      count > before ? splitLargest : mergeSmallest,
    );
  }

  function splitLargest(): void {
    const { shardId, hashKeys } = open().reduce((one, other) =>
      sizeOf(other) > sizeOf(one) ? other : one,
    );
    split(shardId, hashKeys.start + (hashKeys.end - hashKeys.start + 1n) / 2n)();
  }

  function mergeSmallest(): void {
    const current = open();
    const pairs = current
      .slice(1)
      .map((right, index) => [current[index] as FakeShard, right] as const);
    const [left, right] = pairs.reduce((one, other) =>
      pairSize(other) < pairSize(one) ? other : one,
    );
    merge(left.shardId, right.shardId)();
  }

  const stream: FakeStream = {
    name,
    arn: `arn:aws:kinesis:${region}:${account}:stream/${name}`,
    createdAt: now(),
    get shards() {
      settle();
      return shards;
    },
    trimHorizon: () => now() - stream.retentionMs,
    maxRecordBytes: MAX_RECORD_BYTES,
    retentionMs: RETENTION_MS,
    reshardMs: 0,
    status: () => {
      settle();
      return steps.length > 0 ? 'UPDATING' : 'ACTIVE';
    },
    isOnDemand,
    distribution: 'USER_PARTITION_KEY',
    open: () => {
      settle();
      return open();
    },
    shard: (shardId) => {
      settle();
      return find(shardId);
    },
    route: (partitionKey, explicitHashKey) => {
      settle();
      if (stream.distribution === 'AUTO') {
        const all = open();
        return all[routed++ % all.length] as FakeShard;
      }
      const hashKey =
        explicitHashKey === undefined ? hashKeyOf(partitionKey, md5) : BigInt(explicitHashKey);
      const shard = open().find(({ hashKeys }) => isInRange(hashKey, hashKeys));
      if (!shard) throw new Error(`stream ${name}: expected a shard for ${hashKey}, got none`);
      return shard;
    },
    split: (shardId, newStart) => reshard([split(shardId, newStart)]),
    merge: (shardId, adjacentId) => reshard([merge(shardId, adjacentId)]),
    scale: (count) => reshard(scale(count)),
  };
  for (let index = 0n; index < shardCount; index++) {
    const start = (HASH_KEYS * index) / BigInt(shardCount);
    const end = (HASH_KEYS * (index + 1n)) / BigInt(shardCount) - 1n;
    grow({ start, end }, []);
  }
  return stream;
}

function sizeOf({ hashKeys }: FakeShard): bigint {
  return hashKeys.end - hashKeys.start + 1n;
}

function pairSize([left, right]: readonly [FakeShard, FakeShard]): bigint {
  return sizeOf(left) + sizeOf(right);
}

function md5(bytes: Uint8Array): Uint8Array {
  return createHash('md5').update(bytes).digest();
}
