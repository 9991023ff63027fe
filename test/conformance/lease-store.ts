/** What every store of leases does, wherever it keeps them. */

import { describe, expect, it } from 'vitest';
import type { Checkpoint, Lease, LeaseStore } from '../../src/consumer/checkpoint/types.ts';

export function leaseOf(shardId: string, change: Partial<Lease> = {}): Lease {
  return {
    shardId,
    parents: [],
    checkpoint: 'TRIM_HORIZON',
    owner: undefined,
    counter: 0,
    switches: 0,
    ...change,
  };
}

/** As long as the service's may be: 129 digits. */
const LONG = `4${'9'.repeat(127)}1`;

const CHECKPOINTS: readonly Checkpoint[] = [
  'TRIM_HORIZON',
  'LATEST',
  'SHARD_END',
  { atTimestamp: 1_780_000_000_123 },
  { sequenceNumber: LONG, subSequenceNumber: 0 },
  { sequenceNumber: '7', subSequenceNumber: 41 },
  { sequenceNumber: '7', subSequenceNumber: Number.MAX_SAFE_INTEGER },
];

/** Runs the suite. `create` gives an empty store each time, `reopen` another handle on the same one. */
export function testLeaseStore(
  name: string,
  create: () => Promise<LeaseStore> | LeaseStore,
  reopen: (store: LeaseStore) => Promise<LeaseStore> | LeaseStore = (store) => store,
): void {
  describe(`the lease store contract: ${name}`, () => {
    it('is empty at first', async () => {
      expect(await (await create()).list()).toEqual([]);
    });

    it('keeps a lease as it was created, for everybody', async () => {
      const store = await create();
      const lease = leaseOf('shardId-000000000002', {
        parents: ['shardId-000000000000', 'shardId-000000000001'],
        owner: 'one.abc+lock',
        counter: 3,
        switches: 2,
        hashKeys: { start: '0', end: `${2n ** 128n - 1n}` },
      });

      expect(await store.create(lease)).toBe(true);

      const [kept, ...others] = await (await reopen(store)).list();
      expect(others).toEqual([]);
      expect({ ...kept, parents: [...(kept?.parents ?? [])].sort() }).toEqual(lease);
    });

    it.each(CHECKPOINTS.map((checkpoint) => [JSON.stringify(checkpoint), checkpoint] as const))(
      'keeps the checkpoint %s when it is created and when it is replaced',
      async (_, checkpoint) => {
        const store = await create();
        const other: Checkpoint = checkpoint === 'TRIM_HORIZON' ? 'LATEST' : 'TRIM_HORIZON';
        const one = leaseOf('one', { checkpoint });
        const two = leaseOf('two', { checkpoint: other });
        await store.create(one);
        await store.create(two);

        await store.replace(two, { ...two, counter: 1, checkpoint });
        await store.replace(one, { ...one, counter: 1, checkpoint: other });

        const kept = new Map((await store.list()).map((lease) => [lease.shardId, lease]));
        expect(kept.get('one')?.checkpoint).toEqual(other);
        expect(kept.get('two')?.checkpoint).toEqual(checkpoint);
      },
    );

    it('creates no second lease of a shard', async () => {
      const store = await create();
      await store.create(leaseOf('one', { owner: 'first' }));

      expect(await store.create(leaseOf('one', { owner: 'second' }))).toBe(false);

      expect((await store.list()).map(({ owner }) => owner)).toEqual(['first']);
    });

    it('replaces a lease that is still as it was read, and its owner may come and go', async () => {
      const store = await create();
      const free = leaseOf('one', { parents: ['zero'], hashKeys: { start: '5', end: '9' } });
      const owned = { ...free, owner: 'me', counter: 1 };
      await store.create(free);

      expect(await store.replace(free, owned)).toBe(true);
      expect(await store.list()).toEqual([owned]);
      expect(await store.replace(owned, { ...owned, owner: undefined, counter: 2 })).toBe(true);

      expect(await store.list()).toEqual([{ ...free, counter: 2 }]);
    });

    it.each([
      ['another counter', { owner: 'me', counter: 2 }],
      ['another owner', { owner: 'you', counter: 1 }],
      ['no owner', { owner: undefined, counter: 1 }],
    ])('leaves a lease alone that is not as it was read: %s', async (_, version) => {
      const store = await create();
      const stored = leaseOf('one', { owner: 'me', counter: 1 });
      await store.create(stored);
      const before = { shardId: 'one', ...version };

      expect(await store.replace(before, { ...stored, checkpoint: 'SHARD_END' })).toBe(false);
      expect(await store.remove(before)).toBe(false);

      expect(await store.list()).toEqual([stored]);
    });

    it('leaves a lease alone that somebody owns now, where it was read as free', async () => {
      const store = await create();
      const free = leaseOf('one');
      const owned = { ...free, owner: 'me' };
      await store.create(free);
      await store.replace(free, owned);

      expect(await store.replace(free, { ...free, owner: 'you' })).toBe(false);

      expect(await store.list()).toEqual([owned]);
    });

    it('replaces and removes nothing that is not there', async () => {
      const store = await create();

      expect(await store.replace(leaseOf('one'), leaseOf('one', { counter: 1 }))).toBe(false);
      expect(await store.remove(leaseOf('one'))).toBe(false);

      expect(await store.list()).toEqual([]);
    });

    it('removes a lease that is still as it was read, and it can be created again', async () => {
      const store = await create();
      const lease = leaseOf('one', { owner: 'me', counter: 7 });
      await store.create(lease);
      await store.create(leaseOf('two'));

      expect(await store.remove(lease)).toBe(true);

      expect((await store.list()).map(({ shardId }) => shardId)).toEqual(['two']);
      expect(await store.create(lease)).toBe(true);
    });

    it('lets one of many win who want the same', async () => {
      const store = await create();
      const free = leaseOf('one');
      const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
      const handles = await Promise.all(names.map(() => reopen(store)));

      const created = await Promise.all(handles.map((handle) => handle.create(free)));
      const taken = await Promise.all(
        handles.map((handle, index) =>
          handle.replace(free, { ...free, owner: names[index], counter: 1 }),
        ),
      );

      expect(created.filter(Boolean)).toHaveLength(1);
      expect(taken.filter(Boolean)).toHaveLength(1);
      expect((await store.list()).map(({ owner }) => owner)).toEqual([names[taken.indexOf(true)]]);
    });

    it('lists every one of three hundred shards', async () => {
      const store = await create();
      const ids = Array.from({ length: 300 }, (_, index) => `shardId-${index}`);

      for (const id of ids) await store.create(leaseOf(id));

      expect((await store.list()).map(({ shardId }) => shardId).sort()).toEqual([...ids].sort());
    });
  });
}
