import type { Lease, LeaseStore } from 'rivulet/consumer';

/** Of D1's API what is used; a Worker takes it from `@cloudflare/workers-types`. */
export interface D1 {
  readonly prepare: (sql: string) => {
    readonly bind: (...values: readonly unknown[]) => {
      readonly all: () => Promise<{ readonly results: readonly Record<string, unknown>[] }>;
      readonly run: () => Promise<{ readonly meta: { readonly changes: number } }>;
    };
  };
}

/**
 * Keeps the leases of a stream's shards in this table of a D1 database:
 * CREATE TABLE lease (shard TEXT PRIMARY KEY, owner TEXT, counter INTEGER, rest TEXT)
 */
export function d1Store(database: D1): LeaseStore {
  async function write(sql: string, ...values: readonly unknown[]): Promise<boolean> {
    const { meta } = await database
      .prepare(sql)
      .bind(...values)
      .run();
    return meta.changes === 1;
  }
  return {
    list: async () =>
      (await database.prepare('SELECT * FROM lease').bind().all()).results.map(leaseOf),
    create: ({ shardId, owner, counter, ...rest }) =>
      write(
        'INSERT OR IGNORE INTO lease VALUES (?, ?, ?, ?)',
        shardId,
        owner ?? null,
        counter,
        JSON.stringify(rest),
      ),
    replace: (before, { shardId, owner, counter, ...rest }) =>
      write(
        'UPDATE lease SET owner = ?, counter = ?, rest = ? WHERE shard = ? AND owner IS ? AND counter = ?',
        owner ?? null,
        counter,
        JSON.stringify(rest),
        shardId,
        before.owner ?? null,
        before.counter,
      ),
    remove: (before) =>
      write(
        'DELETE FROM lease WHERE shard = ? AND owner IS ? AND counter = ?',
        before.shardId,
        before.owner ?? null,
        before.counter,
      ),
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
