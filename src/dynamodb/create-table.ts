import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
} from '@aws-sdk/client-dynamodb';
import type { Runtime } from '../runtime.ts';
import { type DynamoDbSender, nameOf, sendPatiently } from './throttle.ts';

const POLL_MS = 500;
/** DynamoDB makes a table within seconds; longer means that something else is wrong. */
const POLLS = 120;

/** As the Kinesis Client Library makes it. Its index over owners it adds by itself, should it ever use the table. */
function tableOf(table: string): CreateTableCommandInput {
  return {
    TableName: table,
    KeySchema: [{ AttributeName: 'leaseKey', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'leaseKey', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  };
}

/** Makes the table where there is none, and resolves when it can be used. */
export async function createTable(
  client: DynamoDbSender,
  table: string,
  runtime: Pick<Runtime, 'random' | 'delay'>,
): Promise<void> {
  for (let poll = 0; poll < POLLS; poll++) {
    const status = await statusOf(client, table, runtime);
    if (status === 'ACTIVE' || status === 'UPDATING') return;
    if (status === undefined) {
      await sendPatiently(() => client.send(new CreateTableCommand(tableOf(table))), runtime).catch(
        (thrown: unknown) => {
          // Somebody else was faster.
          if (nameOf(thrown) !== 'ResourceInUseException') throw thrown;
        },
      );
    }
    await new Promise<void>((resolve) => {
      runtime.delay(resolve, POLL_MS);
    });
  }
  throw new Error(`table "${table}": expected it to become active, got none after a minute`);
}

async function statusOf(
  client: DynamoDbSender,
  table: string,
  runtime: Pick<Runtime, 'random' | 'delay'>,
): Promise<string | undefined> {
  try {
    const { Table } = await sendPatiently(
      () => client.send(new DescribeTableCommand({ TableName: table })),
      runtime,
    );
    return Table?.TableStatus;
  } catch (thrown) {
    if (nameOf(thrown) === 'ResourceNotFoundException') return undefined;
    throw thrown;
  }
}
