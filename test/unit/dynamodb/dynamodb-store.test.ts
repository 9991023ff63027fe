// @vitest-environment node
import {
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LeaseStore } from '../../../src/consumer/checkpoint/types.ts';
import { dynamoDbStore } from '../../../src/dynamodb/dynamodb-store.ts';
import type { Item } from '../../../src/dynamodb/lease-item.ts';
import {
  compareProgress,
  reachedAt,
  readLeaseTable,
} from '../../../src/dynamodb/read-lease-table.ts';
import { leaseOf, testLeaseStore } from '../../conformance/lease-store.ts';
import fixture from '../../fixtures/lease-table/kcl.json' with { type: 'json' };
import { clientOf, createFakeKinesis } from '../../helpers/fake-kinesis/index.ts';
import { type LocalDynamoDb, startLocalDynamoDb } from '../../helpers/local-dynamodb.ts';

let local: LocalDynamoDb;
let tables = 0;
const names = new WeakMap<object, string>();

beforeAll(async () => {
  local = await startLocalDynamoDb();
});
afterAll(() => local.stop());

/** Waits are over soon. */
const hasty = {
  random: () => 1,
  delay: (callback: () => void, delayMs: number) => {
    const timer = setTimeout(callback, delayMs / 100);
    return () => clearTimeout(timer);
  },
};

function open(table = `leases-${++tables}`, adopt = false): LeaseStore {
  const { client } = local;
  const store = dynamoDbStore({ client, table, createTable: true, adopt, runtime: hasty });
  names.set(store, table);
  return store;
}

testLeaseStore(
  'DynamoDB',
  async () => {
    const store = open();
    await store.list();
    return store;
  },
  (store) => open(names.get(store)),
);

/** A table as a Kinesis Client Library has left it. */
async function tableOf(items: readonly unknown[]): Promise<string> {
  const table = `application-${++tables}`;
  await open(table).list();
  for (const item of items) await put(table, item as Item);
  return table;
}

function put(table: string, item: Item): Promise<unknown> {
  return local.client.send(new PutItemCommand({ TableName: table, Item: item }));
}

async function itemOf(table: string, key: string): Promise<Item | undefined> {
  const Key = { leaseKey: { S: key } };
  return (await local.client.send(new GetItemCommand({ TableName: table, Key }))).Item;
}

describe('the table', () => {
  test('is made as the Kinesis Client Library makes it, once for all who ask', async () => {
    const slow = await startLocalDynamoDb(300);
    const commands: string[] = [];
    const send = (command: object) => {
      commands.push(command.constructor.name);
      return slow.client.send(command as never);
    };
    const stores = Array.from({ length: 3 }, () =>
      dynamoDbStore({
        client: { send } as never,
        table: 'made',
        createTable: true,
        runtime: hasty,
      }),
    );

    const lists = await Promise.all(stores.map((store) => store.list()));

    expect(lists).toEqual([[], [], []]);
    expect(commands.filter((name) => name === 'CreateTableCommand').length).toBeLessThanOrEqual(3);
    await slow.stop();
  });

  test('is asked for by name where it is not there', async () => {
    const store = dynamoDbStore({ client: local.client, table: 'nowhere' });

    await expect(store.list()).rejects.toThrow('table "nowhere": expected it to be there');
  });

  test('holds a lease in the layout of the Kinesis Client Library', async () => {
    const store = open('layout');
    await store.list();
    const lease = leaseOf('shardId-000000000003', {
      parents: ['shardId-000000000001', 'shardId-000000000002'],
      checkpoint: { sequenceNumber: '4959', subSequenceNumber: 12 },
      owner: 'worker',
      counter: 8,
      switches: 2,
      hashKeys: { start: '0', end: '99' },
    });

    await store.create(lease);

    expect(await itemOf('layout', lease.shardId)).toEqual({
      leaseKey: { S: 'shardId-000000000003' },
      leaseOwner: { S: 'worker' },
      leaseCounter: { N: '8' },
      ownerSwitchesSinceCheckpoint: { N: '2' },
      checkpoint: { S: '4959' },
      checkpointSubSequenceNumber: { N: '12' },
      parentShardId: { SS: ['shardId-000000000001', 'shardId-000000000002'] },
      startingHashKey: { S: '0' },
      endingHashKey: { S: '99' },
      writtenBy: { S: 'rivulet' },
    });
  });
});

test('a table of many pages is listed whole', async () => {
  const table = await tableOf([]);
  const store = open(table);
  for (let index = 0; index < 7; index++) await store.create(leaseOf(`shard-${index}`));
  let pages = 0;
  const send = (command: { readonly input: Record<string, unknown> }) => {
    pages++;
    command.input.Limit = 3;
    return local.client.send(command as never);
  };

  const rows = await readLeaseTable({ client: { send } as never, table });

  expect(new Set(rows.map(({ shardId }) => shardId)).size).toBe(7);
  expect(pages).toBeGreaterThanOrEqual(3);
});

describe('a table of a Kinesis Client Library', () => {
  test('is read as it is: versions 2 and 3, several streams, rows of other kinds', async () => {
    const table = await tableOf(fixture.items);

    const rows = await readLeaseTable({ client: local.client, table });

    const byKey = new Map(rows.map((row) => [row.leaseKey, row]));
    expect(Object.fromEntries(byKey)).toEqual(fixture.rows);
  });

  test('shows how far its application is, next to us', async () => {
    const table = await tableOf(fixture.items.slice(0, 4));
    const [one, two, three, four] = fixture.items.map((item) => item.leaseKey.S);
    const sequenceNumber = fixture.items[1]?.checkpoint?.S ?? '';
    const further = String(BigInt(sequenceNumber) + 1n);

    const places = async (ours: readonly [string | undefined, string | undefined][]) => {
      const shards = ours.map(([shardId = '', last]) => ({ shardId, lastSequenceNumber: last }));
      const rows = await readLeaseTable({ client: local.client, table });
      return Object.fromEntries(
        compareProgress(rows, shards).map(({ shardId, place }) => [shardId, place]),
      );
    };

    expect(await places([[two, further]])).toMatchObject({
      [one as string]: 'done',
      [two as string]: 'behind',
      [three as string]: 'unknown',
      [four as string]: 'begun',
    });
    expect(await places([[two, sequenceNumber]])).toMatchObject({ [two as string]: 'level' });
    expect(await places([[two, '9']])).toMatchObject({ [two as string]: 'ahead' });
  });

  test('says when what it has reached came into the stream', async () => {
    let now = Date.UTC(2026, 0, 1);
    const fake = createFakeKinesis({ now: () => now });
    fake.call('CreateStream', { StreamName: 's', ShardCount: 1 });
    const shard = fake.stream('s')?.route('a');
    const sequenceNumbers = [1, 2, 3].map(() => {
      now += 5000;
      return String(shard?.append('a', new Uint8Array([1])).sequenceNumber);
    });
    const client = clientOf(fake);
    const [shardId = '', second = ''] = [shard?.shardId, sequenceNumbers[1]];
    const whereIs = (checkpoint: Parameters<typeof reachedAt>[2]['checkpoint']) =>
      reachedAt(client, 's', { shardId, checkpoint });

    expect(await whereIs({ sequenceNumber: second, subSequenceNumber: 3 })).toBe(now - 5000);
    expect(await whereIs('SHARD_END')).toBeUndefined();
    expect(await whereIs('AT_TIMESTAMP')).toBeUndefined();
  });

  test('is refused, and never written to, unless it is to be taken over', async () => {
    const table = await tableOf(fixture.items.slice(0, 4));
    const before = await local.client.send(new ScanCommand({ TableName: table }));
    const store = open(table);
    const [kcl] = await readLeaseTable({ client: local.client, table });
    if (!kcl) throw new Error('row: expected one');

    await expect(store.list()).rejects.toThrow("expected leases of Rivulet's own, got 4");
    const lease = leaseOf(kcl.shardId, { owner: kcl.owner, counter: kcl.counter });

    expect(await store.replace(lease, { ...lease, owner: 'thief' })).toBe(false);
    expect(await store.remove(lease)).toBe(false);
    expect(await store.create(lease)).toBe(false);
    const after = await local.client.send(new ScanCommand({ TableName: table }));
    expect(after.Items).toEqual(before.Items);
  });

  test('goes on from its checkpoints when it is taken over, and keeps what we do not know', async () => {
    const table = await tableOf(fixture.items.slice(0, 4));
    const store = open(table, true);

    const lease = (await store.list()).find(({ shardId }) => shardId === 'shardId-000000000001');
    if (!lease) throw new Error('lease: expected one');
    const taken = { ...lease, owner: 'me', counter: lease.counter + 1 };
    expect(await store.replace(lease, taken)).toBe(true);

    const item = await itemOf(table, lease.shardId);
    const { pendingCheckpoint, pendingCheckpointSubSequenceNumber, checkpointOwner, ...kept } = {
      ...(fixture.items[1] as Item),
    };
    expect(pendingCheckpoint && pendingCheckpointSubSequenceNumber && checkpointOwner).toBeTruthy();
    expect(item).toEqual({
      ...kept,
      leaseOwner: { S: 'me' },
      leaseCounter: { N: `${lease.counter + 1}` },
      writtenBy: { S: 'rivulet' },
    });
  });

  test('is not taken over while its application is at work', async () => {
    const table = await tableOf(fixture.items.slice(0, 4));
    const store = open(table, true);
    await store.list();

    await put(table, { ...(fixture.items[1] as Item), leaseCounter: { N: '4711' } });

    await expect(store.list()).rejects.toThrow(
      'expected an application that was stopped, got a Kinesis Client Library at work',
    );
  });

  test('is watched for a while before the first lease of it is taken', async () => {
    const table = await tableOf(fixture.items.slice(0, 4));
    const waits: number[] = [];
    const store = dynamoDbStore({
      client: local.client,
      table,
      adopt: true,
      runtime: {
        random: () => 1,
        delay: (callback, delayMs) => {
          waits.push(delayMs);
          const renewed = { ...(fixture.items[1] as Item), leaseCounter: { N: '9322' } };
          void put(table, renewed).then(callback);
          return () => {};
        },
      },
    });

    await expect(store.list()).rejects.toThrow('got a Kinesis Client Library at work');

    expect(waits).toEqual([5000]);
    expect(await store.list()).toHaveLength(4);
  });

  test.each([
    ['a table of several streams', 5, 'expected leases of one stream'],
    ['a beginning whose time only it knows', 4, 'expected checkpoints that say where'],
  ])('cannot be taken over where it is %s', async (_, index, message) => {
    const table = await tableOf([fixture.items[index]]);

    await expect(open(table, true).list()).rejects.toThrow(message);
  });

  test('says which row it is that cannot be read', async () => {
    const table = await tableOf([{ leaseKey: { S: 'odd' }, leaseCounter: { N: '1' } }]);

    await expect(readLeaseTable({ client: local.client, table })).rejects.toThrow('"odd"');
  });
});

describe('what is throttled', () => {
  /** Fails so many times before each call that goes through. */
  function failing(name: string, times: number) {
    let left = times;
    const send = async (command: never) => {
      if (left-- > 0) throw Object.assign(new Error('slow down'), { name });
      return local.client.send(command);
    };
    return { send } as unknown as DynamoDBClient;
  }
  const waits: number[] = [];
  const runtime = {
    random: () => 0.5,
    delay: (callback: () => void, delayMs: number) => {
      waits.push(delayMs);
      callback();
      return () => {};
    },
  };

  test.each(['ProvisionedThroughputExceededException', 'ThrottlingException'])(
    'is tried again after a while: %s',
    async (name) => {
      const table = await tableOf([]);
      waits.length = 0;

      const store = dynamoDbStore({ client: failing(name, 4), table, runtime });

      expect(await store.list()).toEqual([]);
      expect(waits).toEqual([25, 50, 100, 200]);
    },
  );

  test('is given up after five tries, and what may have been done is not tried again', async () => {
    const table = await tableOf([]);
    const store = (name: string, times: number): LeaseStore =>
      dynamoDbStore({ client: failing(name, times), table, runtime });

    await expect(store('ThrottlingException', 5).list()).rejects.toThrow('slow down');
    await expect(store('InternalServerError', 1).list()).rejects.toThrow('slow down');
  });
});

test('options are looked at when the store is made', () => {
  expect(() => dynamoDbStore({ client: {} as never, table: 't' })).toThrow(
    'client: expected a DynamoDBClient',
  );
  expect(() => dynamoDbStore({ client: local.client, table: '' })).toThrow(
    'table: expected a name',
  );
});
