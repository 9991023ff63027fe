// @vitest-environment node
import { expect, test } from 'vitest';
import { createPresence } from '../../../../src/consumer/checkpoint/presence.ts';
import { createFleet } from './fleet.ts';
import { createSharedLocks } from './shared-locks.ts';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('an owner is gone when its lock is, however it ended', async () => {
  const { locks, kill } = createSharedLocks();
  const gone: string[] = [];
  const one = createPresence('one', locks, () => gone.push('seen by one'));
  const two = createPresence('two', locks, () => gone.push('seen by two'));
  const [first, second] = await Promise.all([one.named, two.named]);

  one.watch(second);
  two.watch(first);
  await settle();
  expect([one.isGone(second), two.isGone(first), gone]).toEqual([false, false, []]);
  kill(first);
  await settle();

  expect(two.isGone(first)).toBe(true);
  expect(gone).toEqual(['seen by two']);
  two.end();
});

test('an owner that nobody holds a lock for was gone before', async () => {
  const { locks } = createSharedLocks();
  const { named, watch, isGone } = createPresence('one', locks, () => {});
  await named;

  watch('another+lock');
  await settle();

  expect(isGone('another+lock')).toBe(true);
});

test('of who has no lock, nothing is known', async () => {
  const { locks } = createSharedLocks();
  const { watch, isGone } = createPresence('one', locks, () => {});

  watch('process.abc');
  await settle();

  expect(isGone('process.abc')).toBe(false);
  expect(isGone(undefined)).toBe(false);
});

test('where locks are refused, it goes without one', async () => {
  const refusing = { request: async () => Promise.reject(new Error('opaque origin')) };

  const { named } = createPresence('one', refusing as unknown as LockManager, () => {});

  expect(await named).toBe('one');
});

test('ends by giving its lock back, and asks no more', async () => {
  const { locks, names } = createSharedLocks();
  const one = createPresence('one', locks, () => {});
  const two = createPresence('two', locks, () => {});
  one.watch(await two.named);
  await settle();

  one.end();
  two.end();
  await settle();

  expect(names()).toEqual([]);
  expect(one.isGone(await two.named)).toBe(false);
});

test('tabs take over at once what a closed one has left', async () => {
  const { locks, kill, names } = createSharedLocks();
  const fleet = createFleet(8, { locks });
  const closed = fleet.add();
  await fleet.advance(20);
  fleet.add();
  await fleet.advance(9000);
  const [lock = ''] = names();

  closed.kill();
  kill(lock.replace('rivulet consumer ', ''));
  await fleet.advance(500);

  expect([...fleet.shards.keys()].map((id) => fleet.holders(id)[0]?.name)).toEqual(
    Array.from({ length: 8 }, () => 'member-1'),
  );
  expect(fleet.faults).toEqual([]);
});
