import { RivuletError } from '../../errors.ts';
import { platformRuntime, type Runtime } from '../../runtime.ts';
import { isVersion } from './memory-store.ts';
import type { Lease, LeaseStore } from './types.ts';

export interface IndexedDbStoreOptions {
  /** What the checkpoints are of: one name for each stream and purpose, or they would be mixed up. */
  readonly name: string;
  readonly runtime?: Pick<Runtime, 'indexedDB'>;
}

const LEASES = 'leases';

/** Keeps leases in the browser, where every tab and worker of the origin shares them. */
export function indexedDbStore(options: IndexedDbStoreOptions): LeaseStore {
  const { name, runtime = platformRuntime() } = options;
  if (typeof name !== 'string' || name === '') {
    throw new RivuletError('invalid_option', `name: expected a text, got "${name}"`);
  }
  let opening: Promise<IDBDatabase> | undefined;

  async function open(): Promise<IDBDatabase> {
    const { indexedDB } = runtime;
    if (!indexedDB) throw new Error('indexedDB: expected a database, got none here');
    const request = indexedDB.open(`rivulet-leases ${name}`, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(LEASES, { keyPath: 'shardId' });
    };
    const db = await resultOf(request);
    // Browsers close databases as they like; the next call opens it again.
    db.onclose = () => {
      opening = undefined;
    };
    db.onversionchange = () => {
      db.close();
      opening = undefined;
    };
    return db;
  }

  function connect(): Promise<IDBDatabase> {
    opening ??= open().catch((cause: unknown) => {
      opening = undefined;
      throw cause;
    });
    return opening;
  }

  async function transact<T>(
    mode: IDBTransactionMode,
    work: (store: IDBObjectStore) => Promise<T>,
  ): Promise<T> {
    const transaction = (await connect()).transaction(LEASES, mode);
    const ended = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
    const [result] = await Promise.all([work(transaction.objectStore(LEASES)), ended]);
    return result;
  }

  /** Nothing but requests of the transaction is awaited in it: else it would end early. */
  function exchange(
    shardId: string,
    next: (stored: Lease | undefined) => Lease | 'gone' | undefined,
  ) {
    return transact('readwrite', async (store) => {
      const stored: Lease | undefined = await resultOf(store.get(shardId));
      const lease = next(stored);
      if (lease === 'gone') store.delete(shardId);
      else if (lease) store.put(lease);
      return lease !== undefined;
    });
  }

  return {
    isOriginBound: true,
    list: () => transact('readonly', (store): Promise<Lease[]> => resultOf(store.getAll())),
    create: (lease) => exchange(lease.shardId, (stored) => (stored ? undefined : lease)),
    replace: (before, lease) =>
      exchange(before.shardId, (stored) => (isVersion(stored, before) ? lease : undefined)),
    remove: (before) =>
      exchange(before.shardId, (stored) => (isVersion(stored, before) ? 'gone' : undefined)),
  };
}

function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
