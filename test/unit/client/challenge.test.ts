import { describe, expect, test, vi } from 'vitest';
import { createTestClient } from '../../helpers/test-client.ts';

const refusal = { status: 401, body: { code: 'challenge_failed', reason: 'not solved' } };

describe('a challenge', () => {
  test('is solved once for each session, and its answer goes with the request', async () => {
    let solved = 0;
    const challenge = vi.fn(async () => `answer-${++solved}`);
    const { client, clock, relay } = createTestClient({
      challenge,
      relay: { tokenLifeMs: 3_600_000 },
    });
    client.track('One');
    await client.flush();
    client.track('Two');
    await client.flush();
    expect(challenge).toHaveBeenCalledTimes(1);

    await clock.advance(3_600_000);
    client.track('Three');
    await client.flush();

    expect(relay.sessions.map((request) => request.challenge)).toEqual(['answer-1', 'answer-2']);
    expect(relay.stored).toHaveLength(3);
  });

  test('that the relay refuses is solved anew after the backoff, and nothing is lost', async () => {
    let solved = 0;
    const tested = createTestClient({ challenge: async () => `answer-${++solved}` });
    tested.relay.replyToSessions(refusal);
    tested.client.track('One');
    await tested.clock.advance(10_000);

    expect(tested.relay.sessions.map((request) => request.challenge)).toEqual([
      'answer-1',
      'answer-2',
    ]);
    expect(tested.heardOf('paused')).toMatchObject([
      { reason: 'backoff', code: 'challenge_failed' },
    ]);
    expect(tested.relay.stored).toHaveLength(1);
  });

  test.each([
    ['rejects', () => Promise.reject(new Error('widget failed'))],
    [
      'throws',
      () => {
        throw new Error('no widget here');
      },
    ],
  ])('that %s leaves the word to the relay', async (_, challenge) => {
    const tested = createTestClient({ challenge });
    tested.relay.replyToSessions(refusal);
    tested.client.track('One');
    await tested.clock.advance(6000);

    expect(tested.relay.sessions[0]).not.toHaveProperty('challenge');
    expect(tested.heardOf('error')[0]?.code).toBe('challenge_failed');
    expect((await tested.client.stats()).queue.events).toBe(0);
    expect(tested.relay.stored).toHaveLength(1);
  });

  test('may take a user a minute, which is not taken for the way to the relay', async () => {
    const solving = Promise.withResolvers<string>();
    const tested = createTestClient({
      challenge: () => solving.promise,
      relay: { clockOffsetMs: 5000 },
    });
    tested.client.track('One');
    await tested.clock.advance(60_000);
    expect(tested.relay.sessions).toEqual([]);
    expect((await tested.client.stats()).queue.events).toBe(1);

    solving.resolve('answer');
    await tested.client.flush();

    expect((await tested.client.stats()).clockOffsetMs).toBe(5000);
    expect(tested.relay.stored).toHaveLength(1);
  });

  test('is not asked for where there is none', async () => {
    const { client, relay } = createTestClient();
    client.track('One');
    await client.flush();

    expect(Object.keys(relay.sessions[0] ?? {})).toEqual(['writeKey', 'client', 'sdk']);
  });
});
