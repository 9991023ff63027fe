import { describe, expect, test } from 'vitest';
import { createTestClient, type TestClientOptions } from '../../helpers/test-client.ts';
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
    await clock.advance(0);
    expect(relay.batches).toHaveLength(0);
    await clock.advance(1000);

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
    await clock.advance(1000);

    expect(relay.stored).toHaveLength(1);
  });

  test('tries at once when it is back, though the backoff is long', async () => {
    const { client, clock, page, relay } = open({ retryMaxMs: 86_400_000 });
    relay.replyToBatches(...Array(100).fill('network'));
    client.track('One');
    const waitMs = async () => ((await client.stats()).pause?.until ?? 0) - clock.now();
    while ((await waitMs()) < 60_000) await clock.advance(Math.max(await waitMs(), 5000));
    const tries = relay.batches.length;

    page.setOnline(true);
    await clock.advance(1000);

    expect(relay.batches).toHaveLength(tries + 1);
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
