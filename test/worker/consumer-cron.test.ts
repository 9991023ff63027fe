import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { LeaseStore } from '../../src/consumer/checkpoint/types.ts';
import { testLeaseStore } from '../conformance/lease-store.ts';
import { createFakeKinesis, type FakeKinesis } from '../helpers/fake-kinesis/fake-kinesis.ts';
import { type D1, d1Store } from '../recipes/consumer/d1-store.ts';
import cron from '../recipes/consumer/worker-cron.ts';
import { streamRecord } from '../unit/consumer/event.ts';

const database = env.LEASES as D1;
const STREAM = 'clickstream';
const settings = {
  LEASES: database,
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'AKIATEST',
  AWS_SECRET_ACCESS_KEY: 'secret',
};

let fake: FakeKinesis;
let orders: unknown[];
let reports: string[];
/** What the shop answers, first to last; then 200. */
let answers: number[];

async function createStore(): Promise<LeaseStore> {
  const run = (sql: string) => database.prepare(sql).bind().run();
  await run('DROP TABLE IF EXISTS lease');
  await run('CREATE TABLE lease (shard TEXT PRIMARY KEY, owner TEXT, counter INTEGER, rest TEXT)');
  return d1Store(database);
}

testLeaseStore('D1, as the recipe has it', createStore, () => d1Store(database));

beforeEach(async () => {
  await createStore();
  fake = createFakeKinesis({
    region: settings.AWS_REGION,
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
  });
  fake.call('CreateStream', { StreamName: STREAM, ShardCount: 2 });
  [orders, reports, answers] = [[], [], []];
  vi.spyOn(console, 'log').mockImplementation((line) => void reports.push(line));
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    if (!request.url.startsWith('https://shop.example.com/')) return fake.fetch(request);
    const body = (await request.json()) as unknown[];
    const status = answers.shift() ?? 200;
    if (status === 200) orders.push(...body);
    return new Response(null, { status });
  });
});

afterEach(() => {
  vi.restoreAllMocks();
});

function put(key: string, first: number, last: number): void {
  for (let seq = first; seq <= last; seq++) {
    const event = seq % 2 === 0 ? 'Order Completed' : 'Product Viewed';
    const record = streamRecord(seq, {
      lane: `k3f9aL0qX${key}`,
      event,
      properties: { order: `${key}${seq}` },
    });
    fake
      .stream(STREAM)
      ?.route(key)
      .append(key, new TextEncoder().encode(JSON.stringify(record)));
  }
}

const reportsOf = (): unknown[] => reports.map((line) => JSON.parse(line));

describe('the recipe of a Worker cron', () => {
  test('handles what stood in the stream, and the next run what came since', async () => {
    put('a', 1, 4);
    put('h', 1, 4);

    await cron.scheduled(undefined, settings);
    const first = [...orders];
    fake.stream(STREAM)?.split('shardId-000000000000', 2n ** 126n);
    put('a', 5, 6);
    answers = [503];
    await cron.scheduled(undefined, settings);

    expect(first).toHaveLength(4);
    expect(orders.slice(4)).toEqual([{ order: 'a6' }]);
    expect(reportsOf()).toEqual([
      { handled: 8, parked: 0, failures: 0, elsewhere: 0, isCaughtUp: true },
      { handled: 2, parked: 0, failures: 1, elsewhere: 0, isCaughtUp: true },
    ]);
    const leases = await d1Store(database).list();
    expect(leases.map(({ owner }) => owner)).toEqual(Array(4).fill(undefined));
    expect(leases.filter(({ checkpoint }) => checkpoint === 'SHARD_END')).toHaveLength(1);
  });
});
