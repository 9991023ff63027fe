/** The tabs that share this page's queue, by who holds the lock of the one that sends and who waits for it. */

import type { Runtime } from '../../runtime.ts';

export interface OriginTab {
  readonly isThis: boolean;
  /** The others wait for it to end. */
  readonly isSending: boolean;
}

export interface OriginTabs {
  /** The one that sends first, then in the order in which they take over; `undefined` where the browser does not tell. */
  readonly list: (databaseName: string) => Promise<readonly OriginTab[] | undefined>;
}

export function createOriginTabs({ locks, random }: Pick<Runtime, 'locks' | 'random'>): OriginTabs {
  let own: string | undefined;

  /** The browser's name for this page, which it tells of holders of locks only. */
  const findOwn = async (held: LockManager): Promise<string | undefined> => {
    const name = `rivulet-debug ${random()}`;
    const snapshot = await held.request(name, () => held.query());
    return snapshot.held?.find((lock) => lock.name === name)?.clientId;
  };

  return {
    list: async (databaseName) => {
      if (!locks) return undefined;
      own ??= await findOwn(locks);
      const { held = [], pending = [] } = await locks.query();
      const tabs = new Map<string | undefined, OriginTab>();
      const add = (isSending: boolean, { name, clientId }: LockInfo): void => {
        if (name !== databaseName || tabs.has(clientId)) return;
        tabs.set(clientId, { isThis: clientId === own, isSending });
      };
      for (const lock of held) add(true, lock);
      for (const lock of pending) add(false, lock);
      return [...tabs.values()];
    },
  };
}
