/** IndexedDB with nothing around it: what every log has to be measured against. */

export function openRaw(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(`bench-raw-${crypto.randomUUID()}`, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore('records', { autoIncrement: true });
    };
    request.onerror = () => reject(request.error);
    request.onsuccess = () => resolve(request.result);
  });
}

/** One transaction. */
export function putRaw(db: IDBDatabase, records: readonly unknown[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const transaction = db.transaction('records', 'readwrite', { durability: 'relaxed' });
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
    const store = transaction.objectStore('records');
    for (const record of records) store.add(record);
    transaction.commit();
  });
}
