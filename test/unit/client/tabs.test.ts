import { describe, expect, test } from 'vitest';
import { createTabLock, type TabLockSetting } from '../../../src/client/tab-lock.ts';
import { createMemoryLog } from '../../../src/queue/memory-log.ts';
import type { SegmentLog } from '../../../src/queue/types.ts';
import { createChannels } from '../../helpers/fake-channels.ts';
import { createFakeClock, type FakeClock } from '../../helpers/fake-clock.ts';
import { createFakeLocks } from '../../helpers/fake-locks.ts';
import { createLateFactory } from '../../helpers/late-database.ts';
import { createTestClient, type TestClient } from '../../helpers/test-client.ts';
import { createTestPage } from '../../helpers/test-page.ts';

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
    await first.clock.settle();
    first.relay.replyToBatches('network');
    first.client.track('One');
    await first.client.flush();
    await first.clock.advance(1);
    page.fire('window', 'pagehide');
    await first.clock.advance(1000);
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

describe('two tabs that begin in the same moment', () => {
  test('open one fresh database, and deliver once what the first had captured before', async () => {
    const locks = createFakeLocks();
    const channel = createChannels();
    const first = createTestClient({ runtime: { locks, channel } });
    first.client.track('Before');
    const second = createTestClient({ sharing: first, seed: 2, runtime: { locks, channel } });
    first.client.track('After');
    second.client.track('Second');
    await first.clock.advance(10_000);

    expect([...first.heardOf('error'), ...second.heardOf('error')]).toEqual([]);
    expect(first.relay.stored).toHaveLength(3);
    expect(new Set(first.relay.stored).size).toBe(3);
  });
});

describe('two tabs, one of which gets its database late', () => {
  test('share one sender from then on', async () => {
    const locks = createFakeLocks();
    const channel = createChannels();
    const first = createTestClient({ runtime: { locks, channel } });
    await first.clock.settle();
    const { indexedDB, arrive } = createLateFactory(first.runtime.indexedDB);
    const second = createTestClient({
      sharing: first,
      seed: 2,
      runtime: { locks, channel, indexedDB },
    });
    await first.clock.settle();
    expect((await second.client.stats()).leader).toBe(true);

    arrive();
    await first.clock.advance(2000);

    expect(second.heardOf('storage').map(({ log }) => log)).toEqual(['memory', 'indexeddb']);
    expect((await second.client.stats()).leader).toBe(false);
    expect((await second.client.stats()).pause).toEqual({ reason: 'follower' });
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

describe('a tab that is frozen while it prepares a batch', () => {
  /** The first tab stands still inside its session call, and the second sends. */
  async function freeze() {
    const locks = createFakeLocks();
    const page = createTestPage('https://shop.test/');
    let thaw = (): void => {};
    const thawed = new Promise<void>((resolve) => {
      thaw = resolve;
    });
    let requests = 0;
    const onRequest = () => (requests++ === 0 ? thawed : undefined);
    const first = createTestClient({
      relay: { onRequest },
      runtime: { locks, page: page.window },
    });
    const second = createTestClient({ sharing: first, seed: 2, runtime: { locks } });
    first.client.track('One');
    await first.clock.advance(5000);
    page.fire('document', 'freeze');
    await first.clock.advance(5000);
    expect(first.relay.stored).toHaveLength(1);
    return { first, second, page, thaw };
  }

  test('sends nothing when it wakes up and another one sends', async () => {
    const { first, thaw, page } = await freeze();
    page.fire('document', 'resume');
    thaw();
    await first.clock.advance(10_000);

    expect(first.relay.stored).toHaveLength(1);
    expect((await first.client.stats()).pause).toEqual({ reason: 'follower' });
  });

  test('begins anew when it wakes up and is the one again', async () => {
    const { first, second, thaw, page } = await freeze();
    await second.client.close();
    page.fire('document', 'resume');
    await first.clock.settle();
    expect((await first.client.stats()).leader).toBe(true);
    thaw();
    await first.clock.advance(10_000);

    expect(first.relay.stored).toHaveLength(1);
    first.client.track('Two');
    await first.clock.advance(10_000);
    expect(first.relay.stored).toHaveLength(2);
  });
});

describe('tabs on plain http, without Web Locks', () => {
  test('send one after the other, and take over from one that is gone', async () => {
    const runtime = { locks: undefined, channel: createChannels() };
    const first = createTestClient({ runtime });
    const second = createTestClient({ sharing: first, seed: 2, runtime });
    await first.clock.settle();
    for (let n = 0; n < 10; n++) {
      first.client.track('First', { n });
      second.client.track('Second', { n });
      await first.clock.advance(1000);
    }
    await first.clock.advance(10_000);
    const leaders = async () =>
      Promise.all([first, second].map(async ({ client }) => (await client.stats()).leader));
    expect(await leaders()).toEqual([true, false]);
    expect(new Set(first.relay.stored).size).toBe(20);
    await first.client.close();
    second.client.track('Last');
    await first.clock.advance(20_000);

    expect(await leaders()).toEqual([false, true]);
    expect(first.relay.stored).toHaveLength(21);
  });
});

/** A log that takes a while to answer, as far as a lease needs one. */
function createLeases(clock: FakeClock): Pick<SegmentLog, 'exchange'> {
  const log = createMemoryLog();
  return {
    exchange: async (key, next) => {
      await clock.settle();
      return log.exchange(key, next);
    },
  };
}

function openLock({
  locks,
  ...more
}: Partial<TabLockSetting> & { readonly locks?: LockManager } = {}) {
  const heard: boolean[] = [];
  const clock = createFakeClock();
  const lock = createTabLock({
    databaseName: 'name',
    log: createLeases(clock),
    requestTimeoutMs: 15_000,
    cookieless: false,
    onChange: (leader) => heard.push(leader),
    ...more,
    runtime: {
      ...clock,
      locks,
      randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    },
  });
  return { lock, heard, clock };
}

/** Two locks on one lease, each with a clock of its own to stand still. */
function openLeased() {
  const log = createLeases(createFakeClock());
  const first = openLock({ log });
  const second = openLock({ log });
  const advance = async (ms: number, ...clocks: FakeClock[]): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 1000) {
      for (const clock of clocks) await clock.advance(1000);
    }
  };
  return { first, second, advance };
}

describe('a lease', () => {
  test('is kept by the one that has it, and passes on a while after it is gone', async () => {
    const { first, second, advance } = openLeased();
    first.lock.request();
    await first.clock.settle();
    second.lock.request();
    await advance(60_000, first.clock, second.clock);
    expect([first.heard, second.heard]).toEqual([[true], []]);

    await advance(30_000, second.clock);
    expect(second.heard).toEqual([true]);
    expect(await second.lock.confirm()).toBe(true);
  });

  test('is given back by one that suspends', async () => {
    const { first, second, advance } = openLeased();
    first.lock.request();
    await first.clock.settle();
    second.lock.request();
    await second.clock.settle();
    first.lock.release();
    await advance(11_000, first.clock, second.clock);

    expect([first.heard, second.heard]).toEqual([[true, false], [true]]);
  });

  test('is refused to one that stood still for longer than it lasts', async () => {
    const { first, second, advance } = openLeased();
    first.lock.request();
    await first.clock.settle();
    second.lock.request();
    await advance(40_000, second.clock);
    expect(second.heard).toEqual([true]);
    // Its timers come late, its clock does not.
    first.clock.set(second.clock.now());

    expect(first.lock.isSole()).toBe(false);
    expect(await first.lock.confirm()).toBe(false);
    expect(first.heard).toEqual([true, false]);
  });

  test('outlives the request that it is confirmed for', async () => {
    const log = createMemoryLog();
    const { lock, clock } = openLock({ log, requestTimeoutMs: 40_000 });
    lock.request();
    await clock.settle();
    clock.set(clock.now() + 1000);
    await lock.confirm();

    const [lease] = [...log.values.values()];
    expect(lease).toMatchObject({ from: clock.now(), until: expect.any(Number) });
    expect((lease as { until: number }).until).toBeGreaterThan(clock.now() + 40_000);
  });

  test('of a log that fails is nobody’s, and is asked for again', async () => {
    let fails = true;
    const log = createMemoryLog();
    const { lock, clock, heard } = openLock({
      log: {
        exchange: async (...call) => {
          if (fails) throw new Error('no database');
          return log.exchange(...call);
        },
      },
    });
    lock.request();
    await clock.advance(60_000);
    expect(heard).toEqual([]);
    fails = false;
    await clock.advance(10_000);

    expect(heard).toEqual([true]);
  });

  test('that is granted after it was given up does not lead', async () => {
    const { lock, clock, heard } = openLock();
    lock.request();
    lock.release();
    await clock.advance(60_000);

    expect(heard).toEqual([]);
    expect(clock.timers()).toEqual([]);
  });
});

describe('the lock', () => {
  test('is everybody’s where the platform refuses one', async () => {
    const locks = { request: () => Promise.reject(new DOMException('no', 'SecurityError')) };
    const { lock, heard, clock } = openLock({ locks: locks as unknown as LockManager });
    lock.request();
    await clock.settle();

    expect(heard).toEqual([true]);
    expect(lock.confirm()).toBe(true);
    expect(lock.isSole()).toBe(true);
  });

  test('is not taken by a tab that has stopped waiting for it', async () => {
    const locks = createFakeLocks();
    const first = openLock({ locks });
    const second = openLock({ locks });
    first.lock.request();
    await first.clock.settle();
    second.lock.request();
    second.lock.release();
    first.lock.release();
    await first.clock.settle();

    expect([first.heard, second.heard]).toEqual([[true, false], []]);
  });

  test('that is taken away is asked for again', async () => {
    let take: (reason: unknown) => void = () => {};
    let times = 0;
    const request = (_: string, __: LockOptions, granted: () => Promise<void>) => {
      if (++times > 1) return new Promise<void>(() => {});
      granted();
      return new Promise<void>((_, reject) => {
        take = reject;
      });
    };
    const { lock, heard, clock } = openLock({ locks: { request } as unknown as LockManager });
    lock.request();
    take(new DOMException('stolen', 'AbortError'));
    await clock.settle();

    expect(heard).toEqual([true, false]);
    expect(times).toBe(2);
    expect(lock.confirm()).toBe(false);
  });

  test('says whether another tab waits for it', async () => {
    const locks = createFakeLocks();
    const first = openLock({ locks });
    const second = openLock({ locks });
    first.lock.request();
    await first.clock.settle();
    first.lock.confirm();
    await first.clock.settle();
    expect(first.lock.isSole()).toBe(true);

    second.lock.request();
    first.lock.confirm();
    await first.clock.settle();
    expect(first.lock.isSole()).toBe(false);
    expect(second.lock.isSole()).toBe(false);
  });

  test.each([
    ['a Web Lock', () => createFakeLocks()],
    ['a lease', () => undefined],
  ])(
    'is of no account to a tab that stands alone, and again when it shares: %s',
    async (_, make) => {
      const locks = make();
      const { first, second } = openLeased();
      const [one, other] = locks ? [openLock({ locks }), openLock({ locks })] : [first, second];
      one.lock.request();
      await one.clock.settle();
      other.lock.request();
      await other.clock.settle();
      expect([one.heard, other.heard]).toEqual([[true], []]);

      other.lock.standAlone(true);
      expect(other.heard).toEqual([true]);
      expect(other.lock.confirm()).toBe(true);
      other.lock.standAlone(false);
      await other.clock.settle();

      expect(other.heard).toEqual([true, false]);
      expect(await other.lock.confirm()).toBe(false);
    },
  );
});
