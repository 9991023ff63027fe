import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { md5 } from '../../src/consumer/md5.ts';
import { encodeAggregate } from '../../src/protocol/aggregate.ts';
import { createFakeKinesis, type FakeKinesis } from '../helpers/fake-kinesis/index.ts';
import {
  type Http2Server,
  type RecipeProcess,
  serveOverHttp2,
  startRecipe,
} from '../helpers/recipe-process.ts';
import { seededRandom } from '../helpers/seeded-random.ts';
import { streamRecord } from '../unit/consumer/event.ts';

const STREAM = 'clickstream';
const KEYS = [...'abcdefgh'];
const KILLS = 6;
/** Of each key, before each start. */
const EVENTS = 120;
const NAMES = ['Product Viewed', 'Order Completed', 'Signed In'];

let fake: FakeKinesis;
let kinesis: Http2Server;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rivulet-sqlite-'));
  fake = createFakeKinesis();
  fake.call('CreateStream', { StreamName: STREAM, ShardCount: 2 });
  kinesis = await serveOverHttp2(fake);
});

afterAll(async () => {
  await kinesis?.stop();
  await rm(folder, { recursive: true, force: true });
});

/**
 * Events of every key, in aggregates of one to ten, and what other producers write. Some events come twice, as after an
 * answer that was lost. Tells how many records are not ours.
 */
function put(round: number, random: () => number): number {
  let foreign = 0;
  for (const key of KEYS) {
    const first = round * EVENTS + 1;
    for (let seq = first; seq < first + EVENTS; ) {
      const count = Math.min(1 + Math.floor(random() * 10), first + EVENTS - seq);
      const records = Array.from({ length: count }, (_, index) => ({
        partitionKey: key,
        data: new TextEncoder().encode(JSON.stringify(eventOf(key, seq + index))),
      }));
      const data =
        count > 1 ? encodeAggregate(records, md5) : (records[0]?.data ?? new Uint8Array());
      const shard = fake.stream(STREAM)?.route(key);
      shard?.append(key, data);
      if (random() < 0.1) shard?.append(key, data);
      if (random() < 0.2) {
        shard?.append(key, new TextEncoder().encode('not ours'));
        foreign++;
      }
      seq += count;
    }
  }
  return foreign;
}

const eventOf = (key: string, seq: number) =>
  streamRecord(seq, { lane: `lane-of-visitor-${key}`, event: NAMES[seq % NAMES.length] ?? '' });

function start(): RecipeProcess {
  // What the killed ones held is free sooner than in earnest.
  const replace = { 'leaseMs: 2000': 'leaseMs: 500' };
  return startRecipe('consumer/sqlite.ts', { folder, kinesis: kinesis.url, replace });
}

/** Lets it run until it has read so often, and a moment longer, and kills it wherever it stands. */
async function runAndKill(reads: number, moreMs: number): Promise<void> {
  const { child, ended, output } = start();
  let left = reads;
  fake.always(({ operation }) => {
    if (operation === 'GetRecords' && --left === 0) {
      void sleep(moreMs).then(() => child.kill('SIGKILL'));
    }
    return undefined;
  });
  expect(await ended, output()).toBe('SIGKILL');
}

const open = () => new DatabaseSync(join(folder, 'events.db'), { readOnly: true, timeout: 5000 });

test('killed wherever it stands and started again, it has each event once', async () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  console.log(`seed ${seed}`);
  const random = seededRandom(seed);
  const found: number[] = [];
  let foreign = 0;

  for (let round = 0; round < KILLS; round++) {
    foreign += put(round, random);
    if (round === 2) fake.stream(STREAM)?.split('shardId-000000000000', 2n ** 126n);
    if (round === 5) fake.stream(STREAM)?.scale(2);
    await runAndKill(1 + Math.floor(random() * 4), random() * 80);
    const database = open();
    found.push(Number(database.prepare('SELECT count(*) AS events FROM event').get()?.events));
    database.close();
  }
  const calls = fake.calls.length;
  const { child, ended, output } = start();
  const database = open();
  const rows = (sql: string) => database.prepare(sql).all() as Record<string, unknown>[];
  const total = KILLS * EVENTS * KEYS.length;
  await vi.waitFor(
    () => {
      // It has come so far that it hears a signal.
      expect(fake.calls.length).toBeGreaterThan(calls);
      expect(rows('SELECT count(*) AS events FROM event'), output()).toEqual([{ events: total }]);
    },
    { timeout: 60_000, interval: 200 },
  );
  child.kill('SIGTERM');

  expect(await ended).toBe(0);
  expect(rows('SELECT count(*) AS records FROM foreign_record')).toEqual([{ records: foreign }]);
  console.log(`found after each kill: ${found.join(', ')}`);
  const expected = new Map<string, number>();
  for (const key of KEYS) {
    for (let seq = 1; seq <= KILLS * EVENTS; seq++) {
      const { event } = eventOf(key, seq);
      expected.set(`${event}`, (expected.get(`${event}`) ?? 0) + 1);
    }
  }
  const totals = rows('SELECT name, events FROM total').map(({ name, events }) => [name, events]);
  expect(new Map(totals as [string, number][])).toEqual(expected);
  for (const key of KEYS) {
    const order = rows(
      `SELECT id FROM event WHERE id LIKE 'lane-of-visitor-${key}.%' ORDER BY rowid`,
    ).map(({ id }) => Number(`${id}`.split('.')[1]));
    expect(order).toEqual([...order.keys()].map((index) => index + 1));
  }
  database.close();
}, 180_000);
