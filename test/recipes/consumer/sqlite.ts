import { DatabaseSync } from 'node:sqlite';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { type ConsumedRecord, comparePositions, createConsumer, leases } from 'rivulet/consumer';
import { sqliteStore } from './sqlite-store.ts';

const database = new DatabaseSync('events.db', { timeout: 5000 });
database.exec(`
  PRAGMA journal_mode = WAL;
  CREATE TABLE IF NOT EXISTS event (id TEXT PRIMARY KEY, type TEXT, name TEXT, visitor TEXT, at TEXT, body TEXT);
  CREATE TABLE IF NOT EXISTS total (name TEXT PRIMARY KEY, events INTEGER);
  CREATE TABLE IF NOT EXISTS foreign_record (shard TEXT, sequence TEXT, sub INTEGER, data BLOB);
  CREATE TABLE IF NOT EXISTS done (shard TEXT PRIMARY KEY, sequence TEXT, sub INTEGER);
`);
const addEvent = database.prepare('INSERT OR IGNORE INTO event VALUES (?, ?, ?, ?, ?, ?)');
const addToTotal = database.prepare(
  'INSERT INTO total VALUES (?, 1) ON CONFLICT DO UPDATE SET events = events + 1',
);
const addForeign = database.prepare('INSERT INTO foreign_record VALUES (?, ?, ?, ?)');
const readDone = database.prepare('SELECT sequence, sub FROM done WHERE shard = ?');
const writeDone = database.prepare('INSERT OR REPLACE INTO done VALUES (?, ?, ?)');

function write(record: ConsumedRecord): void {
  const { shardId, sequenceNumber, subSequenceNumber, event, data } = record;
  if (!event) {
    // Not ours, and not lost.
    addForeign.run(shardId, sequenceNumber, subSequenceNumber, data);
    return;
  }
  const { messageId, type, timestamp, userId, anonymousId } = event;
  const name = String(event.event ?? type);
  const body = JSON.stringify(event);
  // A second copy in the stream, which a lost answer made, has the same id.
  const added = addEvent.run(messageId, type, name, userId ?? anonymousId, timestamp, body);
  if (added.changes === 1) addToTotal.run(name);
}

function isDone(record: ConsumedRecord): boolean {
  const row = readDone.get(record.shardId);
  const done = { sequenceNumber: `${row?.sequence}`, subSequenceNumber: Number(row?.sub) };
  return row !== undefined && comparePositions(record, done) <= 0;
}

const consumer = createConsumer({
  client: new KinesisClient({}),
  stream: 'clickstream',
  from: 'TRIM_HORIZON',
  // A process that was killed lets go of its shards after this long.
  checkpoint: leases(sqliteStore(database), { leaseMs: 2000 }),
});
process.once('SIGTERM', () => consumer.close());

await consumer.run((records) => {
  // What the records do and how far they reach is one transaction: wherever the process is killed, both are there, or neither.
  database.exec('BEGIN IMMEDIATE');
  try {
    for (const record of records) {
      if (isDone(record)) continue;
      write(record);
      writeDone.run(record.shardId, record.sequenceNumber, record.subSequenceNumber);
    }
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
});
