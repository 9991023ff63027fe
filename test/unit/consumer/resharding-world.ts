import { createHash } from 'node:crypto';
import { leases } from '../../../src/consumer/checkpoint/leases.ts';
import { memoryStore } from '../../../src/consumer/checkpoint/memory-store.ts';
import type { LeaseStore } from '../../../src/consumer/checkpoint/types.ts';
import type { ConsumedRecord, Consumer } from '../../../src/consumer/types.ts';
import { encodeAggregate } from '../../../src/protocol/aggregate.ts';
import { seededRandom } from '../../helpers/seeded-random.ts';
import { directClient } from './direct-client.ts';
import { createRig, STREAM } from './rig.ts';

export const KEYS = [...'abcdef'];

/** What happens to a stream and to the one that reads it. */
export type Step =
  | {
      readonly kind: 'put';
      readonly key: number;
      readonly count: number;
      readonly grouped: boolean;
    }
  | { readonly kind: 'split' | 'merge'; readonly at: number }
  | { readonly kind: 'scale'; readonly by: number }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'pull'; readonly count: number }
  | { readonly kind: 'restart'; readonly how: 'close' | 'kill' | 'flush_and_kill' };

export interface ReshardingWorld {
  readonly step: (step: Step) => Promise<void>;
  /** Reads until everything that was put has been processed, and a while longer. */
  readonly drain: () => Promise<void>;
  /** What was put, by key: `a0`, `a1` … */
  readonly put: ReadonlyMap<string, readonly string[]>;
  /** What the loop was done with, in its order, over all lives of the reader. */
  readonly processed: readonly ConsumedRecord[];
  /** Parents of each shard. */
  readonly parents: () => ReadonlyMap<string, readonly string[]>;
}

export const textOf = ({ data }: ConsumedRecord): string => new TextDecoder().decode(data);

const md5 = (bytes: Uint8Array): Uint8Array => createHash('md5').update(bytes).digest();

export interface Setting {
  readonly shards: number;
  /** How long a resharding takes. */
  readonly reshardMs: number;
  /** How likely a call to the stream fails. */
  readonly trouble: number;
  readonly seed: number;
}

const FAILURES = [
  'ProvisionedThroughputExceededException',
  'ExpiredIteratorException',
  'InternalFailure',
  'InvalidArgumentException',
  'ResourceNotFoundException',
];

/** A stream that changes, and one reader after the other on the same checkpoints. */
export function createReshardingWorld(setting: Setting): ReshardingWorld {
  const { shards: shardCount, reshardMs } = setting;
  const random = seededRandom(setting.seed);
  let trouble = setting.trouble;
  const rig = createRig(shardCount);
  const stream = rig.fake.stream(STREAM);
  if (!stream) throw new Error('stream: expected one');
  stream.reshardMs = reshardMs;
  const direct = directClient(rig.fake);
  const store = memoryStore();
  const put = new Map(KEYS.map((key) => [key, [] as string[]]));
  const processed: ConsumedRecord[] = [];
  let life = begin();

  /** Fails before the call is made or after, as a service does. */
  async function send(command: never): Promise<unknown> {
    const isTroubled = random() < trouble;
    const answer = isTroubled && random() < 0.5 ? undefined : await direct.send(command);
    if (!isTroubled) return answer;
    throw Object.assign(new Error('so it was drawn'), {
      name: FAILURES[Math.floor(random() * FAILURES.length)],
    });
  }

  /** A reader that can end without a word. */
  function begin() {
    let isAlive = true;
    const never = new Promise<never>(() => {});
    const mortal =
      <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
      async (...args: A): Promise<R> => {
        if (!isAlive) return never;
        const answer = await call(...args);
        return isAlive ? answer : never;
      };
    const mortalStore: LeaseStore = {
      list: mortal(store.list),
      create: mortal(store.create),
      replace: mortal(store.replace),
      remove: mortal(store.remove),
    };
    const consumer: Consumer = rig.consume({
      client: { send: mortal(send) as never },
      runtime: {
        ...rig.runtime,
        delay: (callback, ms) => rig.runtime.delay(() => isAlive && callback(), ms),
      },
      from: 'TRIM_HORIZON',
      checkpoint: leases(mortalStore),
      readsPerSecond: 5,
      pollIntervalMs: 200,
      maxRecordsPerRead: 3,
    });
    const records = consumer[Symbol.asyncIterator]();
    let inHand: ConsumedRecord | undefined;
    let isAsked = false;
    return {
      consumer,
      pull: async (count: number): Promise<void> => {
        for (let turn = 0; turn < count; turn++) {
          if (!isAsked) {
            if (inHand) processed.push(inHand);
            inHand = undefined;
            isAsked = true;
            void records.next().then(({ value }) => {
              inHand = value;
              isAsked = false;
            });
          }
          await rig.settle();
          if (isAsked) return;
        }
      },
      kill: (): void => {
        isAlive = false;
      },
    };
  }

  async function restart(how: 'close' | 'kill' | 'flush_and_kill'): Promise<void> {
    if (how === 'close') await life.consumer.close();
    if (how === 'flush_and_kill') await life.consumer.flush().catch(() => {});
    life.kill();
    life = begin();
    await rig.settle();
  }

  function append(key: string, count: number, isGrouped: boolean): void {
    const all = put.get(key) ?? [];
    const texts = Array.from({ length: count }, (_, index) => `${key}${all.length + index}`);
    all.push(...texts);
    const records = texts.map((text) => ({ partitionKey: key, data: Buffer.from(text) }));
    const shard = stream?.route(key);
    if (isGrouped && count > 1) shard?.append(key, encodeAggregate(records, md5));
    else for (const { data } of records) shard?.append(key, data);
  }

  /** While one resharding is under way, no other may begin. */
  function reshard(change: () => void): void {
    if (stream?.status() === 'ACTIVE') change();
  }

  async function step(todo: Step): Promise<void> {
    const open = stream?.open() ?? [];
    switch (todo.kind) {
      case 'put':
        append(KEYS[todo.key] ?? 'a', todo.count, todo.grouped);
        break;
      case 'split': {
        const shard = open[todo.at % open.length];
        if (shard && open.length < 8) {
          const { start, end } = shard.hashKeys;
          reshard(() => stream?.split(shard.shardId, (start + end) / 2n));
        }
        break;
      }
      case 'merge': {
        const at = todo.at % Math.max(1, open.length - 1);
        const [left, right] = [open[at], open[at + 1]];
        if (left && right) reshard(() => stream?.merge(left.shardId, right.shardId));
        break;
      }
      case 'scale': {
        const count = Math.max(Math.ceil(open.length / 2), Math.min(open.length * 2, todo.by));
        reshard(() => stream?.scale(count));
        break;
      }
      case 'wait':
        await rig.advance(todo.ms);
        break;
      case 'pull':
        await life.pull(todo.count);
        break;
      case 'restart':
        await restart(todo.how);
    }
  }

  async function drain(): Promise<void> {
    trouble = 0;
    const total = [...put.values()].flat().length;
    for (let round = 0, quiet = 0; round < 400 && quiet < 20; round++) {
      await rig.advance(1000);
      await life.pull(1000);
      if (new Set(processed.map(textOf)).size === total) quiet++;
    }
    await life.consumer.close();
  }

  return {
    step,
    drain,
    put,
    processed,
    parents: () => new Map(stream?.shards.map(({ shardId, parents }) => [shardId, parents])),
  };
}
