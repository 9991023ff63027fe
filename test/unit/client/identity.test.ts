import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CaptureHost } from '../../../src/capture/types.ts';
import { cookies } from '../../../src/identity/cookies.ts';
import {
  createMemoryStorage,
  createTestClient,
  type TestClient,
} from '../../helpers/test-client.ts';
import { createTestPage } from '../../helpers/test-page.ts';

/** Each event that arrived, with the context of its segment over it. */
function arrived({ relay }: TestClient): readonly Record<string, unknown>[] {
  return relay.batches.flatMap(({ segments }) =>
    segments.flatMap(({ context, lines }) =>
      lines.map((line) => ({ ...JSON.parse(context), ...JSON.parse(line) })),
    ),
  );
}

describe('a user', () => {
  test('that is called by another name says who it was before', async () => {
    const tested = createTestClient();
    const { client } = tested;
    const { clientId } = await client.stats();

    client.track('Anonymous');
    client.alias('user-42');
    client.track('Known');
    client.alias('user-43');
    client.alias('user-44', 'legacy-7');
    await client.flush();

    expect(arrived(tested)).toMatchObject([
      { event: 'Anonymous' },
      { type: 'alias', anonymousId: clientId, userId: 'user-42', previousId: clientId },
      { event: 'Known', userId: 'user-42' },
      { type: 'alias', userId: 'user-43', previousId: 'user-42' },
      { type: 'alias', userId: 'user-44', previousId: 'legacy-7' },
    ]);
    expect(arrived(tested)[0]).not.toHaveProperty('userId');
  });

  test('of a device was the device before', async () => {
    const tested = createTestClient({ clientId: 'till-7' });

    tested.client.alias('user-42');
    await tested.client.flush();

    expect(arrived(tested)).toMatchObject([{ anonymousId: 'till-7', previousId: 'till-7' }]);
  });

  test('that was kept where it has to be waited for is known when the alias is written', async () => {
    const first = createTestClient({ runtime: { storage: undefined } });
    first.client.identify('user-42');
    await first.client.flush();
    const { clientId } = await first.client.stats();
    await first.client.close();
    const without = { storage: undefined };
    const second = createTestClient({ sharing: first, seed: 2, runtime: without });

    second.client.alias('user-43');
    second.client.track('After');
    await second.client.flush();

    expect(arrived(first).slice(-2)).toMatchObject([
      { event: 'After', anonymousId: clientId, userId: 'user-43' },
      { type: 'alias', anonymousId: clientId, userId: 'user-43', previousId: 'user-42' },
    ]);
  });

  test.each<[string, unknown]>([
    ['a text of 5,000 characters', 'ü'.repeat(5000)],
    ['what is no text', Symbol('user')],
    [
      'what throws',
      {
        toString: () => {
          throw new Error('mine');
        },
      },
    ],
  ])('named by %s harms no event', async (_, name) => {
    const { window } = createTestPage(`https://shop.test/${'a'.repeat(9000)}`, 'ü'.repeat(500));
    const tested = createTestClient({ runtime: { page: window } });
    const { client, relay } = tested;

    client.identify(name as string);
    client.group(name as string);
    client.alias(name as string, name as string);
    client.track('One');
    await client.flush();

    expect(relay.stored).toHaveLength(4);
    for (const { segments } of relay.batches) {
      for (const { context } of segments) {
        expect(Buffer.byteLength(context)).toBeLessThanOrEqual(16 * 1024);
      }
    }
  });

  test('of a number is a text, in the group’s own event too', async () => {
    const tested = createTestClient();

    tested.client.group(7 as unknown as string, { name: 'Herons' });
    await tested.client.flush();

    expect(arrived(tested)).toMatchObject([{ type: 'group', groupId: '7' }]);
  });

  test('is gone with a reset, with all that is known of them', async () => {
    const tested = createTestClient({
      capture: [
        {
          name: 'memory',
          start: (host) => {
            remember = host.remember;
            return () => {};
          },
        },
      ],
      runtime: { page: createTestPage('https://shop.test/').window },
    });
    let remember: CaptureHost['remember'] = () => {};
    const { client } = tested;
    client.identify('user-42');
    client.group('group-7');
    remember('firstTouch', { source: 'letter' });
    client.track('Before');
    const before = (await client.stats()).clientId;

    client.reset();
    client.track('After');
    await client.flush();

    const after = arrived(tested).at(-1);
    expect(after).not.toHaveProperty('userId');
    expect(after).not.toHaveProperty('groupId');
    expect(after?.anonymousId).not.toBe(before);
    expect(after?.sessionId).not.toBe(arrived(tested)[0]?.sessionId);
    expect(remember('firstTouch')).toBeUndefined();
  });
});

test('whatever lies in the storage, the ids of an event are texts', async () => {
  const value = fc.oneof(fc.string(), fc.jsonValue({ maxDepth: 1 }));
  const kept = fc.record(
    {
      ...{ clientId: value, sessionId: value, userId: value, groupId: value },
      ...{ seenAt: value, timezone: value, sampledOut: fc.constant(false), memory: value },
      marks: fc.oneof(value, fc.array(fc.string())),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(fc.oneof(kept, fc.jsonValue()), async (visitor) => {
      const storage = createMemoryStorage();
      storage.setItem('rivulet', JSON.stringify(visitor));
      const tested = createTestClient({ runtime: { storage }, sessionRules: [() => 'a'] });

      tested.client.track('One');
      await tested.client.flush();
      await tested.client.close();

      const [event] = arrived(tested);
      for (const id of ['anonymousId', 'sessionId']) expect(event?.[id]).toBeTypeOf('string');
      expect(event?.anonymousId).not.toBe('');
      for (const id of ['userId', 'groupId']) expect(event?.[id] ?? '').toBeTypeOf('string');
    }),
    { seed: 3, numRuns: 60 },
  );
});

describe('a context', () => {
  test('that sources have made too large goes without what they said, and is told of', async () => {
    const tested = createTestClient({
      capture: [
        {
          name: 'talkative',
          start: ({ describe }) => {
            describe({ talk: 'ü'.repeat(9000) });
            return () => {};
          },
        },
      ],
      runtime: { page: createTestPage('https://shop.test/').window },
    });

    tested.client.track('One');
    await tested.client.flush();

    const [event] = arrived(tested);
    expect(event).toMatchObject({ event: 'One', page: { url: 'https://shop.test/' } });
    expect(event).not.toHaveProperty('talk');
    expect(tested.heardOf('error')).toMatchObject([{ code: 'capture_failed' }]);
    expect(tested.heardOf('error')[0]?.message).toMatch(
      /expected at most 16384 bytes, got 18\d\d\d/,
    );
  });
});

describe('consent, with the visitor in a cookie', () => {
  /** A page's cookies, as one text for each name. */
  function createJar() {
    const kept = new Map<string, string>();
    return {
      kept,
      location: { protocol: 'https:' } as Location,
      get cookie() {
        return [...kept.values()].join('; ');
      },
      set cookie(text) {
        const [pair = ''] = text.split(';');
        const [name = ''] = pair.split('=');
        if (text.includes('max-age=0')) kept.delete(name);
        else kept.set(name, pair);
      },
    };
  }
  const storageOf = (document: ReturnType<typeof createJar>) => ({
    visitorStorage: cookies({ document, fallback: createMemoryStorage() }),
  });

  test('that is pending writes none, and finds the visitor of before when it is granted', async () => {
    const document = createJar();
    const first = createTestClient(storageOf(document));
    first.client.identify('user-42');
    await first.client.flush();
    const { clientId } = await first.client.stats();
    await first.client.close();
    const cookie = document.cookie;

    const second = createTestClient({
      ...{ ...storageOf(document), sharing: first, seed: 2, consent: 'pending' },
    });
    second.client.track('Before');
    expect(document.cookie).toBe(cookie);
    await second.client.consent('granted');
    second.client.track('After');
    await second.client.flush();

    expect(arrived(first).at(-1)).toMatchObject({ anonymousId: clientId, userId: 'user-42' });
    expect(document.kept.size).toBe(1);
  });

  test('that is denied removes it', async () => {
    const document = createJar();
    const { client } = createTestClient(storageOf(document));
    client.track('One');
    await client.flush();
    expect(document.kept.size).toBe(1);

    await client.consent('denied');
    client.track('Two');

    expect(document.kept.size).toBe(0);
  });

  test('that is denied from the start removes what an earlier page has left', async () => {
    const document = createJar();
    const first = createTestClient(storageOf(document));
    first.client.track('One');
    await first.clock.advance(100);
    await first.client.close();

    const second = createTestClient({
      ...{ ...storageOf(document), sharing: first, seed: 2, consent: 'denied' },
    });
    await second.clock.settle();

    expect(document.kept.size).toBe(0);
    await second.client.consent('granted');
    expect((await second.client.stats()).queue.events).toBe(1);
    await second.client.flush();
    // What is left to say is what was deleted.
    expect(arrived(first).map(({ type }) => type)).toEqual(['drop']);
  });

  test('that a signal of the browser denies leaves it as it is', async () => {
    const document = createJar();
    const first = createTestClient(storageOf(document));
    first.client.track('One');
    await first.client.flush();
    await first.client.close();
    const { cookie } = document;

    const second = createTestClient({
      ...{ ...storageOf(document), sharing: first, seed: 2 },
      runtime: { navigator: { globalPrivacyControl: true } },
    });
    second.client.track('Two');
    await second.client.flush();

    expect(document.cookie).toBe(cookie);
    expect(await second.client.stats()).toMatchObject({ consent: 'denied', captured: 0 });
  });
});
