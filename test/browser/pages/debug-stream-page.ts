/** The debug view on a stream whose shards come and go as the test says. */

import type { ShardState } from '../../../src/consumer/types.ts';
import { recordOf, shardOf } from '../../helpers/scripted-consumer.ts';
import { page } from './debug-page.ts';

const { consumer, view } = page;
const asked: string[] = [];
let isRefusing = false;
let shards: ShardState[] = [
  shardOf(0, [0, 0.25], { status: 'closed', records: 4812, bytes: 2_714_000 }),
  shardOf(1, [0.25, 0.5]),
  shardOf(2, [0.5, 0.75]),
  shardOf(3, [0.75, 1]),
  shardOf(4, [0, 0.125], { parents: ['shardId-000000000000'] }),
  shardOf(5, [0.125, 0.25], { parents: ['shardId-000000000000'] }),
].map((shard) => ({ ...shard, lastReadAt: Date.now() - 700, reads: 40 }));

function idOf(number: number): string {
  return shardOf(number, [0, 1]).shardId;
}

async function answer(what: string): Promise<void> {
  asked.push(what);
  if (isRefusing) throw new Error('LimitExceededException: too many shards');
}

function tell(): void {
  consumer.setShards(shards);
}

function change(number: number, state: Partial<ShardState>): void {
  shards = shards.map((shard) => (shard.shardId === idOf(number) ? { ...shard, ...state } : shard));
  tell();
}

export const streamPage = {
  change,
  /** As one more answer of each shard. */
  read(): void {
    shards = shards.map((shard) => ({ ...shard, reads: shard.reads + 1, lastReadAt: Date.now() }));
    tell();
  },
  /** The shard ends, and two more have its hash keys. */
  split(number: number, children: readonly [number, number]): void {
    const parent = shards.find(({ shardId }) => shardId === idOf(number));
    if (!parent) return;
    const { start, end } = parent.hashKeys;
    const middle = (start + end + 1n) / 2n;
    const ranges = [
      { start, end: middle - 1n },
      { start: middle, end },
    ] as const;
    shards = [
      ...shards,
      ...children.map((child, index) => ({
        ...shardOf(child, [0, 1], { status: 'waiting', parents: [parent.shardId] }),
        hashKeys: ranges[index as 0 | 1],
      })),
    ];
    tell();
  },
  merge(numbers: readonly [number, number], child: number): void {
    const parents = numbers.map(idOf);
    const ranges = shards
      .filter(({ shardId }) => parents.includes(shardId))
      .map(({ hashKeys }) => hashKeys);
    const hashKeys = { start: ranges[0]?.start ?? 0n, end: ranges[1]?.end ?? 0n };
    shards = [...shards, { ...shardOf(child, [0, 1], { parents }), hashKeys }];
    tell();
  },
  /** Records of one shard and key, spread over the last seconds. */
  feed(number: number, count: number, overSeconds: number, partitionKey = 'u17'): void {
    const shardId = idOf(number);
    const now = Date.now();
    consumer.push(
      ...Array.from({ length: count }, (_, index) =>
        recordOf(
          `lane${number}`,
          index + 1,
          {},
          { shardId, partitionKey, readAt: now - (overSeconds * 1000 * (count - index)) / count },
        ),
      ),
    );
    tell();
  },
  throttle(number: number): void {
    const shard = shards.find(({ shardId }) => shardId === idOf(number));
    change(number, { pace: 'throttled', throttledReads: (shard?.throttledReads ?? 0) + 1 });
  },
  /** What is asked of the stream from now on is refused. */
  refuse(): void {
    isRefusing = true;
  },
  asked: () => asked,
  setShards(next: readonly ShardState[]): void {
    shards = [...next];
    tell();
  },
};

export type StreamPage = typeof streamPage;

// As on a stream of one's own machine.
view.control = {
  split: (shardId) => answer(`split ${shardId}`),
  merge: (shardIds) => answer(`merge ${shardIds}`),
};
Object.assign(window, { streamPage });
tell();
