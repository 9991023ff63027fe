import type { Runtime } from '../../runtime.ts';
import type { LeaseStore } from './types.ts';

/** The same store, which rejects what it has not answered in time. What has become of such a call, the next list tells. */
export function limitStore(
  store: LeaseStore,
  limitMs: number,
  delay: Runtime['delay'],
): Pick<LeaseStore, 'list' | 'create' | 'replace' | 'remove'> {
  function within<T>(call: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const cancel = delay(() => reject(new Error(`no answer in ${limitMs} ms`)), limitMs);
      call.then(resolve, reject).finally(cancel);
    });
  }
  return {
    list: () => within(store.list()),
    create: (lease) => within(store.create(lease)),
    replace: (before, lease) => within(store.replace(before, lease)),
    remove: (before) => within(store.remove(before)),
  };
}
