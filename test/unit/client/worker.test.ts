import { describe, expect, test } from 'vitest';
import { createLogStorage } from '../../../src/client/log-storage.ts';
import { createMemoryLog } from '../../../src/queue/memory-log.ts';
import type { Runtime } from '../../../src/runtime.ts';
import {
  createTestClient,
  type TestClient,
  type TestClientOptions,
} from '../../helpers/test-client.ts';

/** As in a service worker or an extension: no page, no `localStorage`, and often started. */
function startWorker(options: TestClientOptions = {}): TestClient {
  return createTestClient({ ...options, runtime: { storage: undefined, ...options.runtime } });
}

const visitors = (tested: TestClient): { anonymousId: string; userId?: string }[] =>
  tested.relay.batches.flatMap(({ segments }) =>
    segments.map(({ context }) => JSON.parse(context)),
  );

describe('a visitor kept beside the log', () => {
  test.each([
    ['is not replaced by what was made up before it was known', 'of old', 'of old'],
    ['is the one that was made up where there was none', undefined, 'made up'],
  ])('%s', async (_, before, after) => {
    const log = createMemoryLog();
    if (before) await log.exchange('visitor', () => before);
    const storage = createLogStorage(log, 'visitor');
    const loaded = storage.load();
    storage.setItem('', 'made up');
    await loaded;

    expect(storage.getItem('')).toBe(after);
    expect(await log.exchange('visitor', (kept) => kept)).toBe(after);
  });
});

describe('a worker', () => {
  test('that starts often is one client, from its first event on, and knows its user', async () => {
    let tested: TestClient | undefined;
    for (let start = 0; start < 4; start++) {
      tested = startWorker({ ...(tested && { sharing: tested }), seed: start + 1 });
      tested.client.track('At once');
      if (start === 0) tested.client.identify('user-42');
      await tested.client.flush();
      await tested.client.close();
    }

    const seen = visitors(tested as TestClient);
    expect(new Set(seen.map(({ anonymousId }) => anonymousId)).size).toBe(1);
    expect(seen.map(({ userId }) => userId)).toEqual([undefined, ...Array(4).fill('user-42')]);
    expect((await tested?.client.stats())?.clientId).toBe(seen[0]?.anonymousId);
  });

  test('keeps its events in the order of the calls while it waits for its visitor', async () => {
    const first = startWorker();
    first.client.identify('user-of-old');
    await first.client.flush();
    await first.client.close();
    const { client, relay } = startWorker({ sharing: first, seed: 2 });
    client.track('One');
    client.reset();
    client.track('Two');
    client.identify('user-42');
    await client.flush();

    const later = relay.batches.slice(1).flatMap(({ segments }) => segments);
    expect(later.map(({ context, lines }) => [JSON.parse(context).userId, lines.length])).toEqual([
      ['user-of-old', 1],
      [undefined, 1],
      ['user-42', 1],
    ]);
    const ids = later.map(({ context }) => JSON.parse(context).anonymousId);
    expect(ids[0]).not.toBe(ids[1]);
    expect(ids[1]).toBe(ids[2]);
  });

  test('waits for its visitor as long as the log for its database, and goes on without', async () => {
    // Never answers, as while an older page keeps an upgrade from happening.
    const indexedDB = { open: () => ({}) } as unknown as IDBFactory;
    const { client, clock, relay, heardOf } = startWorker({ runtime: { indexedDB } });
    client.track('One');
    await clock.advance(100);
    expect(heardOf('logged')).toEqual([]);
    await clock.advance(60_000);

    expect(heardOf('logged')).toHaveLength(1);
    expect(relay.stored).toHaveLength(1);
  });

  test('is what its operator calls it', async () => {
    const { client, relay } = startWorker({ clientId: 'till-7' });
    client.track('One');
    client.reset();
    client.track('Two');
    await client.flush();

    expect(relay.sessions).toMatchObject([{ client: 'till-7' }]);
    expect(visitors({ relay } as TestClient).map(({ anonymousId }) => anonymousId)).toEqual([
      'till-7',
      'till-7',
    ]);
    expect((await client.stats()).clientId).toBe('till-7');
  });

  test('runs without anything that a page has', async () => {
    const { client, clock, relay } = startWorker({
      runtime: {
        ...{ locks: undefined, channel: undefined, subtle: undefined, navigator: undefined },
        ...({ page: undefined } satisfies Partial<Runtime>),
      },
    });
    client.track('One');
    await clock.advance(6000);

    expect(await client.persist()).toBe(false);
    expect(relay.stored).toHaveLength(1);
  });
});
