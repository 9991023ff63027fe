import { describe, expect, test } from 'vitest';
import { createSessions } from '../../../src/client/session.ts';
import { createMemoryLog } from '../../../src/queue/memory-log.ts';
import { createFakeClock } from '../../helpers/fake-clock.ts';
import { createTestClient, type TestClientOptions } from '../../helpers/test-client.ts';

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
    expect(tested.heardOf('paused')).toEqual([{ reason: 'refused', code: 'write_key_unknown' }]);
    expect(tested.heardOf('error')[0]?.message).toContain('no such key');
  });

  test('corrects the clock that batches are stamped with', async () => {
    const { relay, client, clock } = await sendOne({ relay: { clockOffsetMs: 3_600_000 } });

    expect((await client.stats()).clockOffsetMs).toBe(3_600_000);
    expect(relay.batches[0]?.head.sentAt).toBe(clock.now() + 3_600_000);
    expect(relay.batches[0]?.text).toContain('"clockOffset":3600000');
    expect(relay.batches[0]?.events[0]?.timestamp).toBe(clock.now());
  });

  test('follows a clock that somebody sets while the page lives', async () => {
    const tested = await sendOne({});
    tested.clock.set(tested.clock.now() - 7_200_000);
    tested.relay.replyToBatches({ status: 401, body: { code: 'clock_skew', reason: '' } });
    tested.relay.replyToSessions({
      status: 200,
      body: {
        token: 'mended',
        key: 'c2lnbmluZy1rZXktc2lnbmluZy1rZXktc2lnbmluZyE',
        expires: tested.clock.now() + 7_200_000 + 3_600_000,
        now: tested.clock.now() + 7_200_000,
        config: {},
      },
    });
    tested.client.track('Two');
    await tested.client.flush();

    expect((await tested.client.stats()).clockOffsetMs).toBe(7_200_000);
    expect(tested.relay.stored).toHaveLength(2);
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
      clientId: () => '',
      log,
      onConfig: () => {},
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

  test('without WebCrypto leaves batches unsigned', async () => {
    const { relay } = await sendOne({ runtime: { subtle: undefined } });

    expect(relay.batches[0]?.head.signature).toBe('-');
  });
});
