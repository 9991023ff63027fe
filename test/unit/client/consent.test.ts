import { describe, expect, test } from 'vitest';
import type { ClientStats } from '../../../src/client/types.ts';
import type { RuntimeNavigator } from '../../../src/runtime.ts';
import { createChannels } from '../../helpers/fake-channels.ts';
import { createFakeLocks } from '../../helpers/fake-locks.ts';
import { createLateFactory } from '../../helpers/late-database.ts';
import { createTestClient, type TestClient } from '../../helpers/test-client.ts';

/** What a page that has never been here finds on the device. */
async function footprint({ runtime }: TestClient): Promise<unknown> {
  const { indexedDB, storage } = runtime;
  return {
    databases: (await indexedDB?.databases())?.map(({ name }) => name),
    stored: Array.from({ length: storage?.length ?? 0 }, (_, at) => storage?.key(at)),
  };
}

const nothing = { databases: [], stored: [] };

/** Every event of this lane has ended somewhere. */
function expectAccount({ captured, stored, rejected, dropped, queue }: ClientStats): void {
  expect(stored + rejected + dropped + queue.events).toBe(captured);
}

describe('consent that is pending, in memory', () => {
  test('leaves nothing on the device and sends nothing', async () => {
    const tested = createTestClient({ consent: 'pending' });
    const { client, clock, relay } = tested;

    client.identify('user-42');
    client.track('One');
    client.track('Too odd', { n: 1n });
    await client.flush();
    await clock.advance(3_600_000);

    expect(await footprint(tested)).toEqual(nothing);
    expect([relay.sessions.length, relay.batches.length]).toEqual([0, 0]);
    expect(await client.stats()).toMatchObject({
      ...{ consent: 'pending', log: 'memory', pause: { reason: 'consent' } },
      queue: { events: 3 },
    });
  });

  test('that is granted sends what has waited, in its order, and keeps the visitor', async () => {
    const tested = createTestClient({ consent: 'pending' });
    const { client, clock, relay, heardOf } = tested;
    for (let n = 0; n < 3; n++) {
      client.track('Before', { n });
      await clock.advance(200);
    }
    const { clientId } = await client.stats();

    client.track('In the same turn');
    const granted = client.consent('granted');
    client.track('After');
    await granted;
    await client.flush();

    const stats = await client.stats();
    expect(relay.stored).toEqual([1, 2, 3, 4, 5].map((seq) => `${stats.lane}.${seq}`));
    expect(stats).toMatchObject({ consent: 'granted', log: 'indexeddb', clientId });
    expect(await footprint(tested)).toEqual({ databases: ['rivulet'], stored: ['rivulet'] });
    expect(heardOf('consent')).toEqual([{ consent: 'granted' }]);
    expect(heardOf('dropped')).toEqual([]);
  });

  test('knows a visitor of old when it is granted, and what was learnt meanwhile', async () => {
    const first = createTestClient();
    first.client.group('group-7');
    const { clientId } = await first.client.stats();
    await first.client.close();
    const { client, relay } = createTestClient({ sharing: first, seed: 2, consent: 'pending' });
    client.identify('user-42');
    expect((await client.stats()).clientId).not.toBe(clientId);

    const granted = client.consent('granted');
    client.track('In the same turn');
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    client.track('Later');
    await granted;
    await client.flush();

    const later = relay.batches
      .flatMap(({ segments }) => segments)
      .find(({ lines }) => lines.some((line) => line.includes('Later')));
    const context = JSON.parse(later?.context ?? '');
    expect(context).toMatchObject({
      ...{ anonymousId: clientId, userId: 'user-42', groupId: 'group-7' },
    });
  });

  test('holds no more than the queue may, and declares what it gives up', async () => {
    const { client, clock, relay } = createTestClient({ consent: 'pending', maxQueueBytes: 8192 });
    for (let n = 0; n < 500; n++) {
      client.track('Event', { n });
      await clock.advance(20);
    }
    const { queue } = await client.stats();
    expect(queue.bytes).toBeLessThan(8192);

    await client.consent('granted');
    await client.flush();

    const stats = await client.stats();
    expectAccount(stats);
    expect(stats.droppedBy.queue_full).toBeGreaterThan(100);
    expect(relay.stored.at(-1)).toBe(`${stats.lane}.${stats.captured}`);
  }, 30_000);

  test('that ends in a denial leaves nothing, and says what was given up', async () => {
    const tested = createTestClient({ consent: 'pending' });
    const { client, clock, heardOf } = tested;
    client.track('One');
    client.track('Two');
    await client.consent('denied');
    client.track('Not captured');
    await clock.advance(60_000);

    const { lane, ...stats } = await client.stats();
    expect(heardOf('dropped')).toEqual([{ lane, first: 1, count: 2, reason: 'consent' }]);
    expect(stats).toMatchObject({ captured: 2, droppedBy: { consent: 2 }, queue: { events: 0 } });
    expect(await footprint(tested)).toEqual(nothing);
  });
});

describe('consent that is pending, in the log', () => {
  test('keeps the queue within its bounds too', async () => {
    const { client, clock } = createTestClient({
      ...{ consent: 'pending', pendingIn: 'log', maxQueueEvents: 50 },
      runtime: { locks: createFakeLocks() },
    });
    for (let n = 0; n < 100; n++) {
      client.track('Event', { n });
      await clock.advance(100);
    }

    expect((await client.stats()).queue.events).toBeLessThanOrEqual(50);
    await client.consent('granted');
    await client.flush();
    expectAccount(await client.stats());
  });

  test('outlasts the page, and sends nothing', async () => {
    const first = createTestClient({ consent: 'pending', pendingIn: 'log' });
    first.client.track('One');
    await first.clock.advance(60_000);
    await first.client.close();
    expect(first.relay.sessions).toHaveLength(0);

    const second = createTestClient({ sharing: first, seed: 2 });
    await second.client.flush();

    const { lane } = await first.client.stats();
    expect(first.relay.stored).toEqual([`${lane}.1`]);
  });
});

describe('consent that is denied', () => {
  test('deletes what is queued, the visitor and the session, and captures nothing more', async () => {
    const tested = createTestClient();
    const { client, clock, relay, runtime, heardOf } = tested;
    client.track('Sent');
    await client.flush();
    relay.replyToBatches('network');
    client.track('Queued');
    client.metric('Waits', 1);
    await client.flush();
    client.track('Open');
    const before = await client.stats();

    await client.consent('denied');
    client.track('Not captured');
    client.identify('user-42');
    await clock.advance(3_600_000);

    const stats = await client.stats();
    const { lane } = stats;
    expect(heardOf('dropped')).toEqual([{ lane, first: 2, count: 3, reason: 'consent' }]);
    expectAccount(stats);
    expect(stats).toMatchObject({ captured: 4, consent: 'denied', pause: { reason: 'consent' } });
    expect(stats.clientId).not.toBe(before.clientId);
    expect(relay.batches).toHaveLength(2);
    expect(runtime.storage?.length).toBe(0);
    // Nothing is found by the next page either: not even the session.
    const next = createTestClient({ sharing: tested, seed: 3 });
    next.client.track('Next');
    await next.client.flush();
    expect(relay.stored).toHaveLength(2);
    expect(relay.sessions).toHaveLength(2);
  });

  test('by the application from the start deletes what an earlier page has left', async () => {
    const first = createTestClient({ relay: { otherwise: () => 'network' } });
    first.client.track('Left');
    await first.client.flush();
    await first.client.close();
    const second = createTestClient({ sharing: first, seed: 2, consent: 'denied' });
    second.client.track('Not captured');
    await second.clock.settle();
    const stats = await second.client.stats();
    await second.client.close();

    expect(stats).toMatchObject({ captured: 0, droppedBy: { consent: 1 } });
    expect(first.runtime.storage?.length).toBe(0);
    const third = createTestClient({ sharing: first, seed: 3 });
    expect((await third.client.stats()).queue.events).toBe(0);
  });

  test('from the start, on a device that it has never been on, leaves no trace', async () => {
    const tested = createTestClient({ consent: 'denied' });
    tested.client.track('Not captured');
    await tested.client.flush();
    await tested.clock.advance(60_000);

    expect(await footprint(tested)).toEqual(nothing);
    expect(tested.relay.sessions).toHaveLength(0);
  });

  test('is tried until it is done', async () => {
    const { client, clock, heardOf } = createTestClient();
    client.track('One');
    await client.flush();
    const { transaction } = IDBDatabase.prototype;
    IDBDatabase.prototype.transaction = () => {
      throw new DOMException('lost', 'InvalidStateError');
    };
    let isDone = false;
    const denied = client.consent('denied').then(() => {
      isDone = true;
    });
    await clock.advance(20_000);
    expect(isDone).toBe(false);
    IDBDatabase.prototype.transaction = transaction;
    await clock.advance(120_000);
    await denied;

    expect(heardOf('error').some(({ code }) => code === 'storage_failed')).toBe(true);
  });

  test('reaches a database that could not be opened by then', async () => {
    const before = createTestClient({ relay: { otherwise: () => 'network' } });
    before.client.track('Queued');
    await before.client.close();
    const { indexedDB, arrive } = createLateFactory(before.runtime.indexedDB);
    const { client, clock } = createTestClient({
      sharing: before,
      seed: 2,
      runtime: { indexedDB },
    });
    await clock.settle();
    await client.consent('denied');

    arrive();
    await clock.advance(2000);
    await client.close();

    const after = createTestClient({
      sharing: before,
      seed: 3,
      consent: 'pending',
      pendingIn: 'log',
    });
    expect((await after.client.stats()).queue.events).toBe(0);
  });

  test('and granted again on the same page declares what is missing, then and not before', async () => {
    const { client, clock, relay } = createTestClient();
    client.track('One');
    await client.flush();
    relay.replyToBatches('network');
    client.track('Two');
    client.track('Three');
    await client.flush();
    await client.consent('denied');
    await clock.advance(600_000);
    expect(relay.batches).toHaveLength(2);

    await client.consent('granted');
    client.track('Again');
    await client.flush();

    const stats = await client.stats();
    const { lane } = stats;
    expect(relay.batches.slice(2).flatMap(({ events }) => events)).toMatchObject([
      { type: 'drop', properties: { lane, ranges: [[2, 2]], reason: 'consent' } },
      { event: 'Again' },
    ]);
    expect(stats).toMatchObject({ captured: 5, stored: 3, dropped: 2 });
    // Another visitor, and so another session.
    expect(relay.sessions.map(({ client }) => client)[1]).toBe(stats.clientId);
    expect(relay.sessions[0]?.client).not.toBe(stats.clientId);
  });

  test('does not send a batch again that was under way before, when it is granted again', async () => {
    const { client, clock, relay } = createTestClient();
    relay.replyToBatches('hang');
    client.track('One');
    await clock.advance(5000);
    const denied = client.consent('denied');
    await clock.advance(20_000);
    await denied;
    await client.consent('granted');
    await client.flush();

    expect(relay.batches[1]?.events).toMatchObject([{ type: 'drop' }]);
  });

  test('right after it was granted leaves nothing on the device', async () => {
    const tested = createTestClient({ consent: 'pending' });
    tested.client.track('One');
    const granted = tested.client.consent('granted');
    await Promise.all([granted, tested.client.consent('denied')]);
    await tested.clock.advance(60_000);

    expect(await footprint(tested)).toEqual(nothing);
    expect(await tested.client.stats()).toMatchObject({ captured: 1, dropped: 1 });
  });

  test('and granted in one breath ends with what was said last', async () => {
    const { client, relay } = createTestClient();
    client.track('One');
    const denied = client.consent('denied');
    const granted = client.consent('granted');
    client.track('Two');
    await Promise.all([denied, granted]);
    await client.flush();

    const stats = await client.stats();
    expectAccount(stats);
    expect(stats).toMatchObject({ consent: 'granted', dropped: 1, queue: { events: 0 } });
    expect(relay.stored.length).toBe(2);
  });
});

describe('a word that is none', () => {
  test.each([['yes'], [undefined], [Symbol('granted')], [Object.create(null)]])(
    'is refused with an error, and changes nothing',
    async (word) => {
      const { client, heardOf } = createTestClient();
      await client.consent(word as never);

      expect(heardOf('error')[0]?.message).toMatch(
        /^consent: expected pending or granted or denied/,
      );
      expect((await client.stats()).consent).toBe('granted');
    },
  );
});

describe('a privacy signal', () => {
  const start = (navigator: RuntimeNavigator, options: object = {}) =>
    createTestClient({ ...options, runtime: { navigator } });

  test.each([
    ['Global Privacy Control', { globalPrivacyControl: true }, {}, 'denied'],
    ['Global Privacy Control', { globalPrivacyControl: true }, { consent: 'pending' }, 'denied'],
    ['Global Privacy Control', { globalPrivacyControl: true }, { privacySignals: [] }, 'granted'],
    ['none', { globalPrivacyControl: false, doNotTrack: null }, {}, 'granted'],
    ['Do Not Track', { doNotTrack: '1' }, {}, 'granted'],
    ['Do Not Track', { doNotTrack: '1' }, { privacySignals: ['dnt'] }, 'denied'],
    ['Do Not Track', { doNotTrack: '0' }, { privacySignals: ['dnt'] }, 'granted'],
  ])('%s, given %o and %o, means %s', async (_, navigator, options, consent) => {
    expect((await start(navigator, options).client.stats()).consent).toBe(consent);
  });

  test('stops what it finds, but deletes nothing: the user may have agreed on the page before', async () => {
    const first = createTestClient({ relay: { otherwise: () => 'network' } });
    first.client.track('Left');
    await first.client.flush();
    await first.client.close();
    const { clientId, lane } = await first.client.stats();
    first.relay.replyToBatches(undefined);
    const second = createTestClient({
      ...{ sharing: first, seed: 2 },
      runtime: { navigator: { globalPrivacyControl: true } },
    });
    second.client.track('Not captured');
    await second.clock.advance(60_000);
    expect(first.relay.stored).toEqual([]);

    await second.client.consent('granted');
    await second.client.flush();

    expect(first.relay.stored).toEqual([`${lane}.1`]);
    expect((await second.client.stats()).clientId).toBe(clientId);
  });
});

describe('two tabs', () => {
  test('do not wait for each other: the one whose user has agreed sends', async () => {
    const runtime = { locks: createFakeLocks() };
    const pending = createTestClient({ runtime, consent: 'pending' });
    await pending.clock.settle();
    const granted = createTestClient({ sharing: pending, seed: 2, runtime });
    pending.client.track('Waits');
    granted.client.track('Goes');
    await pending.clock.advance(6000);

    expect(pending.relay.stored).toHaveLength(1);
    expect((await granted.client.stats()).leader).toBe(true);
  });

  test('are one user: what is said in the one holds in the other', async () => {
    const runtime = { locks: createFakeLocks(), channel: createChannels() };
    const first = createTestClient({ runtime });
    await first.clock.settle();
    const second = createTestClient({ sharing: first, seed: 2, runtime });
    first.relay.replyToBatches('network');
    second.client.track('One');
    first.client.track('Two');
    await first.client.flush();

    const denied = second.client.consent('denied');
    await first.clock.settle();
    first.client.track('Not captured');
    await first.clock.advance(60_000);
    await denied;

    const [one, other] = [await first.client.stats(), await second.client.stats()];
    expect([one.consent, other.consent]).toEqual(['denied', 'denied']);
    expect(one.dropped + other.dropped).toBe(2);
    expect(first.relay.stored).toEqual([]);

    await first.client.consent('granted');
    await first.clock.settle();
    expect((await second.client.stats()).consent).toBe('granted');
    expect(first.heardOf('consent')).toHaveLength(2);
  });
});
