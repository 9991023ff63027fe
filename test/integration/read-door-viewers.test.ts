import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { type Relay, startRelay, toEnvJson } from '../../demo/launcher/relay.ts';
import { createConsumer, createReadDoorClient } from '../../src/consumer/index.ts';
import { signToken } from '../../src/protocol/index.ts';
import { createFakeKinesis } from '../helpers/fake-kinesis/index.ts';
import { type LoopbackServer, serveOnLoopback } from '../helpers/loopback-server.ts';

const STREAM = 'clickstream';
const SHARD = 'shardId-000000000000';
const secret = randomBytes(32).toString('base64url');
const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };

const fake = createFakeKinesis({ credentials });
/** Calls of GetRecords that the test lets wait, while it wants so. */
const held: ServerResponse[] = [];
let holdNext = false;

let kinesis: LoopbackServer;
let relay: Relay;

beforeAll(async () => {
  fake.call('CreateStream', { StreamName: STREAM, ShardCount: 1 });
  kinesis = await serveOnLoopback(async (request, response) => {
    const body = new Uint8Array(await buffer(request));
    const { 'x-amz-target': target = '' } = request.headers;
    if (holdNext && String(target).endsWith('GetRecords')) {
      holdNext = false;
      held.push(response);
      return;
    }
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    const { method = '', url = '/' } = request;
    const answer = fake.handle({ method, path: url, headers, body });
    if (answer) response.writeHead(answer.status, answer.headers).end(answer.body);
    else request.socket.destroy();
  });
  relay = await startRelay(
    {
      RELAY_SECRET: secret,
      RELAY_AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      RELAY_AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      RELAY_AWS_REGION: 'us-east-1',
      RELAY_KINESIS_ENDPOINT: kinesis.origin,
      SOURCES: toEnvJson({ wk: { name: 'shop', stream: STREAM, origins: '*' } }),
    },
    AbortSignal.timeout(30_000),
  );
});

afterAll(async () => {
  await relay?.stop();
  await kinesis?.stop();
});

function mintToken(reader: number): Promise<string> {
  const issued = Date.now() - reader;
  const token = { use: 'read', streams: [STREAM], issued, expires: issued + 600_000 } as const;
  return signToken(crypto.subtle, secret, token);
}

function put(text: string): void {
  const Data = Buffer.from(text).toString('base64');
  fake.call('PutRecord', { StreamName: STREAM, PartitionKey: 'key', Data });
}

async function call(token: string, operation: string, input: object, signal?: AbortSignal) {
  const response = await fetch(`${relay.url}/v1/kinesis`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'x-amz-target': `Kinesis_20131202.${operation}`,
    },
    body: JSON.stringify(input),
    ...(signal && { signal }),
  });
  const answer: Record<string, unknown> = await response.json();
  return { status: response.status, answer };
}

test('twenty viewers in one workerd cost two reads a second, and each sees every record in order', async () => {
  const received: string[][] = [];
  for (let viewer = 0; viewer < 20; viewer++) {
    const texts: string[] = [];
    received.push(texts);
    const token = await mintToken(viewer);
    const client = createReadDoorClient({ endpoint: relay.url, token });
    const consumer = createConsumer({ client, stream: STREAM, from: 'TRIM_HORIZON' });
    onTestFinished(consumer.close);
    void (async () => {
      for await (const { data } of consumer) texts.push(new TextDecoder().decode(data));
    })();
  }
  const from = fake.calls.length;
  const expected = Array.from({ length: 30 }, (_, index) => `record-${index}`);

  for (const text of expected) {
    put(text);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }

  await vi.waitFor(
    () => {
      for (const texts of received) expect(texts).toEqual(expected);
    },
    { timeout: 20_000 },
  );
  const reads = fake.calls.slice(from).filter(({ operation }) => operation === 'GetRecords');
  const seconds = ((reads.at(-1)?.at ?? 0) - (reads[0]?.at ?? 0)) / 1000;
  // One for where it begins, one for a late timer.
  expect(reads.length).toBeLessThanOrEqual(2 * seconds + 2);
});

test('who waits for the read of a viewer that went away reads by itself', async () => {
  const token = await mintToken(100);
  const other = await mintToken(101);
  const position = { StreamName: STREAM, ShardId: SHARD, ShardIteratorType: 'TRIM_HORIZON' };
  put('here');
  const { answer } = await call(token, 'GetShardIterator', position);
  // A size of its own: nothing of it is remembered.
  const read = { ...answer, Limit: 777 };
  holdNext = true;
  const gone = new AbortController();
  const lost = call(token, 'GetRecords', read, gone.signal).catch((error: Error) => error.name);
  await vi.waitFor(() => expect(held).toHaveLength(1), { timeout: 5000 });

  const waiting = call(other, 'GetRecords', read);
  await new Promise((resolve) => setTimeout(resolve, 300));
  gone.abort();
  const { status, answer: page } = await waiting;
  const later = await call(token, 'GetRecords', read);

  expect(await lost).toBe('AbortError');
  expect([status, later.status]).toEqual([200, 200]);
  expect(page.Records).toEqual(later.answer.Records);
  expect(held).toHaveLength(1);
});

test('who waits for the read of another is given the same answer', async () => {
  const [one, two] = [await mintToken(200), await mintToken(201)];
  const position = { StreamName: STREAM, ShardId: SHARD, ShardIteratorType: 'TRIM_HORIZON' };
  put('there');
  const { answer } = await call(one, 'GetShardIterator', position);
  const read = { ...answer, Limit: 778 };
  const before = fake.calls.length;

  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => call(index % 2 ? one : two, 'GetRecords', read)),
  );

  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  const records = answers.map(({ answer: page }) => JSON.stringify(page.Records));
  expect(new Set(records).size).toBe(1);
  expect(fake.calls.slice(before).map(({ operation }) => operation)).toEqual(['GetRecords']);
});
