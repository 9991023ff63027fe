import { DatabaseSync } from 'node:sqlite';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { createConsumer, leases } from 'rivulet/consumer';
import { createErasureHandler } from 'rivulet/erasure';
import { sqliteAuditLog, sqliteErasureStore } from './erasure-places.ts';
import { sqliteStore } from './sqlite-store.ts';

const database = new DatabaseSync('erasures.db', { timeout: 5000 });
// What is in the log has to be there after a power cut too.
database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');

const erasure = createErasureHandler({
  products: ['crm', 'mail'],
  endpoint: 'https://internal.example.com/erasures',
  secret: process.env.ERASURE_SECRET ?? '',
  logSecret: process.env.ERASURE_LOG_SECRET ?? '',
  store: sqliteErasureStore(database),
  log: sqliteAuditLog(database),
});

const consumer = createConsumer({
  client: new KinesisClient({}),
  stream: 'clickstream',
  // Whoever asked before this was first started has asked all the same.
  from: 'TRIM_HORIZON',
  checkpoint: leases(sqliteStore(database), { leaseMs: 2000 }),
});
process.once('SIGTERM', () => consumer.close());

// What the endpoint fails at again and again is parked, as what it refuses is: `erasure.retryParked()` calls once more.
await consumer.run(erasure.handle, { park: erasure.park });
