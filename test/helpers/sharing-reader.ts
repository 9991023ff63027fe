/** A process that shares the shards of a stream, and says what it is handed: one line of JSON a record. */

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { createConsumer, leases } from 'rivulet/consumer';
import { dynamoDbStore } from 'rivulet/dynamodb';

const [table = '', leaseMs = ''] = process.argv.slice(2);
const store = dynamoDbStore({ client: new DynamoDBClient({}), table, createTable: true });
const consumer = createConsumer({
  client: new KinesisClient({}),
  stream: 'clickstream',
  from: 'TRIM_HORIZON',
  readsPerSecond: 5,
  pollIntervalMs: 100,
  idleIntervalMs: 100,
  checkpoint: leases(store, { owner: String(process.pid), leaseMs: Number(leaseMs) }),
});
process.once('SIGTERM', () => consumer.close());

for await (const { shardId, data } of consumer) {
  const text = new TextDecoder().decode(data);
  process.stdout.write(`${JSON.stringify({ at: Date.now(), shardId, text })}\n`);
}
