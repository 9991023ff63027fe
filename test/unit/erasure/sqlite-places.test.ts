// @vitest-environment node
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import { testAuditLog, testErasureStore } from '../../conformance/erasure-store.ts';
import { sqliteAuditLog, sqliteErasureStore } from '../../recipes/consumer/erasure-places.ts';

const folder = mkdtempSync(join(tmpdir(), 'rivulet-erasure-'));
let files = 0;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function createFile(): () => DatabaseSync {
  const file = join(folder, `${++files}.db`);
  return () => new DatabaseSync(file, { timeout: 5000 });
}

testErasureStore('in SQLite', () => {
  const open = createFile();
  return { store: sqliteErasureStore(open()), reopen: () => sqliteErasureStore(open()) };
});

testAuditLog('in SQLite', () => {
  const open = createFile();
  return { log: sqliteAuditLog(open()), reopen: () => sqliteAuditLog(open()) };
});

test('the log in SQLite takes no line back, and changes none', async () => {
  const database = createFile()();
  await sqliteAuditLog(database).append(1, '{"seq":1}');

  for (const sql of ['DELETE FROM audit', `UPDATE audit SET line = 'x'`]) {
    expect(() => database.exec(sql)).toThrow('append only');
  }
});
