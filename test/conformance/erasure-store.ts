/** What every place does that remembers erasures, whatever it is made of. */

import { describe, expect, it } from 'vitest';
import type { AuditLog, ErasureState, ErasureStore } from '../../src/erasure/types.ts';

function stateOf(key: string, change: Partial<ErasureState> = {}): ErasureState {
  return { key, status: 'done', at: 1000, ...change };
}

function parkedOf(key: string, at: number): ErasureState {
  return stateOf(key, {
    ...{ status: 'parked', at, reason: 'expected 2xx, got 403' },
    request: {
      ...{ key, type: 'erase', product: 'crm', subject: { userId: 'jané' } },
      requestedBy: { anonymousId: 'client-1' },
      requestedAt: '2026-01-01T00:00:00.000Z',
      ...{ messageId: 'k3f9aL0qXw.1', source: 'shop' },
    },
  });
}

/** Runs the suite. `create` gives an empty one each time; `reopen` the same one as another process finds it. */
export function testErasureStore(
  name: string,
  create: () => { readonly store: ErasureStore; readonly reopen: () => ErasureStore },
): void {
  describe(`the erasure store contract: ${name}`, () => {
    it('knows nothing of what was never put', async () => {
      const { store } = create();

      expect([await store.get('a'), await store.parked()]).toEqual([undefined, []]);
    });

    it('remembers each state, in other processes too', async () => {
      const { store, reopen } = create();
      const states = [
        stateOf('a'),
        parkedOf('b', 2000),
        stateOf('c', { status: 'not_ours', reason: 'products: mail' }),
        stateOf('d', { status: 'malformed', reason: 'properties.subject: "x"' }),
      ];

      for (const state of states) await store.put(state);

      const found = await Promise.all(states.map(({ key }) => reopen().get(key)));
      expect(found).toEqual(states);
    });

    it('lists what is parked, oldest first', async () => {
      const { store, reopen } = create();

      for (const [key, at] of [['a', 30] as const, ['b', 10] as const, ['c', 20] as const]) {
        await store.put(parkedOf(key, at));
      }
      await store.put(stateOf('d'));

      expect((await reopen().parked()).map(({ key }) => key)).toEqual(['b', 'c', 'a']);
    });

    it('takes what is done out of what is parked, and keeps nothing of the subject', async () => {
      const { store, reopen } = create();

      await store.put(parkedOf('a', 10));
      await store.put(stateOf('a', { at: 20 }));

      expect(await reopen().get('a')).toEqual(stateOf('a', { at: 20 }));
      expect(await store.parked()).toEqual([]);
    });

    it('keeps what is done, whoever comes later with something else', async () => {
      const { store } = create();

      await store.put(stateOf('a'));
      await store.put(parkedOf('a', 20));

      expect(await store.get('a')).toEqual(stateOf('a'));
      expect(await store.parked()).toEqual([]);
    });

    it('tells keys apart that are almost the same', async () => {
      const { store } = create();

      await store.put(stateOf('a'));

      expect(await Promise.all(['A', 'a ', 'aa', '%'].map(store.get))).toEqual(
        Array(4).fill(undefined),
      );
    });
  });
}

/** The same for the log. */
export function testAuditLog(
  name: string,
  create: () => { readonly log: AuditLog; readonly reopen: () => AuditLog },
): void {
  describe(`the audit log contract: ${name}`, () => {
    it('has no last line where it is empty', async () => {
      expect(await create().log.last()).toBeUndefined();
    });

    it('gives the last line back as it was, in other processes too', async () => {
      const { log, reopen } = create();

      for (let seq = 1; seq <= 12; seq++) await log.append(seq, `{"seq":${seq},"é":"\\n\\""}`);

      expect(await log.last()).toBe('{"seq":12,"é":"\\n\\""}');
      expect(await reopen().last()).toBe('{"seq":12,"é":"\\n\\""}');
    });

    it('refuses a line of a number that is there, and keeps the first', async () => {
      const { log, reopen } = create();
      await log.append(1, '{"writer":1}');

      await expect(reopen().append(1, '{"writer":2}')).rejects.toThrow();

      expect(await log.last()).toBe('{"writer":1}');
    });
  });
}
