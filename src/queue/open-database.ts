const VERSION = 2;

/** Asks for the database in this very turn. Not by `openDB` of `idb`: that one takes the global factory. */
export function openDatabase(indexedDB: IDBFactory, databaseName: string): IDBOpenDBRequest {
  const request = indexedDB.open(databaseName, VERSION);
  request.onupgradeneeded = ({ oldVersion }) => {
    const db = request.result;
    if (oldVersion < 1) {
      // The log, and small values beside it: the client's by name, the log's own by number.
      db.createObjectStore('segments', { keyPath: 'id', autoIncrement: true }).createIndex(
        'lane',
        ['lane', 'first'],
        { unique: true },
      );
      db.createObjectStore('values');
    }
    // Most segments are `normal`, have no such key, and cost this index nothing: no record of version 1 is rewritten.
    request.transaction?.objectStore('segments').createIndex('priority', 'priority');
    db.createObjectStore('rejected', { keyPath: ['lane', 'first'] });
  };
  return request;
}
