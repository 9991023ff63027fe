import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { verifyAuditLog } from '../../src/erasure/verify-audit-log.ts';
import { createFakeKinesis, type FakeKinesis } from '../helpers/fake-kinesis/index.ts';
import { type LoopbackServer, serveOnLoopback } from '../helpers/loopback-server.ts';
import { type Http2Server, serveOverHttp2, startRecipe } from '../helpers/recipe-process.ts';
import { seededRandom } from '../helpers/seeded-random.ts';
import { isGenuine } from '../recipes/consumer/erasure-signature.ts';
import { streamRecord } from '../unit/consumer/event.ts';

const STREAM = 'clickstream';
const SECRET = 'a secret of at least 24 bytes';
const LOG_SECRET = 'a log secret of at least 32 characters';
const PRODUCTS = ['crm', 'mail'];
const KILLS = 6;
/** Before each start. */
const SUBJECTS = 10;

interface Erasure {
  readonly key: string;
  readonly product: string;
  readonly subject: { readonly userId: string };
}

const seed = Math.floor(Math.random() * 2 ** 31);
const random = seededRandom(seed);
/** Everything that came, with every body that a key came with. */
const bodies = new Map<string, Set<string>>();
const erased = new Map<string, Erasure>();
let forged = 0;
let calls = 0;
let kill: () => void = () => {};
let fake: FakeKinesis;
let kinesis: Http2Server;
let endpoint: LoopbackServer;
let folder: string;

/** An endpoint as ours might be: it fails at times, at times after the work, and carries each key out once. */
function answer(headers: IncomingHttpHeaders, body: Buffer, response: ServerResponse): void {
  calls++;
  kill();
  if (!isGenuine(headers, body, SECRET)) {
    forged++;
    response.writeHead(401).end();
    return;
  }
  const erasure: Erasure = JSON.parse(`${body}`);
  const seen = bodies.get(erasure.key) ?? new Set();
  bodies.set(erasure.key, seen.add(`${body}`));
  const luck = random();
  if (luck < 0.05) return void response.writeHead(503, { 'retry-after': '0' }).end();
  if (luck < 0.1) return void response.destroy();
  erased.set(erasure.key, erasure);
  if (luck < 0.15) return void response.destroy();
  response.writeHead(204).end();
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rivulet-erasure-'));
  fake = createFakeKinesis();
  fake.call('CreateStream', { StreamName: STREAM, ShardCount: 2 });
  kinesis = await serveOverHttp2(fake);
  endpoint = await serveOnLoopback(async (request, response) => {
    answer(request.headers, await buffer(request), response);
  });
});

afterAll(async () => {
  await kinesis?.stop();
  await endpoint?.stop();
  await rm(folder, { recursive: true, force: true });
});

const userOf = (seq: number): string => `user-${seq}@shop.example`;

/** Some of them twice, as after an answer that was lost, and among events that are nothing to it. */
function put(round: number): void {
  for (let seq = round * SUBJECTS + 1; seq <= (round + 1) * SUBJECTS; seq++) {
    const properties = { subject: { userId: userOf(seq) } };
    const event = streamRecord(seq, { type: 'erase', lane: 'lane-of-erasures', properties });
    const key = `${seq}`;
    const shard = fake.stream(STREAM)?.route(key);
    const data = new TextEncoder().encode(JSON.stringify(event));
    for (let copies = random() < 0.3 ? 2 : 1; copies > 0; copies--) shard?.append(key, data);
    shard?.append(key, new TextEncoder().encode(JSON.stringify(streamRecord(seq))));
  }
}

function start(recipe = 'consumer/erasure.ts') {
  return startRecipe(recipe, {
    ...{ folder, kinesis: kinesis.url },
    replace: {
      'https://internal.example.com/erasures': `${endpoint.origin}/erasures`,
      // A process that was killed is soon over.
      'leaseMs: 2000': 'leaseMs: 600',
      "process.env.ERASURE_SECRET ?? ''": `'${SECRET}'`,
      "process.env.ERASURE_LOG_SECRET ?? ''": `'${LOG_SECRET}'`,
    },
  });
}

test('killed wherever it stands and started again, it skips nobody, and its log is whole', async () => {
  console.log(`seed ${seed}`);
  for (let round = 0; round < KILLS; round++) {
    put(round);
    const { child, ended, output } = start();
    let left = 1 + Math.floor(random() * 10);
    kill = () => {
      if (--left === 0) void sleep(random() * 30).then(() => child.kill('SIGKILL'));
    };
    expect(await ended, output()).toBe('SIGKILL');
  }
  kill = () => {};
  const { child, ended, output } = start();
  const database = new DatabaseSync(join(folder, 'erasures.db'), { readOnly: true, timeout: 5000 });
  const rows = (sql: string) => database.prepare(sql).all() as Record<string, unknown>[];
  const total = KILLS * SUBJECTS * PRODUCTS.length;
  await vi.waitFor(
    () => {
      expect(rows(`SELECT count(*) AS done FROM erasure WHERE status = 'done'`), output()).toEqual([
        { done: total },
      ]);
    },
    { timeout: 60_000, interval: 100 },
  );
  child.kill('SIGTERM');

  expect(await ended, output()).toBe(0);
  const subjects = [...erased.values()].map(
    ({ product, subject }) => `${product} ${subject.userId}`,
  );
  const expected = Array.from({ length: KILLS * SUBJECTS }, (_, index) => userOf(index + 1));
  expect(subjects.toSorted()).toEqual(
    PRODUCTS.flatMap((product) => expected.map((user) => `${product} ${user}`)).toSorted(),
  );
  // As many keys as erasures: no second call had another one, nor another body.
  expect([bodies.size, forged]).toEqual([total, 0]);
  expect([...bodies.values()].every(({ size }) => size === 1)).toBe(true);
  const lines = rows('SELECT line FROM audit ORDER BY seq').map(({ line }) => `${line}`);
  const report = await verifyAuditLog(lines, { logSecret: LOG_SECRET });
  expect(report).toMatchObject({
    isIntact: true,
    requests: { done: total, parked: 0, open: 0 },
  });
  expect(report.calls).toBeGreaterThanOrEqual(calls);
  expect(lines.join('\n')).not.toContain('shop.example');
  console.log(
    `calls ${calls}, written down ${report.calls}, without an outcome ${report.unanswered}`,
  );
  database.close();

  expect(await audit(lines)).toMatchObject([0, expect.stringContaining('isIntact: true')]);
  expect(await audit(lines.toSpliced(7, 1))).toMatchObject([
    ...[1, expect.stringContaining('expected line 8 of the log, got 9')],
  ]);
}, 120_000);

/** What the auditor's program says of these lines. */
async function audit(lines: readonly string[]): Promise<readonly [unknown, string]> {
  await writeFile(join(folder, 'audit.ndjson'), `${lines.join('\n')}\n`);
  const { ended, output } = start('consumer/erasure-audit.ts');
  return [await ended, output()];
}
