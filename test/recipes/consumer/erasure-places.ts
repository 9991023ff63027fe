import type { DatabaseSync } from 'node:sqlite';
import type { AuditLog, ErasureState, ErasureStore } from 'rivulet/erasure';

/** Remembers what was processed in a table of this database. */
export function sqliteErasureStore(database: DatabaseSync): ErasureStore {
  database.exec(
    'CREATE TABLE IF NOT EXISTS erasure (key TEXT PRIMARY KEY, status TEXT, at INTEGER, rest TEXT)',
  );
  const get = database.prepare('SELECT * FROM erasure WHERE key = ?');
  const put = database.prepare(`
    INSERT INTO erasure VALUES (?, ?, ?, ?) ON CONFLICT DO
    UPDATE SET status = excluded.status, at = excluded.at, rest = excluded.rest WHERE status <> 'done'
  `);
  const parked = database.prepare(`SELECT * FROM erasure WHERE status = 'parked' ORDER BY at`);
  return {
    get: async (key) => {
      const row = get.get(key);
      return row && stateOf(row);
    },
    put: async ({ key, status, at, ...rest }) => {
      put.run(key, status, at, JSON.stringify(rest));
    },
    parked: async () => parked.all().map(stateOf),
  };
}

function stateOf({ key, status, at, rest }: Record<string, unknown>): ErasureState {
  return { key, status, at, ...JSON.parse(String(rest)) } as ErasureState;
}

/** Keeps the audit log in a table that takes new lines only. */
export function sqliteAuditLog(database: DatabaseSync): AuditLog {
  database.exec(`
    CREATE TABLE IF NOT EXISTS audit (seq INTEGER PRIMARY KEY, line TEXT NOT NULL);
    CREATE TRIGGER IF NOT EXISTS audit_keeps BEFORE UPDATE ON audit BEGIN SELECT raise(ABORT, 'append only'); END;
    CREATE TRIGGER IF NOT EXISTS audit_stays BEFORE DELETE ON audit BEGIN SELECT raise(ABORT, 'append only'); END;
  `);
  const last = database.prepare('SELECT line FROM audit ORDER BY seq DESC LIMIT 1');
  const append = database.prepare('INSERT INTO audit VALUES (?, ?)');
  return {
    last: async () => last.get()?.line as string | undefined,
    append: async (seq, line) => {
      append.run(seq, line);
    },
  };
}
