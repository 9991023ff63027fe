import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createRelayUnderTest, LANE, NOW, nested, track } from './relay-under-test.ts';
import { refusing, SHARD, scriptKinesis } from './scripted-kinesis.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

afterEach(() => {
  vi.restoreAllMocks();
});

describe('one bad event', () => {
  const deepest = { type: 'track', event: 'E', timestamp: NOW };
  const bad: [string, object | string, string, string][] = [
    ['is not JSON', '{"type":"track"', 'not_json', 'event: expected JSON'],
    ['is an empty line', '', 'not_json', 'event: expected JSON'],
    ['is a number', '1', 'not_an_event', 'event: expected an object'],
    ['is null', 'null', 'not_an_event', 'event: expected an object'],
    ['is an array', '[]', 'not_an_event', 'event: expected an object'],
    ['has no type', { timestamp: NOW }, 'not_an_event', 'type: '],
    ['has an unknown type', track({}, { type: 'toString' }), 'not_an_event', 'type: '],
    ['is a track without a name', track({}, { event: undefined }), 'not_an_event', 'event: '],
    ['is a metric without a name', { type: 'metric', timestamp: NOW }, 'not_an_event', 'event: '],
    ['has an empty name', track({}, { event: '' }), 'not_an_event', 'event: '],
    [
      'has a name of 201 characters',
      track({}, { event: 'n'.repeat(201) }),
      'not_an_event',
      'event',
    ],
    ['has no timestamp', track({}, { timestamp: undefined }), 'not_an_event', 'timestamp: '],
    ['has text for a timestamp', track({}, { timestamp: '2026' }), 'not_an_event', 'timestamp: '],
    ['is of the year 10000', track({}, { timestamp: 253402300800000 }), 'not_an_event', 'timest'],
    ['has text for properties', track({}, { properties: 'x' }), 'not_an_event', 'properties: '],
    ['has a list for traits', track({}, { traits: [] }), 'not_an_event', 'traits: '],
    ['has null for context', track({}, { context: null }), 'not_an_event', 'context: '],
    ['has a number for groupId', track({}, { groupId: 1 }), 'not_an_event', 'groupId: '],
    ['has a list for previousId', track({}, { previousId: [] }), 'not_an_event', 'previousId: '],
    ['is an alias of nobody', { type: 'alias', timestamp: NOW }, 'not_an_event', 'previousId: '],
    [
      'is an alias of an empty name',
      { type: 'alias', timestamp: NOW, previousId: '' },
      'not_an_event',
      'previousId: expected who the user was before, as text',
    ],
    [
      'is an alias of null',
      { type: 'alias', timestamp: NOW, previousId: null },
      'not_an_event',
      'previousId: ',
    ],
    ['has an empty route', track({}, { route: '' }), 'not_an_event', 'route: expected a name of'],
    ['has a route of 201 characters', track({}, { route: 'r'.repeat(201) }), 'not_an_event', ''],
    ['has a number for a route', track({}, { route: 7 }), 'not_an_event', 'route: '],
    ['is 1,000 levels deep', nested(1000), 'too_deep', 'event: expected at most 32 levels'],
    ['is 40,000 levels deep', nested(40_000), 'too_deep', 'event: expected at most 32 levels'],
    ['is 100,000 lists deep', `${'['.repeat(1e5)}${']'.repeat(1e5)}`, 'too_deep', 'event: '],
    ['is 33 levels deep', { ...deepest, properties: JSON.parse(nested(32)) }, 'too_deep', ''],
    ['is one byte above 256 KiB', eventOf(256 * KiB + 1), 'event_too_large', 'event: '],
    ['is 256 KiB of two-byte text', eventOf(200 * KiB, 'é'), 'event_too_large', 'event: '],
  ];

  test.each(bad)('that %s is rejected alone', async (_, event, code, reason) => {
    const kinesis = scriptKinesis();
    const { sendBatch } = createRelayUnderTest();

    const { status, answer } = await sendBatch([{ events: [track(), event, track()] }]);

    expect(status).toBe(200);
    expect(answer.receipts).toMatchObject([
      { lane: LANE, first: 1, count: 1, status: 'stored' },
      { lane: LANE, first: 2, count: 1, status: 'rejected', code },
      { lane: LANE, first: 3, count: 1, status: 'stored' },
    ]);
    expect(answer.receipts[1]).toMatchObject({ reason: expect.stringContaining(reason) });
    expect(kinesis.records().map(({ record }) => record.rivulet.seq)).toEqual([1, 3]);
  });

  test.each([
    ['32 levels deep', { ...deepest, properties: JSON.parse(nested(31)) }],
    ['of 256 KiB', eventOf(256 * KiB)],
    ['with a name of 200 characters', track({}, { event: 'n'.repeat(200) })],
    ['of the last moment of the year 9999', track({}, { timestamp: 253402300799999 })],
    ['that is a page without a name', { type: 'page', timestamp: NOW }],
    ['that is a line of a log', { type: 'log', timestamp: NOW, properties: { level: 'warn' } }],
    ['with a route of 200 characters', track({}, { route: 'r'.repeat(200) })],
  ])('is not one %s', async (_, event) => {
    scriptKinesis();
    const { sendBatch } = createRelayUnderTest();

    const { answer } = await sendBatch([{ events: [event] }]);

    expect(answer.receipts).toMatchObject([{ status: 'stored' }]);
  });

  test('is rejected without a call when it is alone', async () => {
    const kinesis = scriptKinesis();
    const { sendBatch } = createRelayUnderTest();

    const { status, answer } = await sendBatch([{ events: ['x', 'y'] }]);

    expect(status).toBe(200);
    expect(answer.receipts).toMatchObject([{ first: 1, count: 2, code: 'not_json' }]);
    expect(kinesis.calls).toEqual([]);
  });

  test('cannot reach a prototype', async () => {
    const kinesis = scriptKinesis();
    const { sendBatch } = createRelayUnderTest();
    const event = `{"type":"track","event":"E","timestamp":${NOW},"__proto__":{"polluted":1},"properties":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}},"context":{"__proto__":{"polluted":1}}}`;

    const { answer } = await sendBatch([{ events: [event] }]);

    expect(answer.receipts).toMatchObject([{ status: 'stored' }]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(kinesis.records()[0]?.record).not.toHaveProperty('polluted');
  });
});

describe('a bad context', () => {
  test.each([
    ['is no JSON', 'x'],
    ['is a list', '[]'],
    ['has null for a client id', { anonymousId: null }],
    ['has a number for a client id', { anonymousId: 7 }],
    ['has an empty client id', { anonymousId: '' }],
    ['has a number for a user', { anonymousId: 'c', userId: 7 }],
    ['has a text for an offset', { anonymousId: 'c', clockOffset: '7' }],
    ['has an offset without end', '{"anonymousId":"c","clockOffset":1e999}'],
    ['is 33 levels deep', { anonymousId: 'c', page: JSON.parse(nested(32)) }],
    ['is above 16 KiB', { anonymousId: 'c', page: { title: 't'.repeat(16 * KiB) } }],
  ])('that %s rejects the events of its segment, and no others', async (_, context) => {
    const kinesis = scriptKinesis();
    const { sendBatch } = createRelayUnderTest();

    const { answer } = await sendBatch([
      { events: [track()] },
      { lane: 'otherLane', first: 7, context, events: [track(), track()] },
      { first: 2, events: [track()] },
    ]);

    expect(answer.receipts).toMatchObject([
      { lane: LANE, first: 1, count: 1, status: 'stored' },
      { lane: 'otherLane', first: 7, count: 2, status: 'rejected', code: 'context_invalid' },
      { lane: LANE, first: 2, count: 1, status: 'stored' },
    ]);
    expect(kinesis.records()).toHaveLength(2);
  });
});

describe('a batch is refused whole', () => {
  test('with too_large for 10,001 events', async () => {
    const { sendBatch } = createRelayUnderTest();
    const events = new Array(10_001).fill('{"type":"page","timestamp":1}');

    const { status, answer } = await sendBatch([{ events }]);

    expect([status, answer.code]).toEqual([413, 'too_large']);
  });

  test('with too_large for 501 events, and not for 500', async () => {
    const kinesis = scriptKinesis();
    const { sendBatch } = createRelayUnderTest();
    const events = new Array(501).fill('{"type":"page","timestamp":1}');

    const more = await sendBatch([{ events }]);
    const most = await sendBatch([{ events: events.slice(1) }]);

    expect(more.status).toBe(413);
    expect(most.status).toBe(200);
    expect(kinesis.records()).toHaveLength(500);
  });

  test('with too_large for 64 KiB of gzip that inflate to 64 MiB', async () => {
    const { sendBatch } = createRelayUnderTest();
    const payload = new Uint8Array(gzipSync(new Uint8Array(64 * MiB)));
    expect(payload.length).toBeLessThan(66 * KiB);

    const { status, answer } = await sendBatch([], { payload });

    expect([status, answer.code]).toEqual([413, 'too_large']);
  });

  test('with too_large for one byte above 1 MiB inflated, and not for 1 MiB', async () => {
    const { sendBatch } = createRelayUnderTest();
    const text = (bytes: number) => new TextEncoder().encode(`{"sdk":"x"}\n${' '.repeat(bytes)}`);

    const more = await sendBatch([], { payload: text(MiB - 11), gzip: true });
    const most = await sendBatch([], { payload: text(MiB - 12), gzip: true });

    expect(more.answer.code).toBe('too_large');
    expect(most.answer.code).toBe('malformed');
  });

  test('with too_large for a body above 1 MiB, whether it says its length or not', async () => {
    const { post, relay } = createRelayUnderTest();
    const body = new Uint8Array(MiB + 1);
    const unsaid = new ReadableStream({
      start: (controller) => {
        for (let at = 0; at < body.length; at += 64 * KiB) {
          controller.enqueue(body.subarray(at, at + 64 * KiB));
        }
        controller.close();
      },
    });

    const said = await post('/v1/batch', body, { headers: { 'content-length': String(MiB + 1) } });
    const counted = await relay.fetch(
      new Request('https://relay.example/v1/batch', {
        method: 'POST',
        body: unsaid,
        duplex: 'half',
      } as RequestInit),
    );

    expect(said.status).toBe(413);
    expect(counted.status).toBe(413);
  });

  test.each([
    ['half a gzip', gzipSync('{"sdk":"x"}\n').subarray(0, 15)],
    ['gzip with a changed byte', changed(gzipSync(`{"sdk":"x"}\n${'abc'.repeat(100)}`), 20)],
    ['bytes that are not UTF-8', Uint8Array.of(0x7b, 0xff, 0xfe)],
    ['no sender', new TextEncoder().encode('hello\n')],
    ['an event outside a segment', new TextEncoder().encode('{"sdk":"x"}\n{"type":"page"}\n')],
    ['a lane of no shape', new TextEncoder().encode('{"sdk":"x"}\n@a/b 1 {}\n')],
    ['an event number of 0', new TextEncoder().encode('{"sdk":"x"}\n@k3f9aL0qXw 0 {}\n')],
  ])('with malformed for %s', async (_, payload) => {
    const { sendBatch } = createRelayUnderTest();

    const { status, answer } = await sendBatch([], { payload: new Uint8Array(payload) });

    expect([status, answer.code]).toEqual([400, 'malformed']);
  });
});

describe('receipts', () => {
  test('cover every event once, and join neighbours of the same fate', async () => {
    scriptKinesis();
    const { sendBatch } = createRelayUnderTest();

    const { answer } = await sendBatch([
      { events: [track(), track(), 'x', 'y', track()] },
      { first: 6, events: [track()] },
      { lane: 'otherLane', first: 3, events: [track()] },
    ]);

    expect(answer.now).toBe(NOW);
    const fate = { status: 'stored', shard: SHARD, sequence: '49540' };
    expect(answer.receipts).toEqual([
      { lane: LANE, first: 1, count: 2, ...fate },
      {
        lane: LANE,
        first: 3,
        count: 2,
        status: 'rejected',
        code: 'not_json',
        reason: 'event: expected JSON',
      },
      { lane: LANE, first: 5, count: 2, ...fate },
      { lane: 'otherLane', first: 3, count: 1, ...fate },
    ]);
  });

  test('of an empty batch are none', async () => {
    const kinesis = scriptKinesis();
    const { sendBatch } = createRelayUnderTest();

    const { status, answer } = await sendBatch([]);

    expect([status, answer.receipts]).toEqual([200, []]);
    expect(kinesis.calls).toEqual([]);
  });
});

describe('the log', () => {
  test('has one line a batch, with counts and without secrets, tokens, bodies or addresses', async () => {
    scriptKinesis();
    const { sendBatch, openSession, logs } = createRelayUnderTest();
    const session = await openSession();
    const headers = { 'cf-connecting-ip': '203.0.113.77' };

    await sendBatch([{ events: [track({ note: 'private' }), 'x'] }], { session, headers });

    expect(logs).toHaveLength(1);
    expect(JSON.parse(logs[0] ?? '')).toMatchObject({
      at: 'batch',
      source: 'shop',
      events: 2,
      stored: 1,
      rejected: 1,
      retry: 0,
      calls: 1,
    });
    expect(logs[0]).not.toMatch(/private|client-1|203\.0|secret/);
    expect(logs[0]).not.toContain(session.token);
  });

  test('names what Kinesis said when it failed', async () => {
    scriptKinesis(refusing(400, 'AccessDeniedException'));
    const { sendBatch, logs } = createRelayUnderTest();

    await sendBatch([{ events: [track()] }]);

    expect(JSON.parse(logs[0] ?? '')).toMatchObject({
      code: 'stream_misconfigured',
      errors: { AccessDeniedException: 1 },
    });
  });
});

/** A `track` event of exactly so many characters. */
function eventOf(length: number, filler = 'x'): string {
  const empty = JSON.stringify(track({ filler: '' }));
  return JSON.stringify(track({ filler: filler.repeat(length - empty.length) }));
}

function changed(bytes: Uint8Array, at: number): Uint8Array {
  bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  return bytes;
}
