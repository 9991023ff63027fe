/** Reading what stands in the store, some of which may not be readable, or not ours. */

import { wrap } from 'idb';
import type { StoredRecord } from './segment.ts';

/** A batch is about ten segments of a busy page, and a page of the largest ones is still a few MiB. */
export const PAGE_RECORDS = 16;

/** Collects records that are no segments. */
export type Foreign = StoredRecord[];

/** In ascending order. Of a record that cannot be deserialised, the id is all there is. */
export async function readRecords(
  store: IDBObjectStore,
  source: IDBObjectStore | IDBIndex,
  range: IDBKeyRange | undefined,
  count?: number,
): Promise<StoredRecord[]> {
  try {
    return await ask(source.getAll(range, count));
  } catch (cause) {
    // One of them fails all.
    let readable = 0;
    const ids = await ask(source.getAllKeys(range, count));
    const records = await Promise.all(
      ids.map(async (id) => {
        try {
          const record: StoredRecord = await ask(store.get(id));
          readable++;
          return record;
        } catch {
          return { id: id as number };
        }
      }),
    );
    // Where none can be read, the database is to blame and not they.
    if (readable === 0) throw cause;
    return records;
  }
}

export function readPage(
  transaction: IDBTransaction,
  range: IDBKeyRange | undefined,
): Promise<StoredRecord[]> {
  const segments = transaction.objectStore('segments');
  return readRecords(segments, segments, range, PAGE_RECORDS);
}

/** A request whose failure does not abort its transaction. */
export function ask<T>(request: IDBRequest<T>): Promise<T> {
  request.onerror = passOver;
  return wrap(request);
}

/** The transaction goes on. */
export function passOver(event: Event): void {
  event.preventDefault();
}
