// @vitest-environment node
import { expect, test } from 'vitest';
import { leases } from '../../../../src/consumer/checkpoint/leases.ts';
import { memoryStore } from '../../../../src/consumer/checkpoint/memory-store.ts';
import type {
  Checkpoint,
  CheckpointSession,
  LeaseStore,
} from '../../../../src/consumer/checkpoint/types.ts';
import type { ShardFacts } from '../../../../src/consumer/lineage.ts';
import type { StartPosition } from '../../../../src/consumer/types.ts';
import { isRivuletError } from '../../../../src/errors.ts';
import { leaseOf } from '../../../conformance/lease-store.ts';
import { createFakeClock, type FakeClock } from '../../../helpers/fake-clock.ts';
import { seededRandom } from '../../../helpers/seeded-random.ts';

const LEASE_MS = 9000;
const TWO = [shard('one'), shard('two')];

function shard(shardId: string, parents: readonly string[] = [], isClosed = false): ShardFacts {
  return { shardId, parents, hashKeys: { start: 0n, end: 1n }, isClosed };
}

const upTo = (sequenceNumber: string) => ({ sequenceNumber, subSequenceNumber: 0 });

interface Started {
  readonly session: CheckpointSession;
  readonly granted: (readonly [string, Checkpoint])[];
  readonly revoked: string[];
  readonly failed: (string | undefined)[];
}

let names = 0;

function start(
  store: LeaseStore,
  clock: FakeClock,
  change: { readonly from?: StartPosition; readonly shards?: readonly ShardFacts[] } = {},
): Started {
  const granted: (readonly [string, Checkpoint])[] = [];
  const revoked: string[] = [];
  const failed: (string | undefined)[] = [];
  const session = leases(store, { leaseMs: LEASE_MS }).start({
    from: change.from ?? 'TRIM_HORIZON',
    runtime: { ...clock, random: seededRandom(++names), locks: undefined },
    granted: (shardId, from) => granted.push([shardId, from]),
    revoked: (shardId) => revoked.push(shardId),
    failed: (message) => failed.push(message),
  });
  session.known(change.shards ?? TWO);
  return { session, granted, revoked, failed };
}

const clockOf = (): FakeClock => createFakeClock(undefined, 2);

async function checkpoints(store: LeaseStore): Promise<Record<string, Checkpoint>> {
  const stored = await store.list();
  return Object.fromEntries(stored.map(({ shardId, checkpoint }) => [shardId, checkpoint]));
}

test('what is done is written soon, and the next reading goes on there', async () => {
  const store = memoryStore();
  const clock = clockOf();
  const first = start(store, clock);
  await clock.settle();

  first.session.done('one', upTo('7'));
  await clock.advance(LEASE_MS / 3);
  expect(await checkpoints(store)).toEqual({ one: upTo('7'), two: 'TRIM_HORIZON' });
  first.session.done('two', upTo('8'));
  await first.session.end();
  const second = start(store, clock);
  await clock.settle();

  expect(Object.fromEntries(second.granted)).toEqual({ one: upTo('7'), two: upTo('8') });
  expect((await store.list()).map(({ switches }) => switches)).toEqual([0, 0]);
});

test('flush writes at once, and only what is later', async () => {
  const store = memoryStore();
  const clock = clockOf();
  const { session } = start(store, clock);
  await clock.settle();

  session.done('one', upTo('10'));
  session.done('one', upTo('9'));
  await session.flush();

  expect(await checkpoints(store)).toMatchObject({ one: upTo('10') });
  expect(session.lease('one')).toMatchObject({ checkpoint: upTo('10'), owner: /^rivulet\./ });
});

test('children are granted when every parent is written as done', async () => {
  const store = memoryStore();
  const clock = clockOf();
  const shards = [shard('one', [], true), shard('two', [], true), shard('three', ['one', 'two'])];
  const { session, granted } = start(store, clock, { shards });
  await clock.settle();
  expect(granted.map(([shardId]) => shardId).sort()).toEqual(['one', 'two']);

  session.done('one', 'SHARD_END');
  await clock.settle();
  expect(granted).toHaveLength(2);
  session.done('two', 'SHARD_END');
  await clock.settle();

  expect(granted.at(-1)).toEqual(['three', 'TRIM_HORIZON']);
  expect(session.holds('one')).toBe(false);
  expect(await checkpoints(store)).toMatchObject({ one: 'SHARD_END', two: 'SHARD_END' });
});

test('LATEST is the end for who begins, and a time for who comes after a crash', async () => {
  const store = memoryStore();
  const clock = clockOf();
  const from = 'LATEST' as const;
  const begun = clock.now();
  const first = start(store, clock, { from });
  await clock.settle();
  expect(first.granted).toContainEqual(['one', 'LATEST']);

  // It has read nothing when it ends.
  const second = start(store, clock, { from });
  await clock.settle();
  await first.session.end();
  await clock.advance(LEASE_MS);

  expect(second.granted).toContainEqual(['one', { atTimestamp: begun }]);
});

test("a time that another one's clock has written too far ahead is taken as now", async () => {
  const store = memoryStore();
  const clock = clockOf();
  const ahead = { atTimestamp: clock.now() + 3_600_000 };
  await store.create(leaseOf('one', { checkpoint: ahead }));

  const { granted } = start(store, clock, { shards: [shard('one')], from: 'LATEST' });
  await clock.settle();

  expect(granted).toEqual([['one', { atTimestamp: clock.now() }]]);
});

test('a store that fails is told, once; what is held is held until the lease ends, and comes back', async () => {
  const kept = memoryStore();
  let isDown = false;
  const down = <T>(call: () => Promise<T>): Promise<T> =>
    isDown ? Promise.reject(new Error('no route')) : call();
  const store: LeaseStore = {
    list: () => down(kept.list),
    create: (lease) => down(() => kept.create(lease)),
    replace: (before, lease) => down(() => kept.replace(before, lease)),
    remove: (before) => down(() => kept.remove(before)),
  };
  const clock = clockOf();
  const { session, granted, revoked, failed } = start(store, clock);
  await clock.settle();

  isDown = true;
  session.done('one', upTo('5'));
  await clock.advance(LEASE_MS * 0.6);
  expect(session.holds('one')).toBe(true);
  expect(failed).toEqual([
    'checkpoints: expected the store of leases to answer, got Error: no route; tried again',
  ]);
  const refused = await session.flush().catch((error: unknown) => error);
  expect(isRivuletError(refused) && refused.code).toBe('checkpoint_failed');
  await clock.advance(LEASE_MS);
  expect(session.holds('one')).toBe(false);
  expect(revoked.sort()).toEqual(['one', 'two']);
  // What a handler is done with now is no longer this one's to say.
  session.done('one', upTo('6'));
  isDown = false;
  await clock.advance(LEASE_MS / 3);

  expect(session.holds('one')).toBe(true);
  expect(granted.slice(2)).toContainEqual(['one', upTo('5')]);
  expect(failed.at(-1)).toBeUndefined();
  expect(await checkpoints(kept)).toMatchObject({ one: upTo('5') });
});

test.each([
  { write: 'a flush', write_: (session: CheckpointSession) => session.flush() },
  {
    write: 'the write of what is done',
    write_: (_: CheckpointSession, clock: FakeClock) => clock.advance(LEASE_MS / 3),
  },
])(
  'a time that was over is told, whoever asked meanwhile, where $write renews it',
  async ({ write_ }) => {
    const store = memoryStore();
    const clock = clockOf();
    const { session, granted, revoked } = start(store, clock, { shards: [shard('one')] });
    await clock.settle();

    session.done('one', upTo('7'));
    // The machine slept, or its clock was set: whoever asks now waits to be told.
    clock.set(clock.now() + LEASE_MS);
    expect(session.holds('one')).toBe(false);
    await write_(session, clock);
    await clock.advance(LEASE_MS);

    expect(revoked).toEqual(['one']);
    expect(granted.at(-1)).toEqual(['one', upTo('7')]);
    expect(session.holds('one')).toBe(true);
  },
);

test("a failure is over when all that could not be renewed is another's", async () => {
  const kept = memoryStore();
  let isDown = false;
  const replace: LeaseStore['replace'] = (before, lease) =>
    isDown ? Promise.reject(new Error('no route')) : kept.replace(before, lease);
  const clock = clockOf();
  const { failed, revoked } = start({ ...kept, replace }, clock);
  await clock.settle();
  const other = start(kept, clock);
  await clock.settle();

  isDown = true;
  await clock.advance(LEASE_MS * 3);
  expect(revoked.sort()).toEqual(['one', 'two']);
  expect(other.granted).toHaveLength(2);
  isDown = false;
  await clock.advance(LEASE_MS / 3);

  expect(failed.at(-1)).toBeUndefined();
});

test('a store that does not answer keeps nobody from ending', async () => {
  const clock = clockOf();
  const never = new Promise<never>(() => {});
  const stuck = memoryStore();
  let isStuck = false;
  const store: LeaseStore = {
    ...stuck,
    list: () => (isStuck ? never : stuck.list()),
    replace: (before, lease) => (isStuck ? never : stuck.replace(before, lease)),
  };
  const { session, failed } = start(store, clock);
  await clock.settle();

  isStuck = true;
  await clock.advance(LEASE_MS * 2);
  expect(failed.at(-1)).toContain('no answer in 9000 ms');
  let isEnded = false;
  void session.end().then(() => {
    isEnded = true;
  });
  await clock.advance(LEASE_MS);

  expect(isEnded).toBe(true);
  await clock.advance(LEASE_MS);
  expect(clock.timers()).toEqual([]);
});

test('one that is robbed says how far it is, and the other goes on from there at once', async () => {
  const store = memoryStore();
  const clock = clockOf();
  const rich = start(store, clock);
  await clock.settle();
  const poor = start(store, clock);

  for (let step = 0; step < 12 && rich.revoked.length === 0; step++) {
    // Later than the last write: only its last word can tell.
    for (const { shardId } of TWO) rich.session.done(shardId, upTo(String(100 + step)));
    await clock.advance(LEASE_MS / 12);
  }
  const [lost] = rich.revoked;
  const before = rich.session.holds(lost ?? '');
  await clock.advance(LEASE_MS / 3);

  expect(before).toBe(false);
  expect(poor.granted).toHaveLength(1);
  const [[shardId, from] = ['', 'LATEST' as const]] = poor.granted;
  expect(shardId).toBe(lost);
  expect(Number((from as { sequenceNumber: string }).sequenceNumber)).toBeGreaterThanOrEqual(100);
  expect(poor.session.holds(shardId)).toBe(true);
});

test('shards that the stream has forgotten leave the store when their children are done', async () => {
  const store = memoryStore();
  const clock = clockOf();
  await store.create(leaseOf('old', { checkpoint: 'SHARD_END' }));
  await store.create(leaseOf('one', { parents: ['old'], checkpoint: upTo('3') }));
  const { session, failed } = start(store, clock, { shards: [shard('one', ['old'], true)] });
  await clock.settle();
  expect(Object.keys(await checkpoints(store)).sort()).toEqual(['old', 'one']);

  session.done('one', 'SHARD_END');
  await clock.advance(LEASE_MS);

  expect(Object.keys(await checkpoints(store))).toEqual(['one']);
  expect(failed.filter(Boolean)).toEqual([]);
});

test('a shard that the stream forgot before it was done is told', async () => {
  const store = memoryStore();
  const clock = clockOf();
  await store.create(leaseOf('old', { checkpoint: upTo('3') }));
  const { granted, failed } = start(store, clock, { shards: [shard('one', ['old'])] });
  await clock.settle();

  expect(granted).toEqual([['one', 'TRIM_HORIZON']]);
  expect(failed.at(-1)).toContain('got old unread at the end: what was left of them is missing');
  await clock.advance(10 * LEASE_MS);
  expect(failed.at(-1)).toContain('got old unread');
});

test('a list without shards forgets nothing', async () => {
  const store = memoryStore();
  const clock = clockOf();
  const { session } = start(store, clock);
  await clock.settle();

  session.known([]);
  await clock.advance(3 * LEASE_MS);

  expect(Object.keys(await checkpoints(store)).sort()).toEqual(['one', 'two']);
});

test.each([
  [{ store: {} }, 'store: expected a LeaseStore'],
  [{ owner: '' }, 'owner: expected a name, got '],
  [{ leaseMs: 0 }, 'leaseMs: expected 1 to 86400000, got 0'],
  [{ leaseMs: Number.NaN }, 'leaseMs: expected 1 to 86400000, got NaN'],
  [{ checkpointMs: -1 }, 'checkpointMs: expected 0 to 86400000, got -1'],
])('options are looked at when they are given: %o', (options, message) => {
  const { store = memoryStore(), ...rest } = options as { store?: LeaseStore };

  expect(() => leases(store, rest)).toThrow(message);
});
