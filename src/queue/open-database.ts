const VERSION = 1;

/**
 * Opens the database; `onClose` hears that the browser closed the handle, or that a newer tab waits for it to be closed.
 * Not by `openDB` of `idb`: that one takes the global factory.
 */
export function openDatabase(
  indexedDB: IDBFactory | undefined,
  databaseName: string,
  onClose: (handle: IDBDatabase) => void,
): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    if (!indexedDB) throw new TypeError('no indexedDB');
    // Where a user refuses storage, this itself may throw; inside a promise that is a rejection like the others.
    const request = indexedDB.open(databaseName, VERSION);
    request.onupgradeneeded = () => {
      // The log, and small values beside it: the client's by name, the log's own by number.
      request.result
        .createObjectStore('segments', { keyPath: 'id', autoIncrement: true })
        .createIndex('lane', ['lane', 'first'], { unique: true });
      request.result.createObjectStore('values');
    };
    // An older tab that does not give way may live for days: delivery cannot wait for it.
    request.onblocked = () => reject(new Error('an open handle of another tab'));
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const handle = request.result;
      handle.onclose = handle.onversionchange = () => onClose(handle);
      resolve(handle);
    };
  });
}
