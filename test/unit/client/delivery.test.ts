import { describe, expect, test, vi } from 'vitest';
import type { BatchSender, Outcome } from '../../../src/client/batch-sender.ts';
import { createDeliveryLoop } from '../../../src/client/delivery-loop.ts';
import { createEmitter } from '../../../src/client/emitter.ts';
import type { Pause } from '../../../src/client/types.ts';
import type { Receipt } from '../../../src/protocol/receipt.ts';
import { createFakeClock } from '../../helpers/fake-clock.ts';
import type { Reply, SentBatch } from '../../helpers/scripted-fetch.ts';
import { storedReceipts } from '../../helpers/scripted-fetch.ts';
import {
  createTestClient,
  type TestClient,
  type TestClientOptions,
} from '../../helpers/test-client.ts';

/** A client with some events on disk and its replies ready, at the moment when its batch is due. */
async function deliver(
  replies: readonly Reply[],
  options: TestClientOptions & { readonly events?: number } = {},
): Promise<TestClient & { readonly ids: string[] }> {
  const { events = 3, ...clientOptions } = options;
  const tested = createTestClient({ retryBaseMs: 1000, retryMaxMs: 8000, ...clientOptions });
  tested.relay.replyToBatches(...replies);
  for (let n = 1; n <= events; n++) tested.client.track('Event', { n });
  const { lane } = await tested.client.stats();
  await tested.clock.advance(5000);
  return { ...tested, ids: Array.from({ length: events }, (_, at) => `${lane}.${at + 1}`) };
}

const refusal = (status: number, code: string, more: object = {}): Reply => ({
  status,
  body: { code, reason: 'because', ...more },
});

const only =
  (seq: number, verdict: (receipt: Receipt) => object) =>
  (batch: SentBatch): Receipt[] =>
    storedReceipts(batch).flatMap((receipt) =>
      Array.from({ length: receipt.count }, (_, at) => {
        const one = { ...receipt, first: receipt.first + at, count: 1 };
        return (one.first === seq ? { ...one, ...verdict(one) } : one) as Receipt;
      }),
    );

describe('a batch without a known outcome', () => {
  test.each<Reply>(['network', 'hang'])(
    'is sent again byte for byte after "%s", under a fresh time and signature',
    async (reply) => {
      const { relay, clock, ids, client } = await deliver([reply]);
      await clock.advance(15_000 + 1000);

      const [first, second] = relay.batches;
      expect(relay.batches).toHaveLength(2);
      expect(second?.payload).toEqual(first?.payload);
      expect(second?.head.sentAt).toBeGreaterThan(first?.head.sentAt ?? 0);
      expect(second?.head.signature).not.toBe(first?.head.signature);
      expect(second?.wasSigned).toBe(true);
      expect(relay.stored).toEqual(ids);
      expect((await client.stats()).queue.events).toBe(0);
    },
  );

  test('keeps its bytes while newer events arrive, which follow it', async () => {
    const { relay, clock, client, ids } = await deliver(['network']);

    client.track('Later');
    await clock.advance(10_000);

    expect(relay.batches[1]?.payload).toEqual(relay.batches[0]?.payload);
    expect(relay.stored).toEqual([...ids, `${ids[0]?.split('.')[0]}.4`]);
  });

  test('says that the relay is unreachable and when the next try is due', async () => {
    const { heardOf, clock, client } = await deliver(['network']);

    const [pause] = heardOf('paused');
    expect(pause).toMatchObject({ reason: 'unreachable', code: 'network' });
    expect(pause?.until).toBeLessThanOrEqual(clock.now() + 1000);
    expect((await client.stats()).pause).toEqual(pause);
    expect(heardOf('error')[0]?.code).toBe('network');
  });
});

describe('waiting between tries', () => {
  test('grows with each failure, under a bound that doubles up to the longest wait', async () => {
    const { heardOf, clock } = await deliver(Array(8).fill('network'));
    await clock.advance(60_000);

    const waits = heardOf('sending').map(({ at }) => at);
    const bounds = [1000, 2000, 4000, 8000, 8000, 8000, 8000];
    expect(waits).toHaveLength(9);
    bounds.forEach((bound, index) => {
      expect((waits[index + 1] ?? 0) - (waits[index] ?? 0)).toBeLessThanOrEqual(bound);
    });
    expect(heardOf('sending').map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test.each([
    ['the body', { status: 503, body: { code: 'stream_unavailable', reason: '', after: 30_000 } }],
    ['a header in seconds', { status: 429, headers: { 'retry-after': '30' }, body: 'busy' }],
    [
      'a header with a date',
      {
        status: 503,
        headers: { 'retry-after': new Date(Date.UTC(2026, 10, 20) + 35_000).toUTCString() },
      },
    ],
  ])(
    'lasts as long as %s asks, and a share longer, so that a fleet comes back apart',
    async (_, reply) => {
      const { relay, clock, ids, heardOf } = await deliver([reply]);
      const askedUntil = clock.now() + 30_000;

      expect(heardOf('paused')[0]?.until).toBeGreaterThan(askedUntil);
      await clock.advance(30_000);
      expect(relay.batches).toHaveLength(1);
      await clock.advance(3000);

      expect(relay.stored).toEqual(ids);
    },
  );

  test.each([
    [429, 'rate_limited'],
    [500, 'internal'],
    [502, 'stream_misconfigured'],
    [503, 'stream_throttled'],
    [404, 'not_found'],
  ])('follows a %i and keeps everything', async (status, code) => {
    const { relay, heardOf, clock, ids, client } = await deliver([refusal(status, code)]);

    expect(heardOf('paused')).toMatchObject([{ reason: 'backoff', code }]);
    expect(heardOf('error')[0]?.code).toBe(code);
    expect((await client.stats()).queue.events).toBe(3);
    await clock.advance(1000);

    expect(heardOf('resumed')).toHaveLength(1);
    expect(relay.stored).toEqual(ids);
  });

  test('follows a page that answers in place of the relay', async () => {
    const { relay, heardOf, clock, ids } = await deliver([
      { status: 200, body: '<h1>Log in</h1>' },
    ]);

    expect(heardOf('error')[0]?.code).toBe('answer_invalid');
    await clock.advance(1000);

    expect(relay.stored).toEqual(ids);
  });

  test('never deletes an event, however often it fails', async () => {
    const { relay, clock, ids } = await deliver(Array(200).fill('network'));
    await clock.advance(200 * 8000);

    expect(relay.stored).toEqual(ids);
  });
});

describe('receipts', () => {
  test('settle exactly what they name, and what is to be tried again waits as long as they ask', async () => {
    const retry = only(2, () => ({ status: 'retry', after: 4000 }));
    const { relay, clock, client, ids } = await deliver([{ receipts: retry }]);

    expect(await client.stats()).toMatchObject({ stored: 2, queue: { events: 1 } });
    await clock.advance(4000);
    expect(relay.batches).toHaveLength(1);
    await clock.advance(1000);

    expect(relay.batches[1]?.ids).toEqual([ids[1]]);
    expect(relay.batches[1]?.events[0]).toEqual(relay.batches[0]?.events[1]);
    expect(await client.stats()).toMatchObject({ stored: 3, queue: { events: 0 } });
  });

  test('that reject an event take it out of the log and leave word of it on the stream', async () => {
    const reject = only(2, () => ({ status: 'rejected', code: 'too_deep', reason: '33 levels' }));
    const { relay, clock, client, heardOf, ids } = await deliver([{ receipts: reject }]);
    const [lane] = ids[0]?.split('.') ?? [];

    expect(heardOf('rejected')).toEqual([
      { lane, first: 2, count: 1, code: 'too_deep', reason: '33 levels' },
    ]);
    await clock.advance(5000);

    expect(relay.batches[1]?.events).toMatchObject([
      { type: 'drop', properties: { lane, ranges: [[2, 1]], reason: 'rejected' } },
    ]);
    expect(await client.stats()).toMatchObject({ captured: 4, stored: 3, rejected: 1 });
  });

  test('that reject a declaration too are not declared for ever', async () => {
    const reject: Reply = {
      receipts: (batch) =>
        storedReceipts(batch).map(({ lane, first, count }) => ({
          ...{ lane, first, count },
          status: 'rejected',
          code: 'context_invalid',
          reason: '',
        })),
    };
    const { relay, clock, client } = await deliver(Array(20).fill(reject));
    await clock.advance(60_000);

    expect(relay.batches).toHaveLength(2);
    expect(await client.stats()).toMatchObject({ captured: 4, rejected: 4, queue: { events: 0 } });
  });

  test('that reject an event keep it where the application can read it', async () => {
    const reject = only(2, () => ({ status: 'rejected', code: 'too_deep', reason: '33 levels' }));
    const { client, clock, ids } = await deliver([{ receipts: reject }]);
    const [lane] = ids[0]?.split('.') ?? [];

    expect(await client.rejected()).toMatchObject([
      { lane, seq: 2, code: 'too_deep', reason: '33 levels', at: clock.now(), event: {} },
    ]);
  });

  test('that overlap count an event once, by the first of them', async () => {
    const twice = (batch: SentBatch): Receipt[] => [
      ...storedReceipts(batch),
      ...storedReceipts(batch).map(
        ({ lane, first, count }): Receipt => ({
          ...{ lane, first, count: count + 5 },
          ...{ status: 'rejected', code: 'not_json', reason: '' },
        }),
      ),
    ];
    const { client, clock } = await deliver([{ receipts: twice }]);
    await clock.advance(10_000);

    expect(await client.stats()).toMatchObject({ captured: 3, stored: 3, rejected: 0 });
    expect(await client.rejected()).toEqual([]);
  });

  test('for events that were not in the batch settle nothing', async () => {
    const { client } = await deliver([
      {
        receipts: () => [
          { lane: 'someone-el', first: 1, count: 9, status: 'stored', shard: 's', sequence: '1' },
        ],
      },
    ]);

    expect(await client.stats()).toMatchObject({ stored: 0, queue: { events: 3 } });
  });

  test('that are missing leave their events in the log, for a later batch', async () => {
    const { relay, clock, client, ids } = await deliver([{ receipts: () => [] }]);

    expect(await client.stats()).toMatchObject({ stored: 0, queue: { events: 3 } });
    await clock.advance(1000);

    expect(relay.stored).toEqual(ids);
  });
});

/** Refuses every batch that holds the sixth event. */
const poisoned =
  (status: number, code: string) =>
  (batch: SentBatch): Reply =>
    batch.events.some(({ properties }) => (properties as { n?: number })?.n === 6)
      ? refusal(status, code)
      : undefined;

describe('a batch that is refused as a whole', () => {
  test.each([
    [400, 'malformed', 'not_an_event'],
    [413, 'too_large', 'event_too_large'],
  ])(
    'with %i is halved until the poison stands alone, and its neighbours are stored',
    async (status, refusalCode, code) => {
      const { relay, clock, client, heardOf, ids } = await deliver([], {
        events: 8,
        relay: { otherwise: poisoned(status, refusalCode) },
      });
      await clock.advance(5000);

      const [lane] = ids[0]?.split('.') ?? [];
      expect(heardOf('rejected')).toMatchObject([{ lane, first: 6, count: 1, code }]);
      expect(relay.stored).toEqual([...ids.filter((id) => id !== ids[5]), `${lane}.9`]);
      expect(relay.batches.at(-1)?.events.at(-1)).toMatchObject({
        type: 'drop',
        properties: { lane, ranges: [[6, 1]], reason: 'rejected' },
      });
      expect(await client.stats()).toMatchObject({ captured: 9, stored: 8, rejected: 1 });
    },
  );

  test('with 413 makes later batches smaller', async () => {
    const { relay, clock, client } = await deliver([refusal(413, 'too_large')], { events: 200 });
    for (let n = 0; n < 200; n++) client.track('Event', { n });
    await clock.advance(5000);

    const [tooLarge, ...later] = relay.batches.map(({ text }) => text.length);
    expect(later.length).toBeGreaterThan(2);
    for (const bytes of later) expect(bytes).toBeLessThanOrEqual((tooLarge ?? 0) / 2 + 100);
  });

  test('with 400 makes the next batches smaller, and then as large as before', async () => {
    const { relay, clock, client } = await deliver([refusal(400, 'malformed')], { events: 100 });
    for (let n = 0; n < 300; n++) client.track('Event', { n });
    await clock.advance(5000);

    expect(relay.batches.map(({ ids }) => ids.length)).toEqual([100, 50, 50, 200, 100]);
  });

  test('by a proxy with 400 deletes nothing', async () => {
    const proxy = { refuses: true };
    const { relay, clock, client, ids } = await deliver([], {
      events: 2,
      relay: {
        otherwise: () => (proxy.refuses ? { status: 400, body: 'Bad Request' } : undefined),
      },
    });
    await clock.advance(60_000);
    expect(await client.stats()).toMatchObject({ rejected: 0, queue: { events: 2 } });
    proxy.refuses = false;
    await clock.advance(8000);

    expect(relay.stored).toEqual(ids);
  });

  test('with 401 renews the session once, and then waits between tries', async () => {
    const { relay, clock, ids, heardOf } = await deliver([
      refusal(401, 'token_expired'),
      refusal(401, 'token_expired'),
    ]);

    expect(relay.sessions).toHaveLength(2);
    expect(relay.batches).toHaveLength(2);
    expect(relay.batches[1]?.head.token).toBe('token-2');
    expect(relay.batches[1]?.payload).toEqual(relay.batches[0]?.payload);
    expect(heardOf('paused')).toMatchObject([{ reason: 'backoff', code: 'token_expired' }]);
    await clock.advance(1000);

    expect(relay.sessions).toHaveLength(3);
    expect(relay.stored).toEqual(ids);
  });

  test('with 403 stops sending, keeps everything, says why and asks again after an hour or two', async () => {
    const { relay, clock, client, heardOf } = await deliver([refusal(403, 'source_disabled')]);
    const refusedAt = clock.now();
    client.track('More');
    await clock.advance(3_600_000);
    const flushed = await client.flush();

    expect(relay.batches).toHaveLength(1);
    const until = heardOf('paused')[0]?.until ?? 0;
    expect(heardOf('paused')).toEqual([{ reason: 'refused', code: 'source_disabled', until }]);
    expect(until - refusedAt).toBeGreaterThanOrEqual(3_600_000);
    expect(heardOf('error')[0]?.code).toBe('source_disabled');
    expect(flushed).toEqual({ stored: 0, queued: 4 });
    await clock.advance(3_600_000 + 1000);

    expect(relay.stored).toHaveLength(4);
  });
});

describe('the pace', () => {
  test('is one request at a time, in the order of capture, whatever the calls', async () => {
    const { client, clock, relay } = createTestClient({ maxBatchEvents: 10 });
    for (let n = 1; n <= 95; n++) {
      client.track('Event', { n });
      if (n % 7 === 0) client.flush();
    }
    await clock.advance(6000);

    const { lane } = await client.stats();
    expect(relay.underWay().most).toBe(1);
    expect(relay.stored).toEqual(Array.from({ length: 95 }, (_, at) => `${lane}.${at + 1}`));
  });

  test('waits for company, but not once a batch is full', async () => {
    const { client, clock, relay } = createTestClient({ maxBatchEvents: 10 });
    for (let n = 1; n <= 9; n++) client.track('Event');
    await clock.advance(4900);
    expect(relay.batches).toHaveLength(0);

    client.track('Tenth');
    await clock.advance(1);

    expect(relay.batches).toHaveLength(1);
  });

  test('is told: when what waits for company leaves', async () => {
    const { client, clock } = createTestClient({ flushIntervalMs: 3000 });
    const nextSendAt = async () => (await client.stats()).nextSendAt;
    const before = await nextSendAt();
    client.track('First');
    await clock.advance(1);
    const dueAt = clock.now() + 2999;
    await clock.advance(500);
    client.track('Second');
    await clock.advance(500);

    expect(before).toBeUndefined();
    expect(await nextSendAt()).toBe(dueAt);
    await client.flush();
    expect(await nextSendAt()).toBeUndefined();

    client.track('Third');
    await clock.advance(3500);
    expect(await nextSendAt()).toBeUndefined();

    client.track('Fourth');
    await clock.advance(1);
    await client.consent('pending');
    expect(await nextSendAt()).toBeUndefined();
  });

  test('does not send each newcomer alone while a queue drains', async () => {
    const arrivals = { left: 5 };
    const tested: TestClient = createTestClient({
      relay: {
        onRequest: () => {
          tested.clock.set(tested.clock.now() + 10);
          if (arrivals.left-- > 0) tested.client.track('Meanwhile');
        },
      },
    });
    tested.client.track('First');
    await tested.clock.advance(5000);
    await tested.clock.advance(100);

    expect(tested.relay.batches).toHaveLength(1);
    await tested.clock.advance(5000);
    expect(tested.relay.batches).toHaveLength(2);
  });

  test('is set by the relay: batches, intervals and pauses', async () => {
    const sessionConfig = () => ({ maxBatchEvents: 2, pauseMs: 7000 });
    const { relay, clock, client, heardOf } = await deliver([], { relay: { sessionConfig } });

    expect(relay.batches).toHaveLength(0);
    expect(heardOf('paused')).toMatchObject([{ reason: 'backoff' }]);
    expect(heardOf('paused')[0]?.until).toBeGreaterThan(clock.now() + 7000);
    await clock.advance(8000);

    expect(relay.batches.map(({ ids }) => ids.length)).toEqual([2, 1]);
    expect((await client.stats()).queue.events).toBe(0);
  });

  test('pauses where an answer to a batch asks for it', async () => {
    const { relay, clock, client } = await deliver([
      { receipts: storedReceipts, config: { pauseMs: 60_000 } },
    ]);
    client.track('Later');
    await clock.advance(60_000);
    expect(relay.batches).toHaveLength(1);
    await clock.advance(6000);

    expect(relay.batches).toHaveLength(2);
  });

  test.each([
    { maxBatchEvents: -1 },
    { maxBatchEvents: 'many' },
    { maxBatchBytes: 'many' },
    { maxBatchBytes: {} },
    { flushIntervalMs: 'never' },
    { pauseMs: 'long' },
  ])('does not trust a relay to be sensible: %o', async (lie) => {
    const sessionConfig = () => lie;
    const { relay, ids, client, clock } = await deliver([], { relay: { sessionConfig } });
    client.track('Later');
    await clock.advance(20_000);

    expect(relay.stored.slice(0, ids.length)).toEqual(ids);
    expect(relay.stored).toHaveLength(ids.length + 1);
  });
});

describe('a log that fails', () => {
  function open() {
    const clock = createFakeClock();
    const paused: Pause[] = [];
    let failures = 5;
    const emitter = createEmitter();
    const errors: string[] = [];
    emitter.on('paused', (pause) => paused.push(pause));
    emitter.on('error', ({ code }) => errors.push(code));
    const sender = {
      letGo: () => {},
      sendNext: async () => {
        if (failures-- > 0) throw new Error('no database');
        return 'empty';
      },
    } as unknown as BatchSender;
    const loop = createDeliveryLoop({
      ...{ sender, ...emitter },
      runtime: { ...clock, random: () => 0.999, navigator: undefined },
      ...{ retryBaseMs: 1000, retryMaxMs: 8000 },
    });
    return { loop, clock, paused, errors };
  }

  test('pauses the sending, for longer each time, and says so once', async () => {
    const { loop, clock, paused, errors } = open();
    loop.lead(true);
    await clock.advance(61_000);

    expect(paused.map(({ reason }) => reason)).toEqual(Array(5).fill('storage'));
    let at = clock.now() - 60_000;
    const waits = paused.map(({ until = 0 }) => {
      const waitMs = until - at;
      at = until;
      return waitMs;
    });
    expect(waits).toEqual([999, 1998, 3996, 7992, 7992]);
    expect(errors).toEqual(['storage_failed']);
    expect(loop.pause()).toBeUndefined();
  });
});

describe('a pause', () => {
  function open(...outcomes: Outcome[]) {
    const clock = createFakeClock();
    const sent: number[] = [];
    const letGo = vi.fn();
    const sender = {
      ...{ letGo, sendAtOnce: () => undefined },
      sendNext: async () => {
        sent.push(clock.monotonic());
        return outcomes.shift() ?? 'empty';
      },
    } as unknown as BatchSender;
    const loop = createDeliveryLoop({
      ...{ sender, ...createEmitter() },
      runtime: { ...clock, random: () => 0.5, navigator: undefined },
      ...{ retryBaseMs: 1000, retryMaxMs: 8000 },
    });
    return { loop, clock, sent, letGo };
  }
  test('that the relay asked for outlasts a change of the leader and of the network', async () => {
    const { loop, clock, sent } = open({
      reason: 'backoff',
      until: createFakeClock().now() + 30_000,
    });
    loop.lead(true);
    await clock.advance(1000);
    loop.lead(false);
    expect(loop.pause()).toEqual({ reason: 'follower' });
    loop.offline();
    loop.online();
    loop.lead(true);
    expect(loop.pause()?.reason).toBe('backoff');
    await clock.advance(28_999);
    expect(sent).toEqual([1000]);
    await clock.advance(1);

    expect(sent).toEqual([1000, 30_000]);
  });

  test('for want of consent comes before all others, and lets go of what was prepared', async () => {
    const { loop, clock, sent, letGo } = open();
    loop.permit(false);
    loop.lead(true);
    await loop.run();
    loop.leave(false);
    await clock.advance(60_000);
    expect(loop.pause()).toEqual({ reason: 'consent' });
    expect(sent).toEqual([]);
    expect(letGo).toHaveBeenCalled();

    loop.permit(true);
    await clock.settle();
    expect(sent).toHaveLength(1);
  });
});

describe('a page', () => {
  test('sends what earlier ones have left when it has lasted a second, and nothing of theirs twice', async () => {
    const before = await deliver(['network']);
    await before.client.close();
    const after = createTestClient({ sharing: before, seed: 2 });
    await after.clock.advance(999);
    // A page that is loaded again and again would end in the middle of the same batch each time.
    expect(after.relay.stored).toEqual([]);
    await after.clock.advance(1);

    expect(after.relay.stored).toEqual(before.ids);
    expect(after.relay.sessions).toHaveLength(1);
    expect((await after.client.stats()).queue.events).toBe(0);
  });

  test('that has nothing to send asks for no session', async () => {
    const { clock, relay } = createTestClient();
    await clock.advance(60_000);

    expect(relay.sessions).toHaveLength(0);
  });

  test('flushes what it has just captured, and says what became of it', async () => {
    const { client, relay } = createTestClient();
    client.track('One');
    client.track('Two');

    const flushed = await client.flush();

    expect(flushed).toEqual({ stored: 2, queued: 0 });
    expect(relay.batches).toHaveLength(1);
  });

  test('keeps what is queued when it closes, and captures no more', async () => {
    const { client, relay, clock } = createTestClient();
    await clock.settle();
    client.track('One');
    await client.close();
    client.track('Two');
    await clock.advance(60_000);

    expect(relay.batches).toHaveLength(0);
    expect((await client.stats()).captured).toBe(1);
    await expect(client.flush()).resolves.toMatchObject({ stored: 0 });
    expect(client.close()).toBe(client.close());
  });
});
