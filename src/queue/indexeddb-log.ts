import { wrap } from 'idb';
import { RivuletError } from '../errors.ts';
import { countSegments, readHead, settleRanges } from './log-transaction.ts';
import { openDatabase } from './open-database.ts';
import { createSpill } from './spill.ts';
import type { Segment, SegmentLog } from './types.ts';

export interface IndexedDbLogOptions {
  /** Absent where the platform or the user refuses it: then the log cannot be opened. */
  readonly indexedDB: IDBFactory | undefined;
  readonly databaseName: string;
  /** Holds what waits for a database that is not open or not idle: the page may end before its turn. */
  readonly storage?: Storage | undefined;
}

/** A commit hands the write to the operating system: it outlives the tab and the browser, and does not wait for the disk. */
const DURABILITY: IDBTransactionOptions = { durability: 'relaxed' };

/**
 * The log in IndexedDB. It opens at once; appends wait in memory until then, in order, and are written in the very turn
 * of the opening. What fails is tried once more on a new handle, because browsers close handles as they like. Calls
 * reject with `storage_unavailable` when the database cannot be opened for the first time, with `storage_failed` later.
 */
export function createIndexedDbLog(options: IndexedDbLogOptions): SegmentLog {
  const { indexedDB, databaseName, storage } = options;
  const spill = createSpill(storage, databaseName);
  /** Appends that are not on disk yet. */
  const pending = new Set<readonly Segment[]>();
  let code: 'storage_unavailable' | 'storage_failed' = 'storage_unavailable';
  /** Transactions under way that an append has to wait for. */
  let ahead = 0;
  let db: IDBDatabase | undefined;
  /** A handle that has ended a transaction. What is committed on a newer one was seen to end with its page. */
  let proven: IDBDatabase | undefined;
  let opening: Promise<IDBDatabase> | undefined;

  const failure = (cause: unknown): RivuletError =>
    new RivuletError(code, `database "${databaseName}": expected it to work, got ${cause}`, {
      cause,
    });

  const drop = (handle: IDBDatabase): void => {
    handle.close();
    // A handle may die twice, by our word and by the browser's: the second must not hit its successor.
    if (handle === db) db = opening = undefined;
  };

  const connect = (): Promise<IDBDatabase> => {
    opening ??= openDatabase(indexedDB, databaseName, drop).then(
      (handle) => {
        code = 'storage_failed';
        db = handle;
        spill.takeUp((segments) => write(handle, segments));
        return handle;
      },
      (cause: unknown) => {
        opening = undefined;
        throw failure(cause);
      },
    );
    return opening;
  };

  /** Calls `work` in this very turn where the database is open, and in the order of the calls where it is not. */
  const perform = <T>(work: (handle: IDBDatabase) => Promise<T>, isRetry = false): Promise<T> => {
    const attempt = async (handle: IDBDatabase): Promise<T> => {
      try {
        const result = await work(handle);
        proven = handle;
        return result;
      } catch (cause) {
        drop(handle);
        if (isRetry) throw failure(cause);
        return perform(work, true);
      }
    };
    return db ? attempt(db) : connect().then(attempt);
  };

  const transact = <T>(
    mode: IDBTransactionMode,
    work: (transaction: IDBTransaction) => Promise<T>,
  ): Promise<T> =>
    perform(async (handle) => {
      const transaction = handle.transaction(['segments', 'values'], mode, DURABILITY);
      ahead++;
      // Both at once: a `done` that rejects unheard is an unhandled rejection in the host page.
      const [result] = await Promise.all([work(transaction), wrap(transaction).done]).finally(
        () => ahead--,
      );
      return result;
    });

  connect().catch(() => {}); // The first call tries again, and hears of it.
  return {
    kind: 'indexeddb',
    append: async (segments) => {
      const kept = [...segments];
      pending.add(kept);
      // A proven and idle database ends what is committed whatever becomes of the page; what has to wait ends with it.
      if (!db || db !== proven || ahead > 0) spill.leave([...pending].flat());
      try {
        await perform((handle) => write(handle, kept));
      } finally {
        pending.delete(kept);
        if (pending.size === 0) spill.leave([]);
      }
    },
    read: (limits) => transact('readonly', (transaction) => readHead(transaction, limits)),
    settle: (ranges) => transact('readwrite', (transaction) => settleRanges(transaction, ranges)),
    stats: async () => {
      for (;;) {
        const stats = await transact('readwrite', countSegments);
        if (stats) return stats;
      }
    },
    getValue: (key) => perform((handle) => wrap(valuesOf(handle, 'readonly').get(key))),
    setValue: (key, value) =>
      perform((handle) => wrap(valuesOf(handle, 'readwrite').put(value, key))),
    close: () => {
      // What waits for the opening is written first; what is being written, the database finishes.
      opening?.then(drop, () => {});
    },
  };
}

function valuesOf(handle: IDBDatabase, mode: IDBTransactionMode): IDBObjectStore {
  return handle.transaction('values', mode, DURABILITY).objectStore('values');
}

/** Not through `idb`, which makes a promise of every request: here only the transaction's end matters. */
function write(handle: IDBDatabase, segments: readonly Segment[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const transaction = handle.transaction('segments', 'readwrite', DURABILITY);
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
    try {
      const store = transaction.objectStore('segments');
      for (const segment of segments) store.add(segment).onerror = passOverKnown;
      transaction.commit();
    } catch (cause) {
      // Left alone, the transaction would commit the segments before the one that cannot be cloned.
      transaction.abort();
      throw cause;
    }
  });
}

/** A segment that is in the log already was written by a transaction that outlived its page: once is enough. */
function passOverKnown(event: Event): void {
  if ((event.target as IDBRequest).error?.name === 'ConstraintError') event.preventDefault();
}
