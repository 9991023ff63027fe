import { describe, expect, it } from 'vitest';
import { createOriginTabs } from '../../../../src/debug/page/tabs-of-origin.ts';

/** A browser's lock manager as one of its pages sees it. */
function locksOf(own: string, snapshot: LockManagerSnapshot) {
  const asked: string[] = [];
  const held: LockInfo[] = [];
  const locks = {
    request: async (name: string, granted: () => Promise<unknown>) => {
      asked.push(name);
      held.push({ name, clientId: own, mode: 'exclusive' });
      try {
        return await granted();
      } finally {
        held.pop();
      }
    },
    query: async () => ({ ...snapshot, held: [...(snapshot.held ?? []), ...held] }),
  } as unknown as LockManager;
  return { locks, asked };
}

const lock = (clientId: string, name = 'rivulet'): LockInfo => ({
  name,
  clientId,
  mode: 'exclusive',
});

describe('the tabs of an origin', () => {
  it('are the one that sends, and those that wait in their order', async () => {
    const { locks } = locksOf('b', {
      held: [lock('z', 'other'), lock('a')],
      pending: [lock('b'), lock('c'), lock('b')],
    });

    const tabs = await createOriginTabs({ locks, random: () => 0.5 }).list('rivulet');

    expect(tabs).toEqual([
      { isThis: false, isSending: true },
      { isThis: true, isSending: false },
      { isThis: false, isSending: false },
    ]);
  });

  it('take no lock but one of the view’s own, and that once', async () => {
    const { locks, asked } = locksOf('a', { held: [lock('a')], pending: [] });
    const tabs = createOriginTabs({ locks, random: () => 0.5 });

    expect(await tabs.list('rivulet')).toEqual([{ isThis: true, isSending: true }]);
    await tabs.list('rivulet');

    expect(asked).toEqual(['rivulet-debug 0.5']);
  });

  it('are unknown where the platform has no locks', async () => {
    const tabs = createOriginTabs({ locks: undefined, random: () => 0.5 });

    expect(await tabs.list('rivulet')).toBeUndefined();
  });
});
