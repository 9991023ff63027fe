import type { JSHandle, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { ClientEvents } from '../../../src/client/types.ts';
import { closeAccount } from '../../helpers/account.ts';
import type { OpenBrowser } from '../../helpers/browser.ts';
import { capture, captureDurably, drain, listen, readStats } from '../../helpers/client-page.ts';
import { useWorld } from '../../helpers/world.ts';

const world = useWorld();

it('loses nothing when the browser takes its handle of the database away, again and again', async () => {
  const browser = await world.profile.open();
  const page = await openFragile(browser);
  for (let time = 1; time <= 5; time += 1) {
    await capture(page, 'Handle', 50);
    await page.evaluate(() => window.loseHandles());
    await capture(page, 'Handle', 50);
  }
  await drain(page);

  await closeAccount(world, { captured: 500, stored: 500 });
});

it('keeps events in memory while the database fails every call, and writes them to disk when it works again', async () => {
  world.pipeline.faults.set({ relay: 'down' });
  const browser = await world.profile.open();
  const page = await openFragile(browser);
  await captureDurably(page, 'Before', 50);
  const errors = await listen(page, 'error');
  const states = await listen(page, 'storage');
  await page.evaluate(() => {
    window.isDatabaseLost = true;
  });
  for (let burst = 1; burst <= 4; burst += 1) {
    await capture(page, 'Meanwhile', 50);
    await page.waitForTimeout(150);
  }
  await expect.poll(() => isInMemory(states)).toBe(true);
  await page.evaluate(() => {
    window.isDatabaseLost = false;
  });
  await expect.poll(() => isInMemory(states), { timeout: 10_000 }).toBe(false);
  expect((await readStats(page)).queue).toMatchObject({ events: 250, inMemory: 0 });
  expect(await errors.evaluate((heard) => heard.map(({ code }) => code))).toContain(
    'storage_failed',
  );
  await browser.close();

  world.pipeline.faults.set({ relay: 'ok' });
  const restarted = await world.profile.open();
  await drain(await restarted.newPage(world.site.url));

  await closeAccount(world, { captured: 250, stored: 250 });
});

it('goes on when what a page left beside the log stands in it too', async () => {
  world.pipeline.faults.set({ relay: 'down' });
  const browser = await world.profile.open();
  const page = await browser.context.newPage();
  // What was left beside the log stays there, as when a page ends between the commit and its answer.
  await page.addInitScript(() => {
    if (location.protocol !== 'http:') return;
    const { transaction } = IDBDatabase.prototype;
    Object.assign(window, { aborts: 0 });
    IDBDatabase.prototype.transaction = function (...call) {
      const begun = transaction.apply(this, call);
      begun.addEventListener('abort', () => {
        (window as unknown as { aborts: number }).aborts++;
      });
      return begun;
    };
    if (sessionStorage.getItem('again')) return;
    sessionStorage.setItem('again', 'yes');
    const { removeItem, setItem } = Storage.prototype;
    Storage.prototype.removeItem = function (key: string) {
      if (!key.includes(' left ')) removeItem.call(this, key);
    };
    // The database opens when something was left, and not before.
    const hasLeft = new Promise<void>((resolve) => {
      Storage.prototype.setItem = function (key: string, value: string) {
        setItem.call(this, key, value);
        if (key.includes(' left ')) resolve();
      };
    });
    const { set } = Object.getOwnPropertyDescriptor(IDBRequest.prototype, 'onsuccess') ?? {};
    Object.defineProperty(IDBOpenDBRequest.prototype, 'onsuccess', {
      set(hear: (event: Event) => void) {
        set?.call(this, (event: Event) => hasLeft.then(() => hear(event)));
      },
    });
  });
  await page.goto(world.site.url);
  await captureDurably(page, 'Left', 50);
  const left = await page.evaluate(
    () => Object.keys(localStorage).filter((key) => key.includes(' left ')).length,
  );
  await page.goto('about:blank');
  // Not before: what a page sends as it leaves, the next one sends again.
  world.pipeline.faults.set({ relay: 'ok' });
  await page.goto(world.site.url);
  await captureDurably(page, 'After', 50);
  await drain(page);

  expect(left).toBeGreaterThan(0);
  expect(await page.evaluate(() => (window as unknown as { aborts: number }).aborts)).toBe(0);
  await closeAccount(world, { captured: 100, stored: 100 });
});

it('goes on, and loses nothing that it still has, when the database is deleted under it', async () => {
  const browser = await world.profile.open();
  const page = await browser.newPage(world.site.url);
  await captureDurably(page, 'Before', 50);
  await drain(page);
  const { origin } = new URL(world.site.url);
  for (let time = 1; time <= 2; time += 1) {
    const session = await browser.context.newCDPSession(page);
    await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' });
    await captureDurably(page, 'After', 50);
    await drain(page);
  }

  await closeAccount(world, { captured: 150, stored: 150 });
});

it('keeps events in memory when the origin may store no more, and delivers them all', async () => {
  world.pipeline.faults.set({ relay: 'down' });
  const browser = await world.profile.open();
  await setQuota(browser, 60_000);
  const page = await browser.newPage(world.site.url);
  await captureDurably(page, 'Before', 50);
  const states = await listen(page, 'storage');
  for (let burst = 1; burst <= 5; burst += 1) await capture(page, 'Beyond the quota', 500);
  await expect.poll(() => isInMemory(states)).toBe(true);
  await capture(page, 'Beyond the quota', 100);

  world.pipeline.faults.set({ relay: 'ok' });
  await drain(page);

  await closeAccount(world, { captured: 2_650, stored: 2_650 });
});

it('gives up the oldest and declares them when the queue may hold no more', async () => {
  world.pipeline.faults.set({ relay: 'down' });
  const browser = await world.profile.open();
  const page = await browser.newPage(`${world.site.url}#{"maxQueueBytes":65536}`);
  const dropped = await listen(page, 'dropped');
  for (let burst = 1; burst <= 20; burst += 1) await captureDurably(page, 'Capped', 100);
  await expect.poll(() => dropped.evaluate((heard) => heard.length)).toBeGreaterThan(0);
  const { queue, maxQueueBytes } = await readStats(page);
  expect(maxQueueBytes).toBe(65_536);
  expect(queue.bytes).toBeLessThan(2 * maxQueueBytes);

  world.pipeline.faults.set({ relay: 'ok' });
  await drain(page);

  const account = await closeAccount(world, { rejected: 0, queued: 0 });
  expect(account.declared).toBeGreaterThan(500);
  const { droppedBy } = await readStats(page);
  expect(droppedBy).toEqual({ queue_full: account.declared });
});

/** Whether events were in memory alone when the client told of it last. */
function isInMemory(states: JSHandle<readonly ClientEvents['storage'][]>): Promise<boolean> {
  return states.evaluate((heard) => (heard.at(-1)?.inMemory ?? 0) > 0);
}

declare global {
  interface Window {
    isDatabaseLost: boolean;
    loseHandles: () => void;
  }
}

/** A page whose database handles die when the test says so, as Chromium's and Safari's do by themselves. */
async function openFragile(browser: OpenBrowser): Promise<Page> {
  const page = await browser.context.newPage();
  await page.addInitScript(() => {
    const { transaction } = IDBDatabase.prototype;
    const handles = new Set<IDBDatabase>();
    window.isDatabaseLost = false;
    IDBDatabase.prototype.transaction = function (...args: Parameters<typeof transaction>) {
      handles.add(this);
      if (window.isDatabaseLost) {
        const lost = 'Connection to Indexed Database server lost. Refresh the page to try again';
        throw new DOMException(lost, 'InvalidStateError');
      }
      return transaction.apply(this, args);
    };
    window.loseHandles = () => {
      // Without a word: from now on each transaction throws an InvalidStateError.
      for (const handle of handles) handle.close();
      handles.clear();
    };
  });
  await page.goto(world.site.url);
  return page;
}

/** Before the origin's first page: what the browser has found to be free, it believes for a while. */
async function setQuota({ context }: OpenBrowser, quotaSize: number): Promise<void> {
  const [blank] = context.pages();
  if (!blank) throw new Error('quota: expected a page to ask by, got none');
  const session = await context.newCDPSession(blank);
  const { origin } = new URL(world.site.url);
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize });
}
