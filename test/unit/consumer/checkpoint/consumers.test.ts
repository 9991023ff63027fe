// @vitest-environment node
import { expect, test } from 'vitest';
import { leases } from '../../../../src/consumer/checkpoint/leases.ts';
import { memoryStore } from '../../../../src/consumer/checkpoint/memory-store.ts';
import type { LeaseStore } from '../../../../src/consumer/checkpoint/types.ts';
import type { ConsumerOptions } from '../../../../src/consumer/options.ts';
import type { Consumer } from '../../../../src/consumer/types.ts';
import { seededRandom } from '../../../helpers/seeded-random.ts';
import { directClient } from '../direct-client.ts';
import { createRig, type Rig } from '../rig.ts';

const KEYS = [...'abcdefghijklmnopqrstuvwx'];
const LEASE_MS = 6000;

interface Reader {
  readonly consumer: Consumer;
  readonly freeze: () => void;
  readonly thaw: () => void;
  readonly kill: () => void;
}

/** Real consumers on one stream and one store, each of which can stop in mid-work. */
function createReaders(rig: Rig, random: () => number) {
  const store = memoryStore();
  const client = directClient(rig.fake);
  const texts: string[] = [];
  let readers = 0;

  function add(options: Partial<ConsumerOptions> = {}): Reader {
    let state: 'up' | 'frozen' | 'dead' = 'up';
    let late: (() => void)[] = [];
    const here = (call: () => void): void => {
      if (state === 'up') call();
      else if (state === 'frozen') late.push(call);
    };
    /** Answers reach only who is there to hear them. */
    const heard = <T>(answer: Promise<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        answer.then(
          (value) => here(() => resolve(value)),
          (error) => here(() => reject(error)),
        );
      });
    const mortal: LeaseStore = {
      list: () => heard(store.list()),
      create: (lease) => heard(store.create(lease)),
      replace: (before, lease) => heard(store.replace(before, lease)),
      remove: (before) => heard(store.remove(before)),
    };
    const name = `reader-${readers++}`;
    const consumer = rig.consume({
      client: { send: (...args: [never, never]) => heard(client.send(...args)) } as never,
      runtime: {
        ...rig.runtime,
        random,
        delay: (callback, ms) => rig.runtime.delay(() => here(callback), ms),
      },
      from: 'TRIM_HORIZON',
      checkpoint: leases(mortal, { owner: name, leaseMs: LEASE_MS }),
      ...options,
    });
    void (async () => {
      for await (const { data } of consumer) {
        texts.push(new TextDecoder().decode(data));
        // A loop that is frozen takes nothing in its hands.
        if (state !== 'up') await new Promise<void>((resolve) => here(resolve));
      }
    })();
    return {
      consumer,
      freeze: () => {
        state = 'frozen';
      },
      thaw: () => {
        if (state === 'frozen') state = 'up';
        const calls = late;
        late = [];
        for (const call of calls) call();
      },
      kill: () => {
        state = 'dead';
      },
    };
  }

  async function owners(): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { owner, checkpoint } of await store.list()) {
      const name = owner?.split('.')[0];
      if (name && checkpoint !== 'SHARD_END') counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  }
  return { add, owners, texts };
}

function expectInOrder(texts: readonly string[], rounds: number, hint = ''): void {
  for (const key of KEYS) {
    const firsts = new Set(texts.filter((text) => text.startsWith(key)));
    expect([...firsts], hint).toEqual(Array.from({ length: rounds }, (_, n) => `${key}${n}`));
  }
}

test('consumers share eight shards: one killed, one added, one frozen, and each record comes, in its order', async () => {
  const rig = createRig(8);
  const { add, owners, texts } = createReaders(rig, seededRandom(1));
  let rounds = 0;
  const go = async (ms: number): Promise<void> => {
    for (let end = rig.now() + ms; rig.now() < end; ) {
      rig.put(...KEYS.map((key) => `${key}${rounds}`));
      rounds++;
      await rig.advance(1000);
    }
  };

  const killed = add();
  const frozen = add();
  await go(8 * LEASE_MS);
  expect(await owners()).toEqual({ 'reader-0': 4, 'reader-1': 4 });
  add();
  await go(8 * LEASE_MS);
  expect(Object.values(await owners()).sort()).toEqual([2, 3, 3]);
  killed.kill();
  await go(3 * LEASE_MS);
  expect(await owners()).toEqual({ 'reader-1': 4, 'reader-2': 4 });
  frozen.freeze();
  await go(3 * LEASE_MS);
  expect(await owners()).toEqual({ 'reader-2': 8 });
  frozen.thaw();
  await go(8 * LEASE_MS);
  expect(await owners()).toEqual({ 'reader-1': 4, 'reader-2': 4 });
  await rig.advance(2 * LEASE_MS);

  expectInOrder(texts, rounds);
  // What comes again is what one that was killed or frozen had not written yet, and a record in hand at each change.
  expect(texts.length - rounds * KEYS.length).toBeLessThan(4 * KEYS.length * (LEASE_MS / 1000));
});

test('who has given its shards back is closed, and the next one repeats nothing', async () => {
  const rig = createRig(4);
  const { add, texts } = createReaders(rig, seededRandom(2));
  const first = add();
  rig.put(...KEYS.map((key) => `${key}0`));
  await rig.advance(LEASE_MS);

  await Promise.all([first.consumer.close(), rig.advance(LEASE_MS)]);
  rig.put(...KEYS.map((key) => `${key}1`));
  add();
  await rig.advance(LEASE_MS);

  expect(texts.length).toBe(2 * KEYS.length);
  expectInOrder(texts, 2);
});

test('shards say who reads them, and how far it is', async () => {
  const rig = createRig(2);
  const { add } = createReaders(rig, seededRandom(3));
  const one = add();
  const two = add();
  rig.put(...KEYS.map((key) => `${key}0`));
  await rig.advance(10 * LEASE_MS);

  const [mine] = one.consumer.shards().filter(({ owner }) => owner?.startsWith('reader-0.'));
  const theirs = two.consumer.shards().find(({ shardId }) => shardId === mine?.shardId);

  expect(mine?.status).toBe('live');
  expect(theirs).toMatchObject({ status: 'elsewhere', owner: mine?.owner });
  expect(theirs?.checkpoint).toMatchObject({ sequenceNumber: mine?.lastSequenceNumber });
});
