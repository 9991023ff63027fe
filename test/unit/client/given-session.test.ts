import { describe, expect, test } from 'vitest';
import { MAX_CLOCK_SKEW_MS } from '../../../src/protocol/limits.ts';
import type { SessionAnswer } from '../../../src/protocol/session.ts';
import { createFakeClock, type FakeClock } from '../../helpers/fake-clock.ts';
import { createScriptedFetch, type SentBatch, SIGNING_KEY } from '../../helpers/scripted-fetch.ts';
import { createTestClient, type TestClient } from '../../helpers/test-client.ts';

const startAt = Date.UTC(2026, 10, 20);
const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 86_400_000;

/** As an operator has minted it, half a year ago. */
const minted: SessionAnswer = {
  token: 'token-of-device',
  key: SIGNING_KEY,
  now: startAt - YEAR_MS / 2,
  expires: startAt + YEAR_MS / 2,
  config: {},
};

async function sendOne(tested: TestClient): Promise<TestClient> {
  tested.client.track('One');
  await tested.client.flush();
  return tested;
}

const tokensOf = ({ relay }: TestClient) => relay.batches.map(({ head }) => head.token);
const pausesOf = (tested: TestClient) => tested.heardOf('paused').map(({ reason }) => reason);
const refused = (code: string, status = 401) => ({ status, body: { code, reason: '' } });

/** A relay whose clock is right, and which refuses a moment that is far from it. */
function exactRelay(clock: FakeClock) {
  const relayNow = (): number => startAt + clock.monotonic();
  const otherwise = ({ head }: SentBatch) =>
    Math.abs(head.sentAt - relayNow()) > MAX_CLOCK_SKEW_MS
      ? { status: 401, body: { code: 'clock_skew', reason: '', now: relayNow() } }
      : undefined;
  return createScriptedFetch({ clock, relayNow, otherwise });
}

describe('a session that a device has', () => {
  test('is used instead of asking for one', async () => {
    const tested = await sendOne(createTestClient({ session: minted }));
    await sendOne(tested);

    expect(tested.relay.sessions).toEqual([]);
    expect(tokensOf(tested)).toEqual(['token-of-device', 'token-of-device']);
    expect(tested.relay.batches.every(({ wasSigned }) => wasSigned)).toBe(true);
    expect((await tested.client.stats()).sessionExpires).toBe(minted.expires);
  });

  test('is used at once where a new one takes the place of the old', async () => {
    const first = await sendOne(createTestClient({ session: minted }));
    await first.client.close();
    const session = { ...minted, token: 'token-of-today' };
    await sendOne(createTestClient({ session, sharing: first, seed: 2 }));

    expect(tokensOf(first)).toEqual(['token-of-device', 'token-of-today']);
  });

  test('is neither the one that the relay gave before, nor kept for a page that has none', async () => {
    const first = await sendOne(createTestClient());
    await first.client.close();
    const device = createTestClient({ session: minted, sharing: first, seed: 2 });
    await sendOne(device);
    await device.client.close();
    await first.clock.advance(2 * HOUR_MS);
    await sendOne(createTestClient({ sharing: first, seed: 3 }));

    expect(tokensOf(first)).toEqual(['token-1', 'token-of-device', 'token-2']);
  });

  test.each([-2 * HOUR_MS, -90_000, 90_000, 2 * HOUR_MS, 20 * YEAR_MS])(
    'sends from a clock that is wrong by %i ms, as soon as the relay has told the time',
    async (wrongMs) => {
      const clock = createFakeClock(startAt + wrongMs);
      const sharing = { clock, relay: exactRelay(clock), runtime: {} } as TestClient;
      const tested = createTestClient({ session: minted, sharing });
      for (let n = 0; n < 3; n++) await sendOne(tested);

      expect((await tested.client.stats()).clockOffsetMs).toBe(-wrongMs);
      expect(tested.relay.stored).toHaveLength(3);
      expect(tested.heardOf('error').length).toBeLessThanOrEqual(1);
      expect(tested.heardOf('paused').filter(({ reason }) => reason !== 'follower')).toEqual([]);
    },
  );

  test.each(['token_expired', 'token_invalid', 'signature_invalid'])(
    'that is refused with %s is tried again after a backoff, and nothing is lost',
    async (code) => {
      const tested = createTestClient({ session: minted });
      tested.relay.replyToBatches(...Array.from({ length: 5 }, () => refused(code)));
      tested.client.track('One');
      await tested.client.flush();

      // Once more at once, as if for another session.
      expect(tested.relay.batches).toHaveLength(2);
      expect(pausesOf(tested)).toContain('backoff');
      await tested.clock.advance(HOUR_MS);

      expect(tested.relay.sessions).toEqual([]);
      expect(tested.relay.stored).toHaveLength(1);
    },
  );

  test('that has expired is still shown to the relay, whose word it is', async () => {
    const tested = await sendOne(createTestClient({ session: { ...minted, expires: startAt } }));

    expect(tested.relay.stored).toHaveLength(1);
  });

  test('that is revoked stops the sending, and keeps the events', async () => {
    const tested = createTestClient({ session: minted });
    tested.relay.replyToBatches(refused('token_revoked', 403));
    await sendOne(tested);

    expect(tested.heardOf('paused').at(-1)).toMatchObject({
      reason: 'refused',
      code: 'token_revoked',
    });
    expect((await tested.client.stats()).queue.events).toBe(1);
  });
});

describe('a session that the application brings', () => {
  /** What a backend answers, one after another. */
  function createBackend(clock: FakeClock, lifeMs = HOUR_MS) {
    const state = { calls: 0 };
    const bring = async (): Promise<SessionAnswer> => {
      const now = clock.now();
      const token = `token-of-user-${++state.calls}`;
      return { token, key: SIGNING_KEY, now, expires: now + lifeMs, config: {} };
    };
    return { state, bring };
  }

  test('is asked for once, kept for the next page, and asked for again before it ends', async () => {
    const clock = createFakeClock(startAt);
    const { bring, state } = createBackend(clock);
    const relay = createScriptedFetch({ clock });
    const sharing = { clock, relay, runtime: {} } as TestClient;
    const first = await sendOne(createTestClient({ session: bring, sharing }));
    await sendOne(first);
    await first.client.close();
    const second = createTestClient({ session: bring, sharing: first, seed: 2 });
    await sendOne(second);
    expect(state.calls).toBe(1);
    await clock.advance(HOUR_MS - 60_000);
    await sendOne(second);

    expect(relay.sessions).toEqual([]);
    expect(tokensOf(second)).toEqual([...Array(3).fill('token-of-user-1'), 'token-of-user-2']);
  });

  test('is asked for again when it is refused', async () => {
    const clock = createFakeClock(startAt);
    const { bring } = createBackend(clock);
    const relay = createScriptedFetch({ clock });
    const sharing = { clock, relay, runtime: {} } as TestClient;
    const tested = createTestClient({ session: bring, sharing });
    relay.replyToBatches(refused('token_invalid'));
    await sendOne(tested);

    expect(tokensOf(tested)).toEqual(['token-of-user-1', 'token-of-user-2']);
    expect(relay.stored).toHaveLength(1);
  });

  test.each<[string, () => Promise<SessionAnswer>, string]>([
    ['rejects', () => Promise.reject(new Error('no')), 'unreachable'],
    [
      'throws',
      () => {
        throw new Error('no');
      },
      'unreachable',
    ],
    ['never settles', () => new Promise(() => {}), 'unreachable'],
    ['resolves to nothing', async () => undefined as never, 'backoff'],
    ['resolves to something else', async () => ({ token: 'x' }) as never, 'backoff'],
  ])('is waited for with a backoff where the function %s', async (_, fail, reason) => {
    const clock = createFakeClock(startAt);
    const { bring } = createBackend(clock);
    let calls = 0;
    const session = () => (++calls <= 2 ? fail() : bring());
    const relay = createScriptedFetch({ clock });
    const tested = createTestClient({
      session,
      sharing: { clock, relay, runtime: {} } as TestClient,
    });
    tested.client.track('One');
    await clock.advance(20_000);
    expect(pausesOf(tested)).toContain(reason);
    await clock.advance(60_000);

    expect(calls).toBe(3);
    expect(relay.stored).toHaveLength(1);
  });
});
