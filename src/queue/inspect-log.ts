/** The log as somebody sees it who only looks: no call here writes, creates or upgrades anything. */

import type { LaneRange, Priority } from '../protocol/event.ts';
import { isStoredSegment, type StoredRecord } from './segment.ts';
import type { StoredSegment } from './types.ts';

/** What stands in the log of one segment, without its events. */
export interface SegmentFacts extends LaneRange, Pick<StoredSegment, 'id' | 'createdAt'> {
  readonly priority: Priority;
  readonly bytes: number;
  readonly contextCharacters: number;
  readonly isSealed: boolean;
}

export interface LogHead {
  /** The oldest, in the order in which they are sent. */
  readonly segments: readonly SegmentFacts[];
  /** Whether there are no others behind them. */
  readonly isAll: boolean;
}

/** Appends wait behind a transaction: it ends after as many as these, or after so many bytes. */
const MAX_SEGMENTS = 100;
const MAX_BYTES = 256 * 1024;
const PAGE = 16;

/** The oldest segments of a database; `undefined` where there is no such database. Rejects where it cannot be read. */
export async function inspectLog(
  indexedDB: IDBFactory,
  databaseName: string,
): Promise<LogHead | undefined> {
  const db = await openExisting(indexedDB, databaseName);
  if (!db) return undefined;
  try {
    return db.objectStoreNames.contains('segments') ? await readSegments(db) : undefined;
  } finally {
    // Held by nobody: a later version of the client can upgrade it.
    db.close();
  }
}

/** Without a version, which would upgrade it; one that is not there, opening would create, so that has to be taken back. */
function openExisting(
  indexedDB: IDBFactory,
  databaseName: string,
): Promise<IDBDatabase | undefined> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(databaseName);
    let isNew = false;
    request.onupgradeneeded = () => {
      isNew = true;
      request.transaction?.abort();
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => (isNew ? resolve(undefined) : reject(request.error));
  });
}

function readSegments(db: IDBDatabase): Promise<LogHead> {
  return new Promise((resolve, reject) => {
    const transaction = db.transaction('segments');
    // Browsers close a database as they like.
    transaction.onabort = () => reject(transaction.error);
    const store = transaction.objectStore('segments');
    const segments: SegmentFacts[] = [];
    let bytes = 0;
    const readPage = (after?: IDBKeyRange): void => {
      const request: IDBRequest<StoredRecord[]> = store.getAll(after, PAGE);
      request.onsuccess = () => {
        for (const record of request.result) {
          if (!isStoredSegment(record)) continue;
          const facts = factsOf(record);
          bytes += facts.bytes;
          segments.push(facts);
        }
        const last = request.result[PAGE - 1];
        if (last && segments.length < MAX_SEGMENTS && bytes < MAX_BYTES) {
          readPage(IDBKeyRange.lowerBound(last.id, true));
          return;
        }
        const isAll = !last && segments.length <= MAX_SEGMENTS;
        resolve({ segments: segments.slice(0, MAX_SEGMENTS), isAll });
      };
    };
    readPage();
  });
}

function factsOf(segment: StoredSegment): SegmentFacts {
  const { id, lane, first, count, createdAt, body, context, priority, sealedBefore } = segment;
  return {
    ...{ id, lane, first, count, createdAt },
    priority: priority ?? 'normal',
    bytes: body.length,
    contextCharacters: context.length,
    isSealed: sealedBefore !== undefined,
  };
}
