import { describe, expect, test } from 'vitest';
import { createTabLock } from '../../../src/client/tab-lock.ts';
import { createFakeLocks } from '../../helpers/fake-locks.ts';
import { createTestClient, type TestClient } from '../../helpers/test-client.ts';
import { createTestPage } from '../../helpers/test-page.ts';

/** A channel between the tabs of one test, in this very turn. */
function createChannels(): (name: string) => BroadcastChannel {
  const open = new Set<{ onmessage: ((event: { data: unknown }) => void) | null }>();
  return () => {
    const channel = {
      onmessage: null as ((event: { data: unknown }) => void) | null,
      postMessage(data: unknown) {
        for (const other of open) if (other !== channel) other.onmessage?.({ data });
      },
      close: () => open.delete(channel),
    };
    open.add(channel);
    return channel as unknown as BroadcastChannel;
  };
}

function openTabs(): [TestClient, TestClient] {
  const locks = createFakeLocks();
  const channel = createChannels();
  const first = createTestClient({ runtime: { locks, channel } });
  const second = createTestClient({ sharing: first, seed: 2, runtime: { locks, channel } });
  return [first, second];
}

describe('two tabs', () => {
  test('share one sender, which carries what both capture, once', async () => {
    const [first, second] = openTabs();
    await first.clock.settle();

    for (let n = 0; n < 20; n++) {
      first.client.track('First', { n });
      second.client.track('Second', { n });
    }
    await first.clock.advance(5200);

    const [one, other] = [await first.client.stats(), await second.client.stats()];
    expect([one.leader, other.leader]).toEqual([true, false]);
    expect(other.pause).toEqual({ reason: 'follower' });
    expect(first.relay.stored).toHaveLength(40);
    expect(new Set(first.relay.stored).size).toBe(40);
    expect(first.relay.sessions).toHaveLength(1);
    expect(one.stored).toBe(40);
    expect(first.relay.underWay().most).toBe(1);
  });

  test('carry on when the sending one ends', async () => {
    const [first, second] = openTabs();
    await first.clock.settle();
    second.client.track('Before');
    await first.clock.advance(100);
    await first.client.close();
    second.client.track('After');
    await first.clock.advance(6000);

    expect((await second.client.stats()).leader).toBe(true);
    expect(second.heardOf('leader')).toEqual([{ leader: true }]);
    expect(first.relay.stored).toHaveLength(2);
    expect(first.relay.sessions.length).toBeLessThanOrEqual(1);
  });

  test('do not send again what the other has sent while one was away', async () => {
    const locks = createFakeLocks();
    const page = createTestPage('https://shop.test/');
    const first = createTestClient({ runtime: { locks, page: page.window } });
    const second = createTestClient({ sharing: first, seed: 2, runtime: { locks } });
    first.relay.replyToBatches('network');
    first.client.track('One');
    await first.client.flush();
    page.fire('window', 'pagehide');
    await first.clock.settle();
    expect(first.relay.stored).toHaveLength(1);

    page.fire('window', 'pageshow');
    await second.client.close();
    await first.clock.advance(6000);

    expect((await first.client.stats()).leader).toBe(true);
    expect(first.relay.stored).toHaveLength(1);
  });

  test('flush through the one that sends', async () => {
    const [first, second] = openTabs();
    await first.clock.settle();
    second.client.track('One');

    const { stored, queued } = await second.client.flush();

    expect({ stored, queued }).toEqual({ stored: 0, queued: 1 });
    await first.clock.settle();
    expect(first.relay.stored).toHaveLength(1);
  });
});

describe('two tabs without a database', () => {
  test('send each for itself: what one holds in memory, the other cannot read', async () => {
    const locks = createFakeLocks();
    const channel = createChannels();
    const runtime = { locks, channel, indexedDB: undefined };
    const first = createTestClient({ runtime });
    const second = createTestClient({ sharing: first, seed: 2, runtime });
    await first.clock.settle();

    first.client.track('First');
    second.client.track('Second');
    await first.clock.advance(6000);

    expect(first.relay.stored).toHaveLength(2);
    expect((await second.client.stats()).queue.events).toBe(0);
  });
});

describe('the lock', () => {
  test('is everybody’s where the platform has none', () => {
    const heard: boolean[] = [];
    createTabLock(undefined, 'name', (leader) => heard.push(leader)).request();

    expect(heard).toEqual([true]);
  });

  test('is everybody’s where the platform refuses one', async () => {
    const heard: boolean[] = [];
    const locks = { request: () => Promise.reject(new DOMException('no', 'SecurityError')) };
    createTabLock(locks as unknown as LockManager, 'name', (leader) =>
      heard.push(leader),
    ).request();
    await Promise.resolve();
    await Promise.resolve();

    expect(heard).toEqual([true]);
  });

  test('is not taken by a tab that has stopped waiting for it', async () => {
    const locks = createFakeLocks();
    const heard: string[] = [];
    const first = createTabLock(locks, 'name', (leader) => heard.push(`first ${leader}`));
    const second = createTabLock(locks, 'name', (leader) => heard.push(`second ${leader}`));
    first.request();
    await Promise.resolve();
    second.request();
    second.release();
    first.release();
    await new Promise((resolve) => setImmediate(resolve));

    expect(heard).toEqual(['first true', 'second false', 'first false']);
  });
});
