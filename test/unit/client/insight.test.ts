import { describe, expect, test, vi } from 'vitest';
import { aesGcm } from '../../../src/encryption/index.ts';
import { createChannels } from '../../helpers/fake-channels.ts';
import { createFakeLocks } from '../../helpers/fake-locks.ts';
import { storedReceipts } from '../../helpers/scripted-fetch.ts';
import { createTestClient } from '../../helpers/test-client.ts';

/** Leaves a record its place, and takes its events. */
async function spoilFirst(indexedDB: IDBFactory): Promise<void> {
  const db = await new Promise<IDBDatabase>((resolve) => {
    const request = indexedDB.open('rivulet');
    request.onsuccess = () => resolve(request.result);
  });
  const segments = db.transaction('segments', 'readwrite').objectStore('segments');
  await new Promise<void>((resolve) => {
    const request = segments.openCursor();
    request.onsuccess = () => {
      const cursor = request.result as IDBCursorWithValue;
      cursor.update({ ...cursor.value, body: 'spoilt' }).onsuccess = () => resolve();
    };
  });
  db.close();
}

describe('what the relay refused for good', () => {
  test('can be read as it was captured, event by event', async () => {
    const { client, clock, relay } = createTestClient();
    relay.replyToBatches({
      receipts: (batch) =>
        storedReceipts(batch).map(({ lane, first, count }) => ({
          ...{ lane, first, count },
          ...{ status: 'rejected', code: 'too_deep', reason: 'event: expected 32 levels' },
        })),
    });
    client.track('One', { sku: 'A-17' });
    client.track('Two');
    await client.flush();

    const { lane } = await client.stats();
    const why = { code: 'too_deep', reason: 'event: expected 32 levels', at: clock.now() };
    expect(await client.rejected()).toMatchObject([
      { lane, seq: 1, ...why, event: { type: 'track', event: 'One', properties: { sku: 'A-17' } } },
      { lane, seq: 2, ...why, event: { type: 'track', event: 'Two' } },
    ]);
  });

  test('is nothing where nothing was, or where it cannot be read', async () => {
    const { client } = createTestClient();
    expect(await client.rejected()).toEqual([]);
    const { transaction } = IDBDatabase.prototype;
    IDBDatabase.prototype.transaction = () => {
      throw new DOMException('lost', 'InvalidStateError');
    };
    const answer = await client.rejected();
    IDBDatabase.prototype.transaction = transaction;

    expect(answer).toEqual([]);
  });
});

describe('the account', () => {
  test('names the user and the group, of whom more traits may come without a name', async () => {
    const { client } = createTestClient();
    client.identify('ada');
    client.group('herons');

    client.identify(undefined as never, { plan: 'pro' });
    client.group(undefined as never, { seats: 4 });

    expect(await client.stats()).toMatchObject({ userId: 'ada', groupId: 'herons' });
    client.reset();
    expect(await client.stats()).toMatchObject({ userId: undefined, groupId: undefined });
  });

  test.each([
    { log: 'its log', options: {} },
    { log: 'a sealed log', options: { cipher: aesGcm() } },
  ])('counts once what is on its way into $log', async ({ options }) => {
    const { client, clock } = createTestClient({ ...options, runtime: { subtle: crypto.subtle } });
    client.track('One');
    await client.flush();
    const before = (await client.stats()).queue.events;
    await clock.advance(1000);

    const asked = client.stats();
    client.track('Two');
    const during = await asked;

    expect(during.queue.events - before).toBe(1);
    expect((await client.stats()).queue.events - before).toBe(1);
  });

  test('names what the client does without', async () => {
    const whole = createTestClient({
      runtime: { channel: createChannels(), navigator: {}, page: window },
    });
    expect((await whole.client.stats()).missing).toEqual([]);
    const nothing = { indexedDB: undefined, storage: undefined, locks: undefined };

    vi.stubGlobal('CompressionStream', undefined);
    const { client } = createTestClient({ runtime: { ...nothing, subtle: undefined } });
    const { missing } = await client.stats();
    vi.unstubAllGlobals();

    expect([...missing].sort()).toEqual([
      'channel',
      'compression',
      'indexedDB',
      'locks',
      'navigator',
      'page',
      'storage',
      'subtle',
    ]);
  });

  test('names every reason for which events were left out', async () => {
    const { client, clock, relay } = createTestClient({ maxEventsPerSecond: 1 });
    for (let n = 0; n < 100; n++) client.track('Storm', { n });
    await clock.advance(100_000);
    client.track('Too odd', { n: 1n });
    client.track('Too large', { text: 'x'.repeat(300_000) });
    await client.flush();

    const stats = await client.stats();
    expect(stats.droppedBy).toEqual({ rate_limited: 40, not_serialisable: 1, too_large: 1 });
    expect(stats).toMatchObject({ captured: 105, dropped: 42, stored: 63, queue: { events: 0 } });
    expect(relay.stored).toHaveLength(63);
  });

  test('names the database, by which the log and the lock of the sending tab are found', async () => {
    const named = createTestClient({ databaseName: 'shop-log' });

    expect((await named.client.stats()).databaseName).toBe('shop-log');
    expect((await createTestClient().client.stats()).databaseName).toBe('rivulet');
  });

  test('gives what the queue may hold, and what it held when it cannot be counted', async () => {
    const { client, clock } = createTestClient({
      relay: { otherwise: () => 'network' },
      runtime: { navigator: { storage: { estimate: async () => ({ quota: 1e8 }) } } },
    });
    client.track('One');
    client.track('Two');
    await client.flush();
    await clock.advance(0);
    expect(await client.stats()).toMatchObject({ maxQueueBytes: 1e7, queue: { events: 2 } });

    const { transaction } = IDBDatabase.prototype;
    IDBDatabase.prototype.transaction = () => {
      throw new DOMException('lost', 'InvalidStateError');
    };
    const { queue } = await client.stats();
    const { queued } = await client.flush();
    IDBDatabase.prototype.transaction = transaction;

    expect(queue).toMatchObject({ events: 2, isStale: true });
    expect(queued).toBe(2);
  });
});

describe('a queue that has grown old', () => {
  test('is given up before it is sent, declared, and the rest goes', async () => {
    const first = createTestClient({ relay: { otherwise: () => 'network' } });
    first.client.track('Old');
    await first.client.flush();
    await first.client.close();
    await first.clock.advance(8 * 86_400_000);
    const second = createTestClient({ sharing: first, seed: 2 });
    first.relay.replyToBatches(undefined, undefined);
    second.client.track('New');
    await second.clock.advance(6000);

    const { lane } = await first.client.stats();
    expect((await second.client.stats()).droppedBy).toEqual({ too_old: 1 });
    expect(first.relay.batches.slice(1).flatMap(({ events }) => events)).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({
          type: 'drop',
          properties: { lane, ranges: [[1, 1]], reason: 'too_old' },
        }),
        expect.objectContaining({ event: 'New' }),
      ]),
    );
    expect(first.relay.stored).not.toContain(`${lane}.1`);
  });

  test.each([30 * 86_400_000, -30 * 86_400_000, 50 * 60_000])(
    'is not wiped by a clock that is set by %i ms',
    async (byMs) => {
      const { client, clock, relay } = createTestClient({ relay: { otherwise: () => 'network' } });
      client.track('One');
      await client.flush();
      clock.set(clock.now() + byMs);
      relay.replyToBatches(...Array(5).fill(undefined));
      await clock.advance(600_000);

      expect(await client.stats()).toMatchObject({ dropped: 0, stored: 1 });
    },
  );
});

describe('a queue past its watermark', () => {
  test('keeps a part of the telemetry, all of the rest, and says how much it left out', async () => {
    const { client, clock, relay } = createTestClient({
      ...{ maxQueueBytes: 20_000, sampleAbove: 0.5, sampleRate: 0.1 },
      relay: { otherwise: () => 'network' },
    });
    for (let n = 0; n < 200; n++) client.track('Fills the queue', { n });
    await clock.advance(3000);
    for (let n = 0; n < 200; n++) client.metric('Load', n);
    client.metric('Alarm', 1, { priority: 'high' });
    await client.flush();

    const { droppedBy, captured, dropped, queue } = await client.stats();
    expect(droppedBy.sampled).toBeGreaterThan(150);
    expect(droppedBy.sampled).toBeLessThan(200);
    expect(queue.events + dropped).toBe(captured);
    relay.replyToBatches(...Array(20).fill(undefined));
    await clock.advance(600_000);
    const names = relay.batches.flatMap(({ events }) => events.map(({ event }) => event));
    expect(names).toContain('Alarm');
  });
});

describe('a record that somebody has spoilt', () => {
  test('is declared with the numbers that it tells, and passed over', async () => {
    const first = createTestClient({ relay: { otherwise: () => 'network' } });
    first.client.track('One');
    await first.client.flush();
    await first.clock.advance(200);
    first.client.track('Two');
    await first.client.flush();
    await first.client.close();
    const { lane } = await first.client.stats();
    await spoilFirst(first.runtime.indexedDB as IDBFactory);

    const second = createTestClient({ sharing: first, seed: 2 });
    first.relay.replyToBatches(...Array(9).fill(undefined));
    second.client.track('Three');
    await second.clock.advance(600_000);

    expect(first.relay.stored).toContain(`${lane}.2`);
    expect((await second.client.stats()).droppedBy).toEqual({ storage_lost: 1 });
    expect(second.heardOf('error').map(({ code }) => code)).toEqual(['storage_corrupt']);
  });
});

describe('a full queue', () => {
  test('gives up what matters least, and the account still adds up', async () => {
    const { client, clock, relay } = createTestClient({
      ...{ maxQueueEvents: 100, retryMaxMs: 1000 },
      relay: { otherwise: () => 'network' },
    });
    for (let n = 0; n < 300; n++) {
      const priority = n % 10 === 0 ? 'high' : n % 2 === 0 ? 'low' : 'normal';
      client.track(priority, { n }, { priority });
      if (n % 5 === 0) await clock.advance(100);
    }
    relay.replyToBatches(...Array(20).fill(undefined));
    await clock.advance(10_000);

    const { captured, stored, dropped, droppedBy, queue } = await client.stats();
    expect(queue.events).toBe(0);
    expect(stored + dropped).toBe(captured);
    expect(droppedBy).toEqual({ queue_full: dropped });
    const names = relay.batches.slice(-5).flatMap(({ events }) => events.map(({ event }) => event));
    expect(names.filter((name) => name === 'high').length).toBeGreaterThanOrEqual(30);
  }, 20_000);
});

describe('storage that the browser must not clear', () => {
  test.each([
    [true, async () => true],
    [false, async () => false],
    [false, () => Promise.reject(new TypeError('no'))],
    [false, undefined],
  ])('is granted: %s', async (answer, persist) => {
    const { client } = createTestClient({
      runtime: { navigator: { storage: { ...(persist && { persist }) } } },
    });

    expect(await client.persist()).toBe(answer);
  });
});

describe('a client that has closed', () => {
  test('answers still, and throws and rejects nothing', async () => {
    const { client, clock } = createTestClient({ runtime: { channel: createChannels() } });
    client.track('One');
    await client.close();

    client.track('Late');
    client.identify('late');
    await client.flush();
    const denied = client.consent('denied');
    await clock.advance(10_000);
    await denied;
    expect(await client.rejected()).toEqual([]);
    expect((await client.stats()).captured).toBe(1);
  });
});

describe('two clients of one database', () => {
  const start = async (writeKeys: readonly [string, string]) => {
    const runtime = { locks: createFakeLocks(), channel: createChannels() };
    const first = createTestClient({ runtime, writeKey: writeKeys[0] });
    await first.clock.settle();
    return [
      first,
      createTestClient({ ...{ sharing: first, seed: 2, runtime, writeKey: writeKeys[1] } }),
    ] as const;
  };

  test('of one source are like two tabs', async () => {
    const [first, second] = await start(['shop', 'shop']);
    first.client.track('One');
    second.client.track('Two');
    await first.clock.advance(6000);

    expect(first.relay.stored).toHaveLength(2);
    expect([...first.heardOf('error'), ...second.heardOf('error')]).toEqual([]);
  });

  test('of two sources are told so, once: the one would send what the other has captured', async () => {
    const [first, second] = await start(['shop', 'blog']);
    for (let n = 0; n < 3; n++) {
      first.client.track('One');
      second.client.track('Two');
      await first.clock.advance(200);
    }

    for (const { heardOf } of [first, second]) {
      expect(heardOf('error')).toMatchObject([
        {
          code: 'invalid_option',
          message: expect.stringMatching(/^databaseName: expected .*shop/),
        },
      ]);
    }
  });
});

describe('a database that takes nothing any more', () => {
  test.each([{ isLeader: true }, { isLeader: false }])(
    'leaves no more in memory than the queue may hold, and what goes is declared: leader $isLeader',
    async ({ isLeader }) => {
      const locks = createFakeLocks();
      const before = isLeader ? undefined : createTestClient({ runtime: { locks } });
      await before?.clock.settle();
      const { client, clock, relay, heardOf } = createTestClient({
        maxQueueBytes: 20_000,
        runtime: { locks },
        ...(before && { sharing: before, seed: 2 }),
      });
      client.track('On disk');
      await clock.advance(200);
      const refusal = vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(() => {
        throw new DOMException('lost', 'InvalidStateError');
      });

      for (let n = 0; n < 200; n++) {
        client.track('In memory', { n, text: 'x'.repeat(500) });
        await clock.advance(100);
      }
      const declared = heardOf('dropped').reduce((sum, { count }) => sum + count, 0);
      refusal.mockRestore();
      await clock.advance(300_000);

      expect(declared).toBeGreaterThan(140);
      const { captured, dropped } = await client.stats();
      expect(new Set(relay.stored).size + dropped).toBe(captured);
    },
  );
});
