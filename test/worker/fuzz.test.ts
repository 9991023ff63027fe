/** The relay against senders who mean it no good: thousands of batches, broken in every way that bytes can be. */

import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { decodeAggregate } from '../../src/protocol/aggregate.ts';
import { isGzip, parsePayload } from '../../src/protocol/batch.ts';
import {
  isEventType,
  type LaneRange,
  messageIdOf,
  type StreamRecord,
} from '../../src/protocol/event.ts';
import type { BatchAnswer, RefusalAnswer } from '../../src/protocol/receipt.ts';
import { createFakeKinesis, type FakeKinesis, type Fault } from '../helpers/fake-kinesis/index.ts';
import { type Bytes, hostileBatch, text, value } from './hostile-batches.ts';
import {
  createRelayUnderTest,
  NOW,
  ORIGIN,
  signBatch,
  sources,
  writeBatch,
} from './relay-under-test.ts';
import { md5 } from './scripted-kinesis.ts';
import { witness } from './witness.ts';

const RUNS = 800;
const SEED = 4;
const STREAMS = ['clickstream', 'orders'];

/** What each source makes of the same batches. */
const SOURCES: Readonly<Record<string, object>> = {
  'with every default': {},
  'that looks at everything': {
    partition: 'properties.key',
    spread: 3,
    format: 'cloudevents',
    routes: [{ route: 'alarms', events: ['Purchased', 'page'], stream: 'orders' }],
    redact: ['email', 'card', { name: 'order', pattern: 'ORD-\\d+' }],
    plan: { mode: 'enforce', events: { Purchased: { required: ['price'], maxProperties: 9 } } },
    edge: ['country', 'region', 'colo', 'asn', 'userAgent', 'bot'],
    ip: 'hashed',
    limits: { eventBytes: 20_000, batchEvents: 50 },
  },
  'that stores events one by one, by their context': {
    partition: 'context.page.path',
    aggregate: false,
    plan: { mode: 'observe', others: 'violate', events: { page: { type: 'object' } } },
    maxRecordBytes: 4096,
    ip: 'full',
  },
};

let kinesis: FakeKinesis;

/** Empty streams, whose shards take as much as a batch may hold. */
function renewKinesis(): void {
  kinesis = createFakeKinesis({ now: () => NOW });
  for (const StreamName of STREAMS) kinesis.call('CreateStream', { StreamName, ShardCount: 4 });
}

beforeEach(() => {
  renewKinesis();
  vi.spyOn(globalThis, 'fetch').mockImplementation((...request) => kinesis.fetch(...request));
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(Object.entries(SOURCES))('a source %s', (_, source) => {
  test(`gives ${RUNS} hostile batches an answer that is true`, { timeout: 60_000 }, async () => {
    const { clock, logs, openSession, relay } = createRelayUnderTest({ SOURCES: sources(source) });
    const session = await openSession();
    const statuses = new Map<number, number>();
    let acknowledged = 0;

    await fc.assert(
      fc.asyncProperty(
        hostileBatch,
        async ({ segments, inner, isGzipped, outer, signed, sender }) => {
          renewKinesis();
          const text = inner(new Uint8Array(Buffer.from(writeBatch(segments, sender))));
          const payload = outer(isGzipped ? new Uint8Array(gzipSync(text, { level: 1 })) : text);
          const body = signed(await signBatch(session, clock.now, payload));

          const response = await relay.fetch(requestOf(body));

          const answer: BatchAnswer & RefusalAnswer = await response.json();
          const arrived = stored();
          statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
          expect(response.status, answer.code).toBeLessThan(500);
          for (const record of arrived) expectSound(record);
          expect(witness.leaks()).toEqual([]);
          if (response.status !== 200) {
            expect(answer).toMatchObject({ code: expect.any(String), reason: expect.any(String) });
            expect(arrived).toEqual([]);
            return;
          }
          const { receipts } = answer;
          expect(receipts.flatMap(runOf)).toEqual(positionsIn(payload));
          // Kinesis took all that it was asked: nothing is acknowledged beyond it, and nothing is kept quiet.
          expect(receipts.some(({ status }) => status === 'retry')).toBe(false);
          expect(
            countOf(receipts.filter(({ status }) => status === 'stored').flatMap(runOf)),
          ).toEqual(countOf(arrived.map(({ messageId }) => messageId)));
          acknowledged += arrived.length;
        },
      ),
      { seed: SEED, numRuns: RUNS },
    );

    // It would prove nothing if all of them were refused, or none.
    expect(statuses.get(200)).toBeGreaterThan(RUNS / 5);
    expect(statuses.get(400)).toBeGreaterThan(RUNS / 20);
    expect(statuses.has(401) && statuses.has(413)).toBe(true);
    expect(acknowledged).toBeGreaterThan(RUNS / 2);
    expect(logs.filter((entry) => /"code":"internal"|"stack"/.test(entry))).toEqual([]);
  });
});

test('what is acknowledged is stored while the stream fails in every way', {
  timeout: 60_000,
}, async () => {
  const { clock, logs, openSession, relay } = createRelayUnderTest();
  const faults = fc.array(
    fc.constantFrom<Fault | undefined>(
      undefined,
      undefined,
      { kind: 'lose_reply' },
      { kind: 'lose_request' },
      { kind: 'refuse', type: 'InternalFailure', status: 500 },
      { kind: 'refuse', type: 'ValidationException' },
      { kind: 'refuse', type: 'AccessDeniedException' },
      { kind: 'entries', fails: () => 'ProvisionedThroughputExceededException' },
      { kind: 'entries', fails: (index) => (index % 2 ? 'InternalFailure' : undefined) },
    ),
    { maxLength: 6 },
  );
  let acknowledged = 0;

  await fc.assert(
    fc.asyncProperty(hostileBatch, faults, async ({ segments, sender }, script) => {
      renewKinesis();
      const planned = [...script];
      kinesis.always(() => planned.shift());
      // Longer than the stream is left alone after many failures.
      clock.now += 120_000;
      const payload = new Uint8Array(Buffer.from(writeBatch(segments, sender)));
      const session = await openSession();

      const response = await relay.fetch(requestOf(await signBatch(session, clock.now, payload)));

      const answer: BatchAnswer & RefusalAnswer = await response.json();
      expect(witness.leaks()).toEqual([]);
      if (response.status >= 500) expect(answer.code).toMatch(/^stream_/);
      const arrived = countOf(stored().map(({ messageId }) => messageId));
      const said = response.status === 200 ? answer.receipts : [];
      const all = said.flatMap(runOf);
      if (response.status === 200) expect(all).toEqual(positionsIn(payload));
      const stands = countOf(said.filter(({ status }) => status === 'stored').flatMap(runOf));
      // Twice is a lost answer; never is a lie.
      for (const [id, count] of stands) expect(arrived.get(id)).toBeGreaterThanOrEqual(count);
      acknowledged += stands.size;
    }),
    { seed: SEED, numRuns: RUNS / 2 },
  );

  expect(acknowledged).toBeGreaterThan(RUNS / 4);
  expect(logs.filter((entry) => /"code":"internal"|"stack"/.test(entry))).toEqual([]);
});

test('bytes of any kind get an answer on every route', { timeout: 60_000 }, async () => {
  const { logs, relay } = createRelayUnderTest();
  const path = fc.constantFrom(
    '/v1/session',
    '/v1/batch',
    '/v1/kinesis',
    '/v1/health',
    '/',
    '/%00',
  );
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.json().map((json) => new TextEncoder().encode(json)),
    text.map((token) => new TextEncoder().encode(`rivulet1 ${token} ${NOW} ${token}\n{}`)),
    value.map((fields) =>
      new TextEncoder().encode(JSON.stringify({ writeKey: 'wk_shop', client: '', ...fields })),
    ),
  );
  const headers = fc.record({
    origin: fc.constantFrom(ORIGIN, 'null', 'http://[', ''),
    authorization: fc.constantFrom('Bearer a.b', 'Bearer', 'AWS4-HMAC-SHA256 x', ''),
    'content-length': fc.constantFrom('0', '-1', 'x', '99999999999999999999'),
    'x-amz-target': fc.constantFrom('Kinesis_20131202.GetRecords', 'Kinesis_20131202.PutRecords'),
    'cf-connecting-ip': fc.constantFrom('203.0.113.7', '::1', 'x', ''),
  });

  await fc.assert(
    fc.asyncProperty(path, body, headers, async (path, body, headers) => {
      const init = { method: 'POST', headers, body: new Uint8Array(body) };

      const response = await relay.fetch(new Request(`https://relay.example${path}`, init));

      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(response.status).toBeLessThan(500);
      expect(witness.leaks()).toEqual([]);
    }),
    { seed: SEED, numRuns: 1000 },
  );
  expect(logs.filter((entry) => /"code":"internal"|"stack"/.test(entry))).toEqual([]);
});

/** The events that a receipt is about. */
function runOf({ lane, first, count }: LaneRange): string[] {
  return Array.from({ length: count }, (_, offset) => messageIdOf({ lane, seq: first + offset }));
}

/** How often each comes, in the order of their names. */
function countOf(ids: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const id of [...ids].sort()) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

function requestOf(body: Bytes): Request {
  const headers = {
    origin: ORIGIN,
    'cf-connecting-ip': '203.0.113.7',
    'user-agent': 'Mozilla/5.0',
  };
  return new Request('https://relay.example/v1/batch', { method: 'POST', headers, body });
}

/** What the payload's events are called, read without the relay. */
function positionsIn(payload: Bytes): string[] {
  const parsed = parsePayload(
    new TextDecoder('utf-8', { ignoreBOM: true }).decode(
      isGzip(payload) ? gunzipSync(payload) : payload,
    ),
  );
  if (!parsed.ok) throw new Error(`expected a refusal: ${parsed.reason}`);
  return parsed.value.segments.flatMap(({ lane, first, lines }) =>
    lines.map((_, offset) => messageIdOf({ lane, seq: first + offset })),
  );
}

/** Every event that stands in the streams, taken out of its aggregate and its envelope. */
function stored(): StreamRecord[] {
  return STREAMS.flatMap((stream) => kinesis.records(stream)).flatMap(({ data }) => {
    const decoded = decodeAggregate(data, md5);
    const parts = decoded.kind === 'aggregate' ? decoded.records.map((part) => part.data) : [data];
    return parts.map((part) => {
      const record = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(part));
      return record.specversion ? record.data : record;
    });
  });
}

/** Nothing of the client's stands where the relay speaks, and nothing leads to a prototype. */
function expectSound(record: StreamRecord): void {
  expect(isEventType(record.type)).toBe(true);
  expect(record.messageId).toBe(messageIdOf(record.rivulet));
  expect(record.rivulet.source).toBe('shop');
  expect(Number.isNaN(Date.parse(record.timestamp))).toBe(false);
  JSON.stringify(record, (key, part) => {
    expect(key).not.toBe('__proto__');
    return part;
  });
}
