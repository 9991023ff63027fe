import { describe, expect, test } from 'vitest';
import { createFakeLocks } from '../../helpers/fake-locks.ts';
import type { SentBatch } from '../../helpers/scripted-fetch.ts';
import {
  createTestClient,
  type TestClient,
  type TestClientOptions,
} from '../../helpers/test-client.ts';
import { createTestPage } from '../../helpers/test-page.ts';

function open(options: TestClientOptions = {}) {
  const page = createTestPage('https://shop.test/');
  const tested = createTestClient({
    ...options,
    runtime: { page: page.window, ...options.runtime },
  });
  return { ...tested, page };
}

/** Counts transactions that begin inside the handler: after it the page may be gone. */
function writesOf(handler: () => void): number {
  const { transaction } = IDBDatabase.prototype;
  let writes = 0;
  IDBDatabase.prototype.transaction = function counted(...args) {
    if (args[1] === 'readwrite') writes++;
    return transaction.apply(this, args);
  };
  handler();
  IDBDatabase.prototype.transaction = transaction;
  return writes;
}

describe('a page that ends', () => {
  test.each([
    ['pagehide', 'window'],
    ['freeze', 'document'],
  ] as const)('writes in the handler of %s', async (type, target) => {
    const { client, clock, page } = open();
    await clock.settle();
    client.track('Leading');
    await clock.settle();
    client.track('Waits for 100 ms');

    expect(writesOf(() => page.fire(target, type))).toBe(1);
  });

  test('writes and sends when it is out of sight', async () => {
    const { client, clock, page, relay } = open();
    await clock.settle();
    client.track('Leading');
    await clock.settle();
    client.track('Waits for 100 ms');

    expect(writesOf(() => page.setHidden(true))).toBe(1);
    await clock.settle();

    expect(relay.stored).toHaveLength(2);
    expect(relay.batches[0]?.init.keepalive).toBe(true);
  });

  test('writes what is captured from then on in the task that captured it', async () => {
    const { client, clock, page, heardOf } = open();
    await clock.settle();
    page.fire('window', 'pagehide');
    client.track('In a later handler');
    await clock.settle();
    client.track('And in another');
    await clock.settle();

    expect(heardOf('logged')).toHaveLength(2);
  });

  test('writes at once when a source asks for it', async () => {
    let write: () => void = () => {};
    const { client, clock } = open({
      capture: [
        {
          name: 'test',
          start: (host) => {
            write = host.write;
            return () => {};
          },
        },
      ],
    });
    await clock.settle();
    client.track('Leading');
    await clock.settle();
    client.track('On a link');

    expect(writesOf(write)).toBe(1);
  });

  test('gives way to another tab, and asks again when it comes back', async () => {
    const { clock, page, heardOf } = open();
    await clock.settle();

    page.fire('window', 'pagehide');
    page.fire('window', 'pageshow');
    await clock.settle();

    expect(heardOf('leader').map(({ leader }) => leader)).toEqual([false, true]);
  });

  test('goes on without a source that fails, at its start or at its end', async () => {
    const fails = () => {
      throw new Error('mine');
    };
    const stopped: string[] = [];
    const { client, clock, heardOf } = open({
      capture: [
        { name: 'starts badly', start: fails },
        { name: 'first', start: () => () => stopped.push('first') },
        { name: 'stops badly', start: () => fails },
        { name: 'last', start: () => () => stopped.push('last') },
      ],
    });
    await clock.settle();
    await client.close();

    expect(heardOf('error').map(({ code }) => code)).toEqual(['capture_failed', 'capture_failed']);
    expect(stopped).toEqual(['last', 'first']);
  });

  test('is watched no more after the client has closed', async () => {
    const { client, clock, page } = open();
    await clock.settle();
    await client.close();
    client.track('Late');

    expect(writesOf(() => page.fire('window', 'pagehide'))).toBe(0);
  });
});

/** A page that has a session, and whose log was seen empty: what it captures now can leave in one turn. */
async function openReady(options: TestClientOptions = {}) {
  const tested = open(options);
  await tested.clock.settle();
  tested.client.track('First');
  await tested.client.flush();
  await tested.clock.settle();
  expect(tested.relay.stored).toHaveLength(1);
  return tested;
}

/** The requests that leave inside a handler: after it the page may be gone. */
function leavingIn({ relay }: TestClient, handler: () => void): number {
  const before = relay.underWay().now;
  handler();
  return relay.underWay().now - before;
}

const size = ({ init }: SentBatch): number => (init.body as Uint8Array).length;

describe('what leaves as a page ends', () => {
  test.each([
    ['pagehide', 'window'],
    ['freeze', 'document'],
  ] as const)(
    'leaves in the handler of %s, signed, and outlives the page',
    async (type, target) => {
      const tested = await openReady({ compressAboveBytes: 0 });
      const { client, clock, page, relay } = tested;
      client.track('Leading');
      await clock.settle();
      client.track('Waits for 100 ms');

      expect(leavingIn(tested, () => page.fire(target, type))).toBe(1);
      await clock.settle();
      expect(relay.batches[1]?.init.keepalive).toBe(true);
      expect(relay.batches[1]?.wasSigned).toBe(true);
      expect(relay.stored).toHaveLength(3);
    },
  );

  test('leaves in the handler that hides the page too, and the page goes on from there', async () => {
    const tested = await openReady();
    tested.client.track('Two');

    expect(leavingIn(tested, () => tested.page.setHidden(true))).toBe(1);
    await tested.clock.settle();
    tested.client.track('Three');
    await tested.clock.advance(5000);

    expect(tested.relay.batches.map(({ ids }) => ids.length)).toEqual([1, 1, 1]);
    expect((await tested.client.stats()).queue.events).toBe(0);
  });

  test('is as many whole events as fit 60 KiB, and the rest follows where the page survives', async () => {
    const tested = await openReady();
    const { client, clock, page, relay } = tested;
    client.track('Leading');
    await clock.settle();
    for (let n = 0; n < 200; n++) client.track('Event', { n, fill: 'ü'.repeat(300) });

    expect(leavingIn(tested, () => page.setHidden(true))).toBe(1);
    await clock.settle();

    const [, early] = relay.batches;
    expect(early?.init.keepalive).toBe(true);
    expect(early && size(early)).toBeLessThanOrEqual(61_440);
    expect(early && size(early)).toBeGreaterThan(59_000);
    const { lane } = await client.stats();
    expect(relay.stored).toEqual(Array.from({ length: 202 }, (_, at) => `${lane}.${at + 1}`));
  });

  test('is halved where others have used up what the browser lets out', async () => {
    const refusedSizes: number[] = [];
    const onRequest = (_: string, { keepalive, body }: RequestInit): void => {
      const { length } = body as Uint8Array;
      if (!keepalive || length < 10_000) return;
      refusedSizes.push(length);
      throw new TypeError('Failed to fetch');
    };
    const { client, clock, page, relay } = await openReady({ relay: { onRequest } });
    for (let n = 0; n < 300; n++) client.track('Event', { n, fill: 'x'.repeat(100) });
    page.fire('window', 'pagehide');
    await clock.settle();

    expect(refusedSizes.length).toBeGreaterThanOrEqual(2);
    expect(refusedSizes).toEqual(refusedSizes.toSorted((a, b) => b - a));
    expect(size(relay.batches[1] as SentBatch)).toBeGreaterThan(4000);
    page.fire('window', 'pageshow');
    await clock.advance(10_000);
    const { lane } = await client.stats();
    expect(relay.stored).toEqual(Array.from({ length: 301 }, (_, at) => `${lane}.${at + 1}`));
  });

  test('is tried a few times at most', async () => {
    const tested = await openReady();
    const { client, clock, page, relay, heardOf } = tested;
    relay.replyToBatches(...Array(50).fill('network'));
    for (let n = 0; n < 300; n++) client.track('Event', { n, fill: 'x'.repeat(100) });
    page.setHidden(true);
    await clock.settle();

    expect(relay.batches.length).toBeLessThan(9);
    expect(heardOf('paused')).toMatchObject([{ reason: 'unreachable' }]);
  });

  test('is sent again byte for byte where the page survives and hears no answer', async () => {
    const { client, clock, page, relay } = await openReady();
    relay.replyToBatches('hang');
    client.track('Two');
    page.setHidden(true);
    await clock.advance(20_000);

    expect(relay.batches).toHaveLength(3);
    expect(relay.batches[2]?.payload).toEqual(relay.batches[1]?.payload);
    expect(relay.stored).toHaveLength(2);
  });

  test('stays in the log until its receipt: a page that died leaves it to the next, under the same ids', async () => {
    const first = await openReady();
    first.relay.replyToBatches('hang');
    first.client.track('Two');
    first.page.fire('window', 'pagehide');
    await first.clock.advance(1000);
    const second = createTestClient({ sharing: first, seed: 2 });
    await second.clock.advance(1000);

    expect(second.relay.batches[2]?.ids).toEqual(second.relay.batches[1]?.ids);
    expect((await second.client.stats()).queue.events).toBe(0);
  });

  test('is not sent again by a page that comes back from the cache, which goes on by itself', async () => {
    const { client, clock, page, relay } = await openReady();
    client.track('Two');
    page.fire('window', 'pagehide');
    await clock.settle();
    page.fire('window', 'pageshow');
    client.track('Three');
    await clock.advance(10_000);

    expect(relay.batches.map(({ ids }) => ids.length)).toEqual([1, 1, 1]);
    expect((await client.stats()).queue.events).toBe(0);
  });

  test('is not sent again, nor overtaken, while its answer is on the way to a page that came back', async () => {
    const { client, clock, page, relay } = await openReady();
    relay.replyToBatches('hang');
    client.track('Two');
    page.fire('window', 'pagehide');
    page.fire('window', 'pageshow');
    client.track('Three');
    await clock.advance(10_000);
    expect(relay.batches).toHaveLength(2);
    await clock.advance(20_000);

    const { lane } = await client.stats();
    expect(relay.stored).toEqual([1, 2, 3].map((seq) => `${lane}.${seq}`));
    expect(relay.underWay().most).toBe(1);
  });

  test.each<[string, string, object, number]>([
    ['a page of its origin follows', 'https://shop.test/cart', {}, 0],
    ['it is loaded again', 'https://shop.test/', { navigationType: 'reload' }, 0],
    ['the next page is somebody else’s', 'https://pay.test/', {}, 1],
    ['it stays', '#top', { destination: { url: 'https://shop.test/#top', sameDocument: true } }, 1],
    ['something is downloaded', 'https://shop.test/a.pdf', { downloadRequest: '' }, 1],
  ])('where %s: %s %s, requests: %i', async (_, url, fields, requests) => {
    const tested = await openReady();
    tested.client.track('Two');
    await tested.clock.settle();
    tested.page.navigate(url, fields);

    expect(leavingIn(tested, () => tested.page.fire('window', 'pagehide'))).toBe(requests);
  });

  test('is sent by the next page where one of the origin follows: once, and when that has lasted a second', async () => {
    const first = await openReady();
    first.client.track('Two');
    first.page.navigate('https://shop.test/cart');
    expect(writesOf(() => first.page.fire('window', 'pagehide'))).toBe(1);
    await first.clock.advance(1000);
    const second = createTestClient({ sharing: first, seed: 2 });
    await second.clock.advance(1000);

    expect(second.relay.stored).toHaveLength(2);
  });

  test('is left to another tab where one waits to send', async () => {
    const locks = createFakeLocks();
    const first = open({ runtime: { locks } });
    await first.clock.settle();
    const second = createTestClient({ sharing: first, seed: 2, runtime: { locks } });
    first.client.track('First');
    await first.client.flush();
    await first.clock.settle();
    first.client.track('Two');
    await first.clock.advance(200);

    expect(leavingIn(first, () => first.page.fire('window', 'pagehide'))).toBe(0);
    await first.clock.advance(1000);
    expect((await second.client.stats()).leader).toBe(true);
    expect(first.relay.stored).toHaveLength(2);
  });
});

describe('nothing leaves in the turn', () => {
  test('while a request is under way', async () => {
    const tested = await openReady();
    tested.relay.replyToBatches('hang');
    tested.client.track('Two');
    await tested.clock.advance(5100);
    expect(tested.relay.underWay().now).toBe(1);
    tested.client.track('Three');

    expect(leavingIn(tested, () => tested.page.fire('window', 'pagehide'))).toBe(0);
  });

  test('in a pause', async () => {
    const tested = await openReady();
    tested.relay.replyToBatches({ status: 503, headers: { 'retry-after': '60' } });
    tested.client.track('Two');
    await tested.clock.advance(5100);
    expect(tested.heardOf('paused')).toHaveLength(1);

    expect(leavingIn(tested, () => tested.page.fire('window', 'pagehide'))).toBe(0);
  });

  test('without a network', async () => {
    const tested = await openReady();
    tested.page.setOnline(false);
    tested.client.track('Two');

    expect(leavingIn(tested, () => tested.page.fire('window', 'pagehide'))).toBe(0);
  });

  test('without a session, which is asked for then', async () => {
    const tested = open();
    await tested.clock.settle();
    tested.client.track('One');
    await tested.clock.settle();

    expect(leavingIn(tested, () => tested.page.setHidden(true))).toBe(0);
    await tested.clock.settle();
    expect(tested.relay.stored).toHaveLength(1);
  });

  test('with a session that is about to end', async () => {
    const tested = await openReady();
    await tested.clock.advance(3_600_000 - 60_000);
    tested.client.track('Two');

    expect(leavingIn(tested, () => tested.page.setHidden(true))).toBe(0);
    await tested.clock.settle();
    expect(tested.relay.sessions).toHaveLength(2);
    expect(tested.relay.stored).toHaveLength(2);
  });

  test('where older events of another page wait in the log', async () => {
    const before = createTestClient();
    before.relay.replyToBatches('network');
    before.client.track('Older');
    await before.client.flush();
    await before.client.close();
    const tested = open({ sharing: before, seed: 2 });
    before.relay.replyToBatches({ status: 503, headers: { 'retry-after': '60' } });
    await tested.clock.settle();
    tested.client.track('Younger');

    expect(leavingIn(tested, () => tested.page.fire('window', 'pagehide'))).toBe(0);
  });

  test('where there is nothing to send', async () => {
    const tested = await openReady();

    expect(leavingIn(tested, () => tested.page.fire('window', 'pagehide'))).toBe(0);
  });
});

describe('a page without a network', () => {
  test('captures, sends nothing and uses up no try; it sends a little after the network is back', async () => {
    const { client, clock, page, relay, heardOf } = open();
    await clock.settle();
    page.setOnline(false);
    client.track('One');
    await clock.advance(3_600_000);

    expect(relay.sessions).toHaveLength(0);
    expect(heardOf('paused')).toEqual([{ reason: 'offline' }]);
    page.setOnline(true);
    await clock.advance(1000);
    expect(relay.batches).toHaveLength(0);
    await clock.advance(60_000);

    expect(relay.stored).toHaveLength(1);
    expect(heardOf('sending')[0]?.attempt).toBe(1);
    expect(heardOf('error')).toEqual([]);
  });

  test('that begins without one waits for it', async () => {
    const page = createTestPage('https://shop.test/');
    page.setOnline(false);
    const { client, clock, relay } = createTestClient({ runtime: { page: page.window } });
    client.track('One');
    await clock.advance(60_000);
    expect(relay.sessions).toHaveLength(0);
    page.setOnline(true);
    await clock.advance(7000);

    expect(relay.stored).toHaveLength(1);
  });

  test('comes back in a second or two after a short outage, and apart from others after a long one', async () => {
    const waitsAfter = async (outageMs: number): Promise<number[]> => {
      const waits: number[] = [];
      for (let seed = 1; seed <= 10; seed++) {
        const { client, clock, page, heardOf } = open({ seed });
        await clock.settle();
        page.setOnline(false);
        client.track('One');
        await clock.advance(outageMs);
        page.setOnline(true);
        waits.push((heardOf('paused').at(-1)?.until ?? 0) - clock.now());
      }
      return waits.sort((a, b) => a - b);
    };
    const short = await waitsAfter(10_000);
    const long = await waitsAfter(86_400_000);

    expect(short[0]).toBeGreaterThanOrEqual(1000);
    expect(short.at(-1)).toBeLessThanOrEqual(2000);
    expect(long[0]).toBeGreaterThanOrEqual(1000);
    expect(long.at(-1)).toBeLessThanOrEqual(61_000);
    expect((long.at(-1) ?? 0) - (long[0] ?? 0)).toBeGreaterThan(30_000);
  });

  test('tries soon when it is back, though the backoff is long', async () => {
    const { client, clock, page, relay } = open({ retryMaxMs: 86_400_000 });
    relay.replyToBatches(...Array(100).fill('network'));
    client.track('One');
    const waitMs = async () => ((await client.stats()).pause?.until ?? 0) - clock.now();
    while ((await waitMs()) < 60_000) await clock.advance(Math.max(await waitMs(), 5000));
    const tries = relay.batches.length;

    page.setOnline(true);
    await clock.advance(61_000);

    expect(relay.batches.length).toBeGreaterThan(tries);
  });

  test('that loses it on the way does not call that a failure of the relay', async () => {
    const { client, clock, page, heardOf, relay } = open();
    relay.replyToBatches('hang');
    client.track('One');
    await clock.advance(5000);
    page.setOnline(false);
    await clock.advance(15_000);

    expect(heardOf('paused')).toEqual([{ reason: 'offline' }]);
    expect(heardOf('error')).toEqual([]);
  });
});
