import { RivuletError } from '../errors.ts';
import { attempt, type Runtime } from '../runtime.ts';
import { openDatabase } from './open-database.ts';

/** WebKit has left openings unanswered for good (https://bugs.webkit.org/show_bug.cgi?id=226547), and an old tab may not give way. */
const OPEN_LIMIT_MS = 5000;
/** Chromium 156 has failed a transaction now and then, for no longer than this, when two tabs began in the same second. */
const FIRST_REST_MS = 50;
const LONGEST_REST_MS = 60_000;

/** A commit hands the write to the operating system: it outlives the tab and the browser, and does not wait for the disk. */
const DURABILITY: IDBTransactionOptions = { durability: 'relaxed' };

export interface ConnectionOptions {
  /** Absent where the platform or the user refuses it. */
  readonly indexedDB: IDBFactory | undefined;
  readonly databaseName: string;
  readonly runtime: Pick<Runtime, 'delay' | 'random'>;
  /** A handle is there, in the turn of its coming. */
  readonly onOpen: () => void;
  /** The rest after a failure is over, and the handle is there still. */
  readonly onRested: () => void;
  /** Once for each spell of failures. */
  readonly onError: (error: RivuletError) => void;
  /** The answers below may be others now. */
  readonly onChange: () => void;
}

/**
 * The handle of a database that browsers close as they like. What fails is tried once more on a new handle. After that
 * there is a rest, which grows: meanwhile nobody reopens the database, and calls that need that fail at once.
 */
export interface Connection {
  /** No handle was ever had, and not for want of trying. */
  readonly isMissing: () => boolean;
  readonly isFailing: () => boolean;
  /** Nothing can be written before a rest or an opening is over. */
  readonly isAway: () => boolean;
  /** Whether what is committed now ends whatever becomes of the page. */
  readonly isIdle: () => boolean;
  /** Room was made: ends the rest of a full disk. */
  readonly wake: () => void;
  /** All is well: the next failure begins a new spell. */
  readonly recover: () => void;
  /** Calls `work` in this very turn where the database is open, and in the order of the calls where it is not. */
  readonly transact: <T>(
    stores: readonly string[],
    mode: IDBTransactionMode,
    work: (transaction: IDBTransaction) => T,
  ) => Promise<Awaited<T>>;
  /** What waits for the opening is done first; what is under way, the database finishes. */
  readonly close: () => void;
}

export function createConnection(options: ConnectionOptions): Connection {
  const { indexedDB, databaseName, runtime, onOpen, onRested, onError, onChange } = options;
  let db: IDBDatabase | undefined;
  /** A handle that has ended a transaction. What is committed on a newer one was seen to end with its page. */
  let proven: IDBDatabase | undefined;
  let opening: Promise<IDBDatabase> | undefined;
  let hasOpened = false;
  let isClosed = false;
  /** Transactions under way that an append has to wait for. */
  let ahead = 0;
  let failures = 0;
  let failure: RivuletError | undefined;
  /** Ends the rest. */
  let cancelRest: (() => void) | undefined;

  function fail(cause: unknown): RivuletError {
    const error = new RivuletError(
      hasOpened ? 'storage_failed' : 'storage_unavailable',
      `database "${databaseName}": expected it to work, got ${cause}`,
      { cause },
    );
    // Calls that fail together are one failure.
    if (!cancelRest) {
      failure = error;
      const restMs = Math.min(FIRST_REST_MS * 2 ** failures, LONGEST_REST_MS);
      // Without a factory there is nothing to try again.
      cancelRest = indexedDB
        ? runtime.delay(rested, restMs * (0.5 + runtime.random() / 2))
        : () => {};
      if (!failures++) onError(error);
      onChange();
    }
    return error;
  }

  function rested(): void {
    cancelRest = undefined;
    if (isClosed) return;
    if (db) onRested();
    else connect().catch(() => {}); // It has been told, and there is a new rest.
  }

  function wake(): void {
    cancelRest?.();
    cancelRest = undefined;
  }

  function drop(handle: IDBDatabase): void {
    handle.close();
    // A handle may die twice, by our word and by the browser's: the second must not hit its successor.
    if (handle === db) db = opening = undefined;
  }

  function adopt(handle: IDBDatabase): void {
    handle.onclose = handle.onversionchange = () => drop(handle);
    if (db) {
      // A late answer, and a later call had its own before.
      handle.close();
      return;
    }
    const isLate = !opening;
    db = handle;
    opening ??= Promise.resolve(handle);
    hasOpened = true;
    wake();
    onOpen();
    if (isLate && isClosed) drop(handle);
  }

  function connect(): Promise<IDBDatabase> {
    if (cancelRest) return Promise.reject(failure);
    isClosed = false;
    opening ??= new Promise<IDBDatabase>((resolve, reject) => {
      if (!indexedDB) throw new TypeError('no indexedDB');
      // Where a user refuses storage, this itself may throw; inside a promise that is a rejection like the others.
      const request = openDatabase(indexedDB, databaseName);
      const cancelLimit = runtime.delay(
        () => reject(new Error(`no answer in ${OPEN_LIMIT_MS} ms`)),
        OPEN_LIMIT_MS,
      );
      request.onerror = () => {
        cancelLimit();
        reject(request.error);
      };
      request.onsuccess = () => {
        cancelLimit();
        adopt(request.result);
        resolve(request.result);
      };
    }).catch((cause: unknown) => {
      opening = undefined;
      throw fail(cause);
    });
    return opening;
  }

  function perform<T>(work: (handle: IDBDatabase) => Promise<T>, isRetry = false): Promise<T> {
    const tryOn = async (handle: IDBDatabase): Promise<T> => {
      try {
        const result = await work(handle);
        proven = handle;
        return result;
      } catch (cause) {
        // A full disk is not the handle's fault, and reads go on.
        const isFull = (cause as Error | null)?.name === 'QuotaExceededError';
        if (!isFull) drop(handle);
        if (isFull || isRetry) throw fail(cause);
        return perform(work, true);
      }
    };
    return db ? tryOn(db) : connect().then(tryOn);
  }

  // The first call hears of it.
  connect().catch(() => {});
  return {
    isMissing: () => !hasOpened && failures > 0,
    isFailing: () => failures > 0,
    isAway: () => !!cancelRest || (failures > 0 && !db),
    isIdle: () => !!db && db === proven && ahead === 0,
    wake,
    recover() {
      failures = 0;
      wake();
    },
    transact: <T>(
      stores: readonly string[],
      mode: IDBTransactionMode,
      work: (transaction: IDBTransaction) => T,
    ) =>
      perform(async (handle): Promise<Awaited<T>> => {
        const transaction = handle.transaction(stores, mode, DURABILITY);
        ahead++;
        try {
          // Both at once: an end that rejects unheard is an unhandled rejection in the host page.
          const [result] = await Promise.all([runOrAbort(transaction, work), endOf(transaction)]);
          return result;
        } finally {
          ahead--;
        }
      }),
    close() {
      wake();
      isClosed = true;
      opening?.then(drop, () => {});
    },
  };
}

function endOf(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    // Follows an error that nobody has passed over.
    transaction.onabort = () => reject(transaction.error);
  });
}

/** Left alone, a transaction would commit what came before the failure. */
async function runOrAbort<T>(
  transaction: IDBTransaction,
  work: (transaction: IDBTransaction) => T,
): Promise<Awaited<T>> {
  try {
    return await work(transaction);
  } catch (cause) {
    // It may have ended already.
    attempt(() => transaction.abort());
    throw cause;
  }
}
