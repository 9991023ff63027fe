import { describe, expect, test, vi } from 'vitest';
import { createTestClient } from '../../helpers/test-client.ts';
import { createTestPage } from '../../helpers/test-page.ts';

/** What a page that dies now would leave: the log as another page load finds it. */
async function linesOnDisk(tested: ReturnType<typeof createTestClient>): Promise<string[]> {
  const reader = createTestClient({ sharing: tested, seed: 99 });
  await reader.client.flush();
  await reader.client.close();
  return tested.relay.stored;
}

describe('capturing', () => {
  test('writes the first event in the task that captured it, and the next within 100 ms', async () => {
    const { client, clock, heardOf } = createTestClient();
    await clock.settle();

    client.track('One');
    await clock.settle();
    client.track('Two');
    client.track('Three');
    await clock.advance(99);
    expect(heardOf('logged')).toMatchObject([{ first: 1, count: 1 }]);
    await clock.advance(1);

    expect(heardOf('logged')).toMatchObject([
      { first: 1, count: 1 },
      { first: 2, count: 2 },
    ]);
  });

  test('numbers events from 1 without a hole and takes their values as they are at the call', async () => {
    const { client, relay } = createTestClient();
    const properties = { price: 1 };

    client.track('One', properties);
    properties.price = 2;
    client.track('Two', properties);
    await client.flush();

    const { lane } = await client.stats();
    expect(lane).toMatch(/^[\w-]{10}$/);
    expect(relay.stored).toEqual([`${lane}.1`, `${lane}.2`]);
    expect(relay.batches[0]?.events).toMatchObject([
      { properties: { price: 1 } },
      { properties: { price: 2 } },
    ]);
  });

  test('knows every kind of event', async () => {
    const { client, relay, clock } = createTestClient();

    client.page('Checkout', { step: 2 });
    client.identify('user-42', { plan: 'pro' });
    client.group('group-7', { name: 'Herons' });
    client.metric('Queue', 3, { unit: 'people', attributes: { till: 'north' } });
    await client.flush();

    const timestamp = clock.now();
    expect(relay.batches[0]?.events).toEqual([
      { type: 'page', timestamp, event: 'Checkout', properties: { step: 2 } },
      { type: 'identify', timestamp, traits: { plan: 'pro' } },
      { type: 'group', timestamp, groupId: 'group-7', traits: { name: 'Herons' } },
      {
        type: 'metric',
        timestamp,
        event: 'Queue',
        properties: { value: 3, unit: 'people', attributes: { till: 'north' } },
      },
    ]);
  });

  test.each([
    ['a circle', () => Object.assign({}, { self: {} }), 'not_serialisable'],
    ['a BigInt', () => ({ n: 1n }), 'not_serialisable'],
    [
      'a getter that throws',
      () =>
        Object.defineProperty({}, 'n', {
          enumerable: true,
          get: () => {
            throw new Error('no');
          },
        }),
      'not_serialisable',
    ],
    ['an event of more than 256 KiB', () => ({ text: 'ä'.repeat(131_072) }), 'too_large'],
  ])('declares %s as dropped, and goes on', async (what, create, reason) => {
    const { client, relay, heardOf } = createTestClient();
    const properties: Record<string, unknown> = create();
    if (what === 'a circle') properties.self = properties;

    client.track('Before');
    client.track('Lost', properties);
    client.track('After');
    await client.flush();

    const { lane, ...stats } = await client.stats();
    expect(heardOf('dropped')).toEqual([{ lane, first: 3, count: 1, reason }]);
    expect(relay.stored).toEqual([`${lane}.1`, `${lane}.2`, `${lane}.4`]);
    expect(relay.batches[0]?.events).toMatchObject([
      { event: 'Before' },
      { event: 'After' },
      { type: 'drop', properties: { lane, ranges: [[3, 1]], reason } },
    ]);
    expect(stats).toMatchObject({
      ...{ captured: 4, stored: 3, dropped: 1, queue: { events: 0 } },
      droppedBy: { [reason]: 1 },
    });
  });

  test.each([
    [256 * 1024, 0],
    [256 * 1024 + 1, 1],
  ])('of an event of %i bytes drops %i', async (bytes, drops) => {
    const { client, clock } = createTestClient();
    const frame = JSON.stringify({
      type: 'track',
      timestamp: clock.now(),
      event: 'E',
      properties: { text: '' },
    });

    client.track('E', { text: 'x'.repeat(bytes - frame.length) });
    await client.flush();

    expect((await client.stats()).dropped).toBe(drops);
  });

  test('ends a segment where a batch would be full, by events and by bytes', async () => {
    const { client, clock, heardOf } = createTestClient({
      maxBatchEvents: 4,
      maxBatchBytes: 3000,
    });
    await clock.settle();

    for (let n = 0; n < 6; n++) client.track('Small');
    client.track('Large', { text: 'ä'.repeat(900) });
    client.track('Large', { text: 'ä'.repeat(900) });
    await clock.settle();

    expect(heardOf('logged').map(({ count }) => count)).toEqual([4, 2, 1, 1]);
  });

  test('keeps what the disk refuses, says so once, and tells where it waits', async () => {
    const { client, clock, heardOf } = createTestClient();
    await client.flush();
    const { transaction } = IDBDatabase.prototype;
    IDBDatabase.prototype.transaction = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };

    client.track('One');
    await clock.advance(50);
    client.track('Two');
    await clock.advance(3000);
    const during = await client.stats();
    IDBDatabase.prototype.transaction = transaction;
    await clock.advance(120_000);
    const after = await client.stats();

    expect(heardOf('error').map(({ code }) => code)).toEqual(['storage_failed']);
    expect(during).toMatchObject({ captured: 2, queue: { events: 2, isStale: true } });
    expect(heardOf('logged').map(({ first }) => first)).toEqual([1, 2]);
    expect(heardOf('storage').map(({ inMemory }) => inMemory > 0)).toEqual([true, false]);
    expect(after).toMatchObject({ stored: 2, queue: { events: 0, inMemory: 0 } });
  });

  test('goes on in memory where there is no database, and says so', async () => {
    const { client, relay, heardOf } = createTestClient({ runtime: { indexedDB: undefined } });

    client.track('One');
    await client.flush();

    expect(relay.stored).toHaveLength(1);
    expect(heardOf('error').map(({ code }) => code)).toEqual(['storage_unavailable']);
    expect((await client.stats()).log).toBe('memory');
  });

  test('is not harmed by a listener that throws', async () => {
    const { client, relay, heardOf } = createTestClient();
    client.on('captured', () => {
      throw new Error('mine');
    });
    client.on('error', () => {
      throw new Error('mine too');
    });

    client.track('One');
    await client.flush();

    expect(relay.stored).toHaveLength(1);
    expect(heardOf('error')[0]).toMatchObject({ code: 'listener_failed' });
  });

  test('takes what is true of one event alone as its context', async () => {
    const { client, relay } = createTestClient();
    const options = { context: { campaign: { name: 'spring' } } };

    client.track('One', {}, options);
    client.page('Two', {}, options);
    client.identify('ada', {}, options);
    client.group('herons', {}, options);
    client.alias('grace', 'ada', options);
    client.metric('Three', 3, options);
    client.track('Four');
    await client.flush();

    const contexts = relay.batches.flatMap(({ events }) => events.map(({ context }) => context));
    expect(contexts).toEqual([...Array(6).fill(options.context), undefined]);
  });

  test('takes what a page without types may give', async () => {
    const { client, relay } = createTestClient();
    const untyped = client as unknown as Record<string, (...args: unknown[]) => unknown>;

    untyped.track?.(undefined, null);
    untyped.track?.(Symbol('name'), () => {});
    untyped.metric?.('Queue', 'three', null);
    untyped.identify?.(42n);
    untyped.identify?.(null);
    untyped.group?.(undefined);
    untyped.page?.(7);
    untyped.on?.('captured', 'not a function');
    await client.flush();

    const users = (relay.batches[0]?.segments ?? []).map(
      ({ context }) => JSON.parse(context).userId,
    );
    expect(users).toEqual([undefined, '42', '42', '42']);
    expect((await client.stats()).captured).toBe(7);
  });

  test('tells a listener nothing after it has left', async () => {
    const { client } = createTestClient();
    const seen: number[] = [];
    const leave = client.on('captured', ({ seq }) => seen.push(seq));

    client.track('One');
    leave();
    leave();
    client.track('Two');

    expect(seen).toEqual([1]);
  });
});

describe('the context of a segment', () => {
  test('is that of the page, the visitor and the browser', async () => {
    const { window } = createTestPage(
      'https://shop.test/boots?q=waders&utm_source=letter#top',
      'Boots',
    );
    const { client, clock, relay } = createTestClient({ runtime: { page: window } });
    // The time zone is asked for when the page has started.
    await clock.advance(0);

    client.track('One');
    await client.flush();

    const { clientId } = await client.stats();
    expect(JSON.parse(relay.batches[0]?.segments[0]?.context ?? '')).toEqual({
      anonymousId: clientId,
      sessionId: expect.stringMatching(/^[\w-]{22}$/),
      page: {
        url: 'https://shop.test/boots?utm_source=letter',
        path: '/boots',
        search: '?utm_source=letter',
        title: 'Boots',
        referrer: '',
      },
      screen: { width: expect.any(Number), height: expect.any(Number) },
      locale: expect.any(String),
      timezone: expect.any(String),
      library: { name: 'rivulet', version: expect.any(String) },
    });
  });

  test.each([
    ['Temporal', { Now: { timeZoneId: () => 'Asia/Kathmandu' } }, 'Asia/Kathmandu'],
    ['Intl', undefined, new Intl.DateTimeFormat().resolvedOptions().timeZone],
  ])('takes the time zone from %s', async (_, temporal, timezone) => {
    vi.stubGlobal('Temporal', temporal);
    const { client, clock, relay } = createTestClient();

    await clock.advance(1);
    client.track('One');
    await client.flush();
    vi.unstubAllGlobals();

    expect(JSON.parse(relay.batches[0]?.segments[0]?.context ?? '')).toMatchObject({ timezone });
  });

  test('changes with the page, the user, the group and the visitor, and not before', async () => {
    const { window } = createTestPage('https://shop.test/one');
    const { client, relay } = createTestClient({ runtime: { page: window } });

    client.track('Anonymous');
    client.identify('user-42');
    client.track('Known');
    window.history.pushState({}, '', '/two');
    client.track('Elsewhere');
    client.group('group-7');
    client.reset();
    client.track('New');
    await client.flush();

    const contexts = (relay.batches[0]?.segments ?? []).map(({ context, lines }) => {
      const { anonymousId, userId, groupId, page } = JSON.parse(context);
      return { anonymousId, userId, groupId, path: page.path, events: lines.length };
    });
    const [first, , , , last] = contexts;
    expect(contexts).toMatchObject([
      { userId: undefined, path: '/one', events: 1 },
      { userId: 'user-42', path: '/one', events: 2 },
      { userId: 'user-42', path: '/two', events: 1 },
      { userId: 'user-42', groupId: 'group-7', path: '/two', events: 1 },
      { userId: undefined, groupId: undefined, path: '/two', events: 1 },
    ]);
    expect(last?.anonymousId).not.toBe(first?.anonymousId);
  });

  test('tells what the clock is off as soon as that is known, and then what it was at capture', async () => {
    // The relay's clock stays what it is, whatever is done to the client's.
    const relayStart = Date.UTC(2026, 10, 20) + 90_000;
    const relayNow = (): number => relayStart + clock.monotonic();
    const { client, clock, relay } = createTestClient({ relay: { relayNow } });
    const track = async (): Promise<void> => {
      client.track('One');
      await clock.advance(6000);
    };
    await track();
    await track();
    // The lane's own clock goes on, so that by it nothing has changed.
    clock.set(clock.now() - 3_600_000);
    await track();
    await track();
    // This one it follows.
    clock.set(clock.now() + 7_200_000);
    await track();
    await track();

    const offsets = relay.batches.flatMap(({ segments }) =>
      segments.map(({ context }) => JSON.parse(context).clockOffset),
    );
    expect(offsets[0]).toBeUndefined();
    expect(offsets.slice(1, 4)).toEqual([90_000, 90_000, 90_000]);
    const at = relay.batches.flatMap(({ events }) => events.map(({ timestamp }) => timestamp));
    expect(Number(at[5]) + Number(offsets[5])).toBe(Number(at[0]) + 90_000 + 30_000);
  });

  test('ends its segment when the clock is measured anew', async () => {
    const { client, clock, relay } = createTestClient({ relay: { clockOffsetMs: 90_000 } });
    client.track('At once');
    await clock.advance(4950);
    client.track('Written at once');
    await clock.advance(10);
    client.track('Waits for 100 ms');
    await clock.advance(50);
    client.track('In the same write');
    await client.flush();

    const heads = relay.batches.flatMap(({ segments }) =>
      segments.map(({ context, lines }) => [JSON.parse(context).clockOffset, lines.length]),
    );
    expect(heads.slice(-2)).toEqual([
      [undefined, 1],
      [90_000, 1],
    ]);
  });

  test('stays within its bound, however long the address and the title are', async () => {
    const { window } = createTestPage(`https://shop.test/${'a'.repeat(9000)}?${'b'.repeat(9000)}`);
    window.document.title = 'ü'.repeat(9000);
    const { client, relay } = createTestClient({ runtime: { page: window } });

    client.track('One');
    await client.flush();

    expect(relay.batches[0]?.segments[0]?.context.length).toBeLessThan(16 * 1024);
  });
});

describe('a visitor', () => {
  const contextOf = (tested: ReturnType<typeof createTestClient>, batch: number) =>
    JSON.parse(tested.relay.batches[batch]?.segments[0]?.context ?? '{}');

  test('is the same on the next page, and the visit too', async () => {
    const first = createTestClient();
    first.client.identify('user-42');
    await first.client.flush();
    await first.client.close();
    const second = createTestClient({ sharing: first, seed: 2 });
    second.client.track('Two');
    await second.client.flush();

    const { anonymousId, sessionId, userId } = contextOf(first, 0);
    expect(contextOf(second, 1)).toMatchObject({ anonymousId, sessionId, userId });
  });

  test.each([
    [30, true],
    [32, false],
  ])('who comes back after %i minutes is on the same visit: %s', async (minutes, isSame) => {
    const tested = createTestClient();
    tested.client.track('One');
    await tested.client.flush();
    await tested.clock.advance(minutes * 60_000);
    tested.client.track('Two');
    await tested.client.flush();

    expect(contextOf(tested, 1).sessionId === contextOf(tested, 0).sessionId).toBe(isSame);
    expect(contextOf(tested, 1).anonymousId).toBe(contextOf(tested, 0).anonymousId);
  });

  test.each([
    ['absent', undefined],
    [
      'refused',
      {
        getItem: () => {
          throw new DOMException('no', 'SecurityError');
        },
        setItem: () => {
          throw new DOMException('no', 'SecurityError');
        },
      } as unknown as Storage,
    ],
    [
      'full',
      {
        getItem: () => '{"clientId":"old","sessionId":"old","seenAt":1}',
        setItem: () => {
          throw new DOMException('full', 'QuotaExceededError');
        },
      } as unknown as Storage,
    ],
    ['spoilt', { getItem: () => '{"clientId":', setItem: () => {} } as unknown as Storage],
  ])('is remembered by the page where storage is %s', async (_, storage) => {
    const { client, relay } = createTestClient({ runtime: { storage } });

    client.identify('user-42');
    const before = (await client.stats()).clientId;
    client.track('One');
    await client.flush();

    expect(JSON.parse(relay.batches[0]?.segments.at(-1)?.context ?? '')).toMatchObject({
      anonymousId: before,
      userId: 'user-42',
    });
  });
});

test('what is on disk is found by the next page without a word from the first', async () => {
  const tested = createTestClient({
    runtime: { page: createTestPage('https://shop.test/').window },
  });
  await tested.clock.settle();

  tested.client.track('One');
  await tested.clock.advance(100);

  expect(await linesOnDisk(tested)).toHaveLength(1);
});
