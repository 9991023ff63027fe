import { DeleteItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Lease, LeaseStore, LeaseVersion } from '../consumer/checkpoint/types.ts';
import { expectOption } from '../errors.ts';
import { platformRuntime, type Runtime } from '../runtime.ts';
import { createTable } from './create-table.ts';
import { attributesOf, type Item, type LeaseTableRow } from './lease-item.ts';
import { scanLeases } from './scan.ts';
import { type DynamoDbSender, nameOf, sendPatiently } from './throttle.ts';

export interface DynamoDbStoreOptions {
  readonly client: DynamoDbSender;
  /** One table for each stream and purpose, as for a Kinesis Client Library's application. */
  readonly table: string;
  /** Makes the table where there is none, billed per request. @default false */
  readonly createTable?: boolean;
  /**
   * Takes over the table of a Kinesis Client Library's application that was stopped, and goes on from its checkpoints, after
   * it was watched for five seconds. Without this such a table is refused, and never written to. @default false
   */
  readonly adopt?: boolean;
  readonly runtime?: Pick<Runtime, 'random' | 'delay'>;
}

/** A worker of a Kinesis Client Library renews what it holds every 3.3 seconds, unless it is told otherwise. */
const WATCH_MS = 5000;

/** What a Kinesis Client Library may have left in a row that would speak of a place before ours. */
const LEFT_BEHIND = [
  'pendingCheckpoint',
  'pendingCheckpointSubSequenceNumber',
  'pendingCheckpointState',
  'checkpointOwner',
];

/** Keeps leases in DynamoDB, in the layout of the Kinesis Client Library's lease table, for processes wherever they run. */
export function dynamoDbStore(options: DynamoDbStoreOptions): LeaseStore {
  const { client, table, adopt = false, runtime = platformRuntime() } = options;
  expectOption('client', typeof client?.send === 'function', 'a DynamoDBClient', client);
  expectOption('table', typeof table === 'string' && table !== '', 'a name', table);
  let making: Promise<void> | undefined;
  /** Counters of rows that are not ours: who moves them is at work. */
  let foreign: ReadonlyMap<string, number> | undefined;

  function made(): Promise<void> {
    if (!options.createTable) return Promise.resolve();
    making ??= createTable(client, table, runtime).catch((cause: unknown) => {
      making = undefined;
      throw cause;
    });
    return making;
  }

  async function list(): Promise<readonly Lease[]> {
    await made();
    const rows = await scan();
    const [first, ...more] = foreignIn(rows);
    if (!first) return rows.map(leaseOf);
    if (!adopt) {
      throw refusal(
        `leases of Rivulet's own, got ${more.length + 1} of a Kinesis Client Library, such as ${first.leaseKey}: look at them with readLeaseTable, or stop that application and take them over with adopt: true`,
      );
    }
    if (foreign) return adopted(rows);
    watch(rows);
    await new Promise<void>((resolve) => {
      runtime.delay(resolve, WATCH_MS);
    });
    return adopted(await scan());
  }

  function scan(): Promise<readonly LeaseTableRow[]> {
    return scanLeases(client, { TableName: table, ConsistentRead: true }, runtime);
  }

  function watch(rows: readonly LeaseTableRow[]): void {
    foreign = new Map(foreignIn(rows).map(({ leaseKey, counter }) => [leaseKey, counter]));
  }

  function adopted(rows: readonly LeaseTableRow[]): readonly Lease[] {
    const before = foreign;
    watch(rows);
    const moving = foreignIn(rows).find(
      ({ leaseKey, counter }) => (before?.get(leaseKey) ?? counter) !== counter,
    );
    if (moving) {
      throw refusal(
        `an application that was stopped, got a Kinesis Client Library at work: ${moving.leaseKey} was written just now`,
      );
    }
    return rows.map(leaseOf);
  }

  function leaseOf(row: LeaseTableRow): Lease {
    const { shardId, owner, counter, switches, checkpoint, parents, hashKeys, stream } = row;
    if (stream !== undefined) {
      throw refusal(`leases of one stream, got ${row.leaseKey} of several`);
    }
    if (checkpoint === 'AT_TIMESTAMP') {
      throw refusal(
        `checkpoints that say where, got AT_TIMESTAMP without a time in ${row.leaseKey}: write TRIM_HORIZON there, or let its application begin it`,
      );
    }
    const lease = { shardId, owner, counter, switches, checkpoint, parents };
    return hashKeys ? { ...lease, hashKeys } : lease;
  }

  function refusal(text: string): Error {
    return new Error(`table "${table}": expected ${text}`);
  }

  /** The part of every write that keeps two from doing it. */
  function condition({ owner, counter }: LeaseVersion): {
    readonly ConditionExpression: string;
    readonly values: Item;
  } {
    const isOwner =
      owner === undefined ? 'attribute_not_exists(leaseOwner)' : 'leaseOwner = :before';
    const isOurs = adopt ? '' : ' AND attribute_exists(writtenBy)';
    return {
      ConditionExpression: `leaseCounter = :counter AND ${isOwner}${isOurs}`,
      values: {
        ':counter': { N: `${counter}` },
        ...(owner !== undefined && { ':before': { S: owner } }),
      },
    };
  }

  /** False where the condition does not hold. */
  async function attempt(call: () => Promise<unknown>): Promise<boolean> {
    try {
      await sendPatiently(call, runtime);
      return true;
    } catch (thrown) {
      if (nameOf(thrown) === 'ConditionalCheckFailedException') return false;
      throw thrown;
    }
  }

  return {
    list,
    create: async (lease) => {
      await made();
      const Item: Item = { leaseKey: { S: lease.shardId } };
      for (const [name, value] of Object.entries(attributesOf(lease))) {
        if (value !== undefined) Item[name] = value;
      }
      return attempt(() =>
        client.send(
          new PutItemCommand({
            TableName: table,
            Item,
            ConditionExpression: 'attribute_not_exists(leaseKey)',
          }),
        ),
      );
    },
    replace: (before, lease) => {
      const { ConditionExpression, values } = condition(before);
      const set: string[] = [];
      const remove = [...LEFT_BEHIND];
      for (const [name, value] of Object.entries(attributesOf(lease))) {
        if (value === undefined) remove.push(name);
        else {
          set.push(`${name} = :${name}`);
          values[`:${name}`] = value;
        }
      }
      return attempt(() =>
        client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: { leaseKey: { S: before.shardId } },
            UpdateExpression: `SET ${set.join(', ')} REMOVE ${remove.join(', ')}`,
            ConditionExpression,
            ExpressionAttributeValues: values,
          }),
        ),
      );
    },
    remove: (before) => {
      const { ConditionExpression, values } = condition(before);
      return attempt(() =>
        client.send(
          new DeleteItemCommand({
            TableName: table,
            Key: { leaseKey: { S: before.shardId } },
            ConditionExpression,
            ExpressionAttributeValues: values,
          }),
        ),
      );
    },
  };
}

function foreignIn(rows: readonly LeaseTableRow[]): readonly LeaseTableRow[] {
  return rows.filter(({ isOurs }) => !isOurs);
}
