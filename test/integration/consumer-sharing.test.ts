import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { isLater } from '../../src/consumer/checkpoint/plan.ts';
import type { LeaseTableRow } from '../../src/dynamodb/lease-item.ts';
import { readLeaseTable } from '../../src/dynamodb/read-lease-table.ts';
import { createFakeKinesis, type FakeKinesis } from '../helpers/fake-kinesis/index.ts';
import { type LocalDynamoDb, startLocalDynamoDb } from '../helpers/local-dynamodb.ts';
import {
  type Http2Server,
  type RecipeProcess,
  serveOverHttp2,
  startRecipe,
} from '../helpers/recipe-process.ts';

const STREAM = 'clickstream';
const TABLE = 'sharing';
const LEASE_MS = 2000;
/** Between the moment that a record is handed out and the one that is written down for it. */
const SLACK_MS = 500;
/** Between a write to the table and our look at it, where others keep the machine busy. */
const LOOK_MS = 4000;
const KEYS = Array.from({ length: 24 }, (_, index) => `key${index}`);

let fake: FakeKinesis;
let kinesis: Http2Server;
let dynamoDb: LocalDynamoDb;
let folder: string;
let processes: RecipeProcess[];
let put: string[];
/** When a process was last seen to own a shard, by `<process> <shard>`. */
let owned: Map<string, number[]>;
let rows: readonly LeaseTableRow[];
let backwards: string[];
let stop: (() => Promise<void>)[];

beforeEach(async () => {
  [processes, put, owned, rows, backwards] = [[], [], new Map(), [], []];
  folder = await mkdtemp(join(tmpdir(), 'rivulet-sharing-'));
  dynamoDb = await startLocalDynamoDb();
  fake = createFakeKinesis();
  fake.call('CreateStream', { StreamName: STREAM, ShardCount: 8 });
  kinesis = await serveOverHttp2(fake);
  stop = [every(100, produce), every(50, watch)];
});

afterEach(async () => {
  for (const end of stop) await end();
  for (const { child } of processes) child.kill('SIGKILL');
  await Promise.all(processes.map(({ ended }) => ended));
  await kinesis.stop();
  await dynamoDb.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Calls again so long after each call has ended; the answer stops it. */
function every(ms: number, call: () => unknown): () => Promise<void> {
  let isOver = false;
  const work = (async () => {
    while (!isOver) {
      await call();
      await new Promise((resolve) => setTimeout(resolve, ms));
    }
  })();
  return () => {
    isOver = true;
    return work;
  };
}

function produce(): void {
  const number = put.length / KEYS.length;
  for (const key of KEYS) {
    const text = `${key} ${number}`;
    put.push(text);
    fake.stream(STREAM)?.route(key).append(key, new TextEncoder().encode(text));
  }
}

/** Keeps a history of the table: one owner a shard at each moment. */
async function watch(): Promise<void> {
  const before = new Map(rows.map((row) => [row.shardId, row]));
  rows = await readLeaseTable({ client: dynamoDb.client, table: TABLE }).catch(() => []);
  for (const { shardId, owner, checkpoint } of rows) {
    if (checkpoint === 'AT_TIMESTAMP') continue;
    const last = before.get(shardId)?.checkpoint;
    if (last && last !== 'AT_TIMESTAMP' && isLater(last, checkpoint)) backwards.push(shardId);
    const name = `${owner?.split('.')[0]} ${shardId}`;
    owned.set(name, [...(owned.get(name) ?? []), Date.now()]);
  }
}

function start(): RecipeProcess {
  const started = startRecipe('../helpers/sharing-reader.ts', {
    args: [TABLE, String(LEASE_MS)],
    folder,
    kinesis: kinesis.url,
    dynamoDb: dynamoDb.endpoint,
  });
  processes.push(started);
  return started;
}

interface Line {
  readonly pid: number | undefined;
  readonly at: number;
  readonly shardId: string;
  readonly text: string;
}

function linesOf({ child, output }: RecipeProcess): readonly Line[] {
  const whole = output().split('\n').slice(0, -1);
  return whole
    .filter((line) => line.startsWith('{'))
    .map((line) => ({ pid: child.pid, ...JSON.parse(line) }));
}

/** How many shards each running process owns, as the table says. */
function loads(): readonly number[] {
  const pids = processes.map(({ child }) => String(child.pid));
  return pids.map((pid) => rows.filter(({ owner }) => owner?.startsWith(`${pid}.`)).length);
}

function until(isSo: () => void): Promise<void> {
  return vi.waitFor(isSo, { timeout: 40_000, interval: 50 });
}

test('three processes share eight shards: one is stopped and goes on, one is killed, one is added', async () => {
  const [stopped, killed] = [start(), start()];
  await until(() => expect(loads()).toEqual([4, 4]));
  const added = start();
  await until(() => expect([...loads()].sort()).toEqual([2, 3, 3]));
  await until(() => expect(linesOf(added).length).toBeGreaterThan(20));

  stopped.child.kill('SIGSTOP');
  await until(() => expect(loads()[0]).toBe(0));
  killed.child.kill('SIGKILL');
  await until(() => expect(loads()).toEqual([0, 0, 8]));
  const wokenAt = Date.now();
  stopped.child.kill('SIGCONT');
  await until(() => expect(loads()).toEqual([4, 0, 4]));
  await until(() => expect(linesOf(stopped).some(({ at }) => at > wokenAt)).toBe(true));
  await stop[0]?.();
  const all = (): readonly Line[] =>
    processes.flatMap(linesOf).sort((one, other) => one.at - other.at);
  await until(() => expect(new Set(all().map(({ text }) => text)).size).toBe(put.length));
  for (const { child } of [stopped, added]) child.kill('SIGTERM');
  expect([await stopped.ended, await added.ended]).toEqual([0, 0]);

  // In order of each key, but for what came twice.
  for (const key of KEYS) {
    const firsts = new Set(all().flatMap(({ text }) => (text.startsWith(`${key} `) ? text : [])));
    expect([...firsts]).toEqual(put.filter((text) => text.startsWith(`${key} `)));
  }
  // One owner a shard at each moment; nobody reads longer than a lease after its own.
  const strays = all().filter(({ pid, shardId, at }) => {
    const moments = owned.get(`${pid} ${shardId}`) ?? [];
    return !moments.some((seen) => seen > at - LEASE_MS - SLACK_MS && seen < at + LOOK_MS);
  });
  expect(strays).toEqual([]);
  expect(backwards).toEqual([]);
});
