import { appendFile } from 'node:fs/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { createConsumer, leases } from 'rivulet/consumer';
import { dynamoDbStore } from 'rivulet/dynamodb';

const consumer = createConsumer({
  client: new KinesisClient({}),
  stream: 'clickstream',
  from: 'TRIM_HORIZON',
  // As many of these processes as you like share the shards.
  checkpoint: leases(
    dynamoDbStore({
      client: new DynamoDBClient({}),
      table: 'warehouse-loader',
      createTable: true,
    }),
  ),
});
process.once('SIGTERM', () => consumer.close());

const report = await consumer.run(
  async (records, { signal }) => {
    const rows = records.flatMap(({ event }) => (event ? [JSON.stringify(event)] : []));
    const body = rows.join('\n');
    const answer = await fetch('https://warehouse.example.com/rows', {
      method: 'POST',
      body,
      signal,
    });
    // Nothing is done before it is stored: these records come again.
    if (!answer.ok) throw new Error(`the warehouse answered ${answer.status}`);
  },
  {
    batchSize: 500,
    park: ({ record: { shardId, sequenceNumber, data }, error }) => {
      const line = { shardId, sequenceNumber, error: `${error}`, data: [...data] };
      return appendFile('parked.ndjson', `${JSON.stringify(line)}\n`);
    },
  },
);
console.log(report);
