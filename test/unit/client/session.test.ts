import { describe, expect, test } from 'vitest';
import { createSessions } from '../../../src/client/session.ts';
import { MAX_CLOCK_SKEW_MS } from '../../../src/protocol/limits.ts';
import { createMemoryLog } from '../../../src/queue/memory-log.ts';
import { createFakeClock, type FakeClock } from '../../helpers/fake-clock.ts';
import {
  createScriptedFetch,
  type ScriptedFetchOptions,
  type SentBatch,
} from '../../helpers/scripted-fetch.ts';
import {
  createTestClient,
  type TestClient,
  type TestClientOptions,
} from '../../helpers/test-client.ts';

async function sendOne(options: TestClientOptions) {
  const tested = createTestClient(options);
  tested.client.track('One');
  await tested.client.flush();
  return tested;
}

describe('a session', () => {
  test('is asked for with the write key and the client id, and used for many batches', async () => {
    const { client, relay } = await sendOne({});
    client.track('Two');
    await client.flush();

    const { clientId } = await client.stats();
    expect(relay.sessions).toEqual([
      { writeKey: 'shop', client: clientId, sdk: expect.stringMatching(/^rivulet\/\d/) },
    ]);
    expect(relay.batches).toHaveLength(2);
  });

  test('is shared with the next page, until it is about to end', async () => {
    const first = await sendOne({ relay: { tokenLifeMs: 3_600_000 } });
    await first.client.close();
    const second = createTestClient({ sharing: first, seed: 2 });
    second.client.track('Two');
    await second.client.flush();
    expect(first.relay.sessions).toHaveLength(1);

    await second.clock.advance(3_600_000 - 60_000);
    second.client.track('Three');
    await second.client.flush();

    expect(first.relay.sessions).toHaveLength(2);
    expect(first.relay.batches.at(-1)?.head.token).toBe('token-2');
  });

  test('of another source or relay is not used', async () => {
    const first = await sendOne({});
    await first.client.close();
    await sendOne({ sharing: first, seed: 2, writeKey: 'other' });
    await sendOne({ sharing: first, seed: 3, endpoint: 'https://other.test' });

    expect(first.relay.sessions).toHaveLength(3);
  });

  test('that cannot be had now is asked for again later, and nothing is lost', async () => {
    const tested = createTestClient();
    tested.relay.replyToSessions('network', {
      status: 503,
      body: { code: 'internal', reason: '' },
    });
    tested.client.track('One');
    await tested.clock.advance(10_000);

    expect(tested.relay.sessions).toHaveLength(3);
    expect(tested.relay.stored).toHaveLength(1);
  });

  test('that is refused stops the sending', async () => {
    const tested = createTestClient();
    tested.relay.replyToSessions({
      status: 403,
      body: { code: 'write_key_unknown', reason: 'no such key' },
    });
    tested.client.track('One');
    await tested.clock.advance(3_600_000);

    expect(tested.relay.sessions).toHaveLength(1);
    expect(tested.heardOf('paused')).toMatchObject([
      { reason: 'refused', code: 'write_key_unknown' },
    ]);
    expect(tested.heardOf('error')[0]?.message).toContain('no such key');
  });

  test('corrects the clock that batches are stamped with', async () => {
    const { relay, client, clock } = await sendOne({ relay: { clockOffsetMs: 3_600_000 } });

    expect((await client.stats()).clockOffsetMs).toBe(3_600_000);
    expect(relay.batches[0]?.head.sentAt).toBe(clock.now() + 3_600_000);
    expect(relay.batches[0]?.text).toContain('"clockOffset":3600000');
    expect(relay.batches[0]?.events[0]?.timestamp).toBe(clock.now());
  });

  test('keeps the offset of the call with the smallest round trip, as long as the others agree with it', async () => {
    const clock = createFakeClock();
    const log = createMemoryLog();
    const calls = [
      { tripMs: 100, relayAheadMs: 1000 },
      { tripMs: 500, relayAheadMs: 1150 },
      { tripMs: 40, relayAheadMs: 1010 },
      { tripMs: 400, relayAheadMs: 90_000 },
    ];
    const sessions = createSessions({
      runtime: clock,
      endpoint: '',
      writeKey: '',
      requestTimeoutMs: 15_000,
      identity: { current: () => ({ clientId: '', sessionId: '', seenAt: 0 }) },
      log,
      onConfig: () => {},
      onClock: () => {},
      transport: async () => {
        const { tripMs = 0, relayAheadMs = 0 } = calls.shift() ?? {};
        await clock.advance(tripMs / 2);
        const now = clock.now() + relayAheadMs;
        await clock.advance(tripMs / 2);
        const body = { token: 't', key: 'k', expires: now + 3_600_000, now, config: {} };
        return { status: 200, body, afterMs: undefined };
      },
    });

    const offsets: (number | undefined)[] = [];
    while (calls.length > 0) {
      await sessions.current();
      offsets.push(sessions.known()?.clockOffsetMs);
      sessions.forget();
    }

    expect(offsets).toEqual([1000, 1000, 1010, 90_000]);
  });

  test('is not needed to capture', async () => {
    const tested = createTestClient();
    tested.relay.replyToSessions('hang');
    tested.client.track('One');
    await tested.clock.advance(6000);
    tested.client.track('Two');
    await tested.clock.advance(100);

    expect(tested.heardOf('logged')).toHaveLength(2);
  });

  test('signs without WebCrypto too, as on plain http', async () => {
    const { relay } = await sendOne({ runtime: { subtle: undefined } });

    expect(relay.batches[0]?.wasSigned).toBe(true);
  });
});

const HOUR_MS = 3_600_000;
const startAt = Date.UTC(2026, 10, 20);

/** A relay whose clock is right whatever the client's says, and which refuses a moment that is far from it. */
function exactRelay(clock: FakeClock, more: Partial<ScriptedFetchOptions> = {}) {
  const relayNow = (): number => startAt + clock.monotonic();
  const otherwise = ({ head }: SentBatch) =>
    Math.abs(head.sentAt - relayNow()) > MAX_CLOCK_SKEW_MS
      ? { status: 401, body: { code: 'clock_skew', reason: '', now: relayNow() } }
      : undefined;
  return createScriptedFetch({ clock, relayNow, otherwise, ...more });
}

function openAt(clock: FakeClock, options: TestClientOptions = {}): TestClient {
  const relay = options.sharing?.relay ?? exactRelay(clock, options.relay);
  return createTestClient({
    ...options,
    sharing: options.sharing ?? ({ clock, relay, runtime: {} } as TestClient),
  });
}

const refused = ({ heardOf }: TestClient): number =>
  heardOf('error').filter(({ code }) => code === 'clock_skew').length;

describe('a clock that is wrong', () => {
  test.each([-HOUR_MS, HOUR_MS])('by %i ms is refused by nobody', async (wrongMs) => {
    const tested = openAt(createFakeClock(startAt + wrongMs));
    for (let n = 0; n < 100; n++) {
      tested.client.track('Event', { n });
      await tested.clock.advance(60_000);
    }
    await tested.client.flush();

    expect(refused(tested)).toBe(0);
    expect(tested.relay.stored).toHaveLength(100);
  });

  test.each([-2 * HOUR_MS, -20 * 60_000, 20 * 60_000, 2 * HOUR_MS])(
    'and is set by %i ms while the page lives is noticed before anything is refused',
    async (byMs) => {
      const tested = openAt(createFakeClock(startAt));
      tested.client.track('One');
      await tested.client.flush();
      tested.clock.set(tested.clock.now() + byMs);
      tested.client.track('Two');
      await tested.client.flush();

      expect((await tested.client.stats()).clockOffsetMs).toBe(-byMs);
      expect(refused(tested)).toBe(0);
      expect(tested.relay.stored).toHaveLength(2);
    },
  );

  test.each([
    [-2 * HOUR_MS, 0],
    [-20 * 60_000, 0],
    // Nothing on the disk tells it from time that has passed.
    [20 * 60_000, 1],
    [2 * HOUR_MS, 0],
  ])('and is set by %i ms between two pages is refused %i times', async (byMs, times) => {
    const first = openAt(createFakeClock(startAt));
    first.client.track('One');
    await first.client.flush();
    await first.client.close();
    first.clock.set(first.clock.now() + byMs);
    const second = openAt(first.clock, { sharing: first, seed: 2 });
    for (let n = 0; n < 3; n++) {
      second.client.track('Event');
      await second.client.flush();
    }

    expect(refused(second)).toBe(times);
    expect(first.relay.stored).toHaveLength(4);
    expect((await second.client.stats()).clockOffsetMs).toBe(-byMs);
  });

  test('by minutes that nobody refuses is put right by the first answer', async () => {
    const first = openAt(createFakeClock(startAt));
    first.client.track('One');
    await first.client.flush();
    await first.client.close();
    first.clock.set(first.clock.now() + 4 * 60_000);
    const second = openAt(first.clock, { sharing: first, seed: 2 });
    second.client.track('Two');
    await second.client.flush();
    second.client.track('Three');
    await second.client.flush();

    expect((await second.client.stats()).clockOffsetMs).toBe(-4 * 60_000);
  });

  test.each([-HOUR_MS, HOUR_MS])(
    'and jumps by %i ms between question and answer is asked about again',
    async (byMs) => {
      const clock = createFakeClock(startAt);
      let requests = 0;
      const onRequest = (): void => {
        if (requests++ === 0) clock.set(clock.now() + byMs);
      };
      const tested = openAt(clock, { relay: { onRequest } });
      tested.client.track('One');
      await tested.client.flush();

      expect(tested.relay.sessions).toHaveLength(2);
      expect(refused(tested)).toBe(0);
      expect((await tested.client.stats()).clockOffsetMs).toBe(-byMs);
    },
  );

  test('and jumps whenever it is asked about still sends', async () => {
    const clock = createFakeClock(startAt);
    const onRequest = (url: string): void => {
      if (url.endsWith('session')) clock.set(clock.now() + 60_000);
    };
    const tested = openAt(clock, { relay: { onRequest } });
    tested.client.track('One');
    await tested.client.flush();

    expect(tested.relay.sessions).toHaveLength(2);
    expect(tested.relay.stored).toHaveLength(1);
  });

  test('is told as soon as it is known', async () => {
    const clock = createFakeClock(startAt + HOUR_MS);
    const log = createMemoryLog();
    const heard: number[] = [];
    const setting = {
      runtime: clock,
      endpoint: '',
      writeKey: '',
      requestTimeoutMs: 15_000,
      identity: { current: () => ({ clientId: '', sessionId: '', seenAt: 0 }) },
      log,
      onConfig: () => {},
      onClock: (offsetMs: number) => heard.push(offsetMs),
      transport: async () => {
        const now = startAt + clock.monotonic();
        const body = { token: 't', key: 'k', expires: now + HOUR_MS, now, config: {} };
        return { status: 200, body, afterMs: undefined };
      },
    };
    await createSessions(setting).current();
    expect(heard).toEqual([-HOUR_MS]);
    await createSessions(setting).current();

    expect(heard).toEqual([-HOUR_MS, -HOUR_MS]);
  });
});
