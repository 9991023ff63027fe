/** SQLite in a worker of its own: a query that takes long holds up nobody, and ends with the worker. */

import sqlite3InitModule from '@sqlite.org/sqlite-wasm';

interface Request {
  readonly id: number;
  readonly sql: string;
  /** The first parameter. Without one the statements may only read. */
  readonly bind?: string | undefined;
  /** More rows are not given. */
  readonly maxRows: number;
}

const scope = globalThis as unknown as {
  onmessage: ((message: MessageEvent<Request>) => void) | null;
  readonly postMessage: (message: unknown) => void;
  sqlite3ApiConfig?: unknown;
};

// It looks for files of the origin otherwise, and starts a worker for them.
scope.sqlite3ApiConfig = { disable: { vfs: { opfs: true, 'opfs-vfs': true, 'opfs-wl': true } } };

const opening = sqlite3InitModule().then((sqlite3) => new sqlite3.oo1.DB(':memory:'));

scope.onmessage = async ({ data: { id, sql, bind, maxRows } }) => {
  try {
    const db = await opening;
    const columns: string[] = [];
    const rows: unknown[] = [];
    db.exec(`PRAGMA query_only = ${bind === undefined}`);
    db.exec({
      sql,
      ...(bind === undefined ? {} : { bind: [bind] }),
      rowMode: 'array',
      columnNames: columns,
      // One more than is given says that there are more.
      callback: (row) => (rows.push(row) > maxRows ? false : undefined),
    });
    scope.postMessage({ id, columns, rows: rows.slice(0, maxRows), isCut: rows.length > maxRows });
  } catch (error) {
    scope.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
};
