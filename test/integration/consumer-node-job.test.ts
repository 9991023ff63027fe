import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createFakeKinesis, type FakeKinesis } from '../helpers/fake-kinesis/index.ts';
import { type LocalDynamoDb, startLocalDynamoDb } from '../helpers/local-dynamodb.ts';
import { type LoopbackServer, serveOnLoopback } from '../helpers/loopback-server.ts';
import {
  type Http2Server,
  type RecipeProcess,
  serveOverHttp2,
  startRecipe,
} from '../helpers/recipe-process.ts';
import { streamRecord } from '../unit/consumer/event.ts';

const STREAM = 'clickstream';
const KEYS = [...'abcdefghijkl'];

let fake: FakeKinesis;
let kinesis: Http2Server;
let dynamoDb: LocalDynamoDb;
let warehouse: LoopbackServer;
let folder: string;
let processes: RecipeProcess[];
/** Ids of the events that the warehouse has, in the order of their arrival. */
let rows: string[];
let isOpen: boolean;

beforeAll(async () => {
  dynamoDb = await startLocalDynamoDb(100);
});

afterAll(() => dynamoDb?.stop());

beforeEach(async () => {
  [rows, processes, isOpen] = [[], [], true];
  folder = await mkdtemp(join(tmpdir(), 'rivulet-job-'));
  fake = createFakeKinesis();
  fake.call('CreateStream', { StreamName: STREAM, ShardCount: 4 });
  kinesis = await serveOverHttp2(fake);
  warehouse = await serveOnLoopback(async (request, response) => {
    const body = await text(request);
    const status = body.includes('"Poison"') ? 400 : isOpen ? 200 : 503;
    const events = body.split('\n').filter(Boolean);
    if (status === 200) rows.push(...events.map((line) => JSON.parse(line).messageId));
    response.writeHead(status).end();
  });
});

afterEach(async () => {
  for (const { child } of processes) child.kill('SIGKILL');
  await Promise.all(processes.map(({ ended }) => ended));
  await kinesis?.stop();
  await warehouse?.stop();
  await rm(folder, { recursive: true, force: true });
});

function start(): RecipeProcess {
  const started = startRecipe('consumer/node-job.ts', {
    folder,
    kinesis: kinesis.url,
    dynamoDb: dynamoDb.endpoint,
    // The test has no patience: it halves 500 records nine times.
    replace: {
      'https://warehouse.example.com': warehouse.origin,
      'batchSize: 500,': 'batchSize: 500, retryDelayMs: 10,',
    },
  });
  processes.push(started);
  return started;
}

function put(first: number, last: number): string[] {
  return KEYS.flatMap((key) =>
    Array.from({ length: last - first + 1 }, (_, index) => {
      const event = streamRecord(first + index, { lane: `k3f9aL0qX${key}` });
      append(key, JSON.stringify(event));
      return event.messageId;
    }),
  );
}

function append(key: string, data: string): void {
  fake.stream(STREAM)?.route(key).append(key, new TextEncoder().encode(data));
}

function untilStored(ids: readonly string[]): Promise<void> {
  return vi.waitFor(
    () => {
      const stored = new Set(rows);
      expect(
        ids.filter((id) => !stored.has(id)),
        processes.map(({ output }) => output()).join('\n'),
      ).toEqual([]);
    },
    { timeout: 40_000, interval: 100 },
  );
}

/** Who holds leases, as the table says. */
async function readOwners(): Promise<ReadonlySet<unknown>> {
  const { Items = [] } = await dynamoDb.client.send(
    new ScanCommand({ TableName: 'warehouse-loader' }),
  );
  return new Set(Items.flatMap(({ leaseOwner }) => leaseOwner?.S ?? []));
}

test('two processes share the shards; what one that is killed has left, the other does', async () => {
  const early = put(1, 20);
  const poison = streamRecord(1, { lane: 'lanewithpoison', event: 'Poison' });
  append('a', JSON.stringify(poison));
  const one = start();
  await untilStored(early);
  const other = start();
  // It takes a lease at a time, from who has two more.
  await vi.waitFor(async () => expect((await readOwners()).size).toBe(2), {
    timeout: 30_000,
    interval: 100,
  });

  isOpen = false;
  const late = put(21, 40);
  one.child.kill('SIGKILL');
  await one.ended;
  isOpen = true;
  await untilStored(late);
  other.child.kill('SIGTERM');

  expect(await other.ended, other.output()).toBe(0);
  expect(other.output()).toMatch(/handled: \d+/);
  const parked = (await readFile(join(folder, 'parked.ndjson'), 'utf8')).trim().split('\n');
  expect(parked.map((line) => JSON.parse(line).error)).toEqual([
    'Error: the warehouse answered 400',
  ]);
  for (const key of KEYS) {
    const firsts = [...new Set(rows.filter((id) => id.startsWith(`k3f9aL0qX${key}.`)))];
    expect(firsts.map((id) => Number(id.split('.')[1]))).toEqual(
      Array.from({ length: 40 }, (_, index) => index + 1),
    );
  }
});
