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

// Without `park`: what the endpoint refuses is parked by the handler, and what it does not answer waits.
await consumer.run(erasure.handle);
