// @vitest-environment node
import { DatabaseSync } from 'node:sqlite';
import { testLeaseStore } from '../../../conformance/lease-store.ts';
import { sqliteStore } from '../../../recipes/consumer/sqlite-store.ts';

const databases = new WeakMap<object, DatabaseSync>();

function open(database = new DatabaseSync(':memory:')) {
  const store = sqliteStore(database);
  databases.set(store, database);
  return store;
}

testLeaseStore('SQLite, as the recipe has it', open, (store) => open(databases.get(store)));
