import type { DatabaseSync } from 'node:sqlite';
import type { Lease, LeaseStore } from 'rivulet/consumer';

/** Keeps the leases of a stream's shards in a table of this database. */
export function sqliteStore(database: DatabaseSync): LeaseStore {
  database.exec(
    'CREATE TABLE IF NOT EXISTS lease (shard TEXT PRIMARY KEY, owner TEXT, counter INTEGER, rest TEXT)',
  );
  const list = database.prepare('SELECT * FROM lease');
  const create = database.prepare('INSERT OR IGNORE INTO lease VALUES (?, ?, ?, ?)');
  const replace = database.prepare(
    'UPDATE lease SET owner = ?, counter = ?, rest = ? WHERE shard = ? AND owner IS ? AND counter = ?',
  );
  const remove = database.prepare(
    'DELETE FROM lease WHERE shard = ? AND owner IS ? AND counter = ?',
  );
  return {
    list: async () => list.all().map(leaseOf),
    create: async ({ shardId, owner, counter, ...rest }) =>
      create.run(shardId, owner ?? null, counter, JSON.stringify(rest)).changes === 1,
    replace: async (before, { shardId, owner, counter, ...rest }) =>
      replace.run(
        owner ?? null,
        counter,
        JSON.stringify(rest),
        shardId,
        before.owner ?? null,
        before.counter,
      ).changes === 1,
    remove: async (before) =>
      remove.run(before.shardId, before.owner ?? null, before.counter).changes === 1,
  };
}

function leaseOf({ shard, owner, counter, rest }: Record<string, unknown>): Lease {
  return {
    ...JSON.parse(String(rest)),
    shardId: String(shard),
    owner: owner === null ? undefined : String(owner),
    counter: Number(counter),
  };
}
