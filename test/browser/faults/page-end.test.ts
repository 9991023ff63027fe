import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { closeAccount } from '../../helpers/account.ts';
import { captureDurably, drain, readStats, untilStats } from '../../helpers/client-page.ts';
import { useWorld } from '../../helpers/world.ts';

const world = useWorld();

it.each([{ state: 'idle' }, { state: 'busy' }, { state: 'not open yet' }] as const)(
  'delivers 50 events, once, of a page that closed itself in the task that captured them, its log $state',
  async ({ state }) => {
    // So that they come from the disk, and not by a request of the page's last moment.
    world.pipeline.faults.set({ relay: 'down' });
    const browser = await world.profile.open();
    const opener = browser.context.pages()[0];
    const [page] = await Promise.all([
      browser.context.waitForEvent('page'),
      // A script may close only what a script opened.
      opener?.evaluate((url) => void window.open(url), world.site.url),
    ]);
    await page.waitForFunction(() => 'client' in window);
    if (state !== 'not open yet') await readStats(page);
    const closed = page.waitForEvent('close');
    await page.evaluate((isBusy) => {
      // A write queues behind what the log is at, and a page that ends takes the queue with it.
      if (isBusy) for (let n = 1; n <= 20; n += 1) window.client.stats();
      window.rivulet.capture('Closing', 50);
      window.close();
    }, state === 'busy');
    await closed;

    world.pipeline.faults.set({ relay: 'ok' });
    await drain(await browser.newPage(world.site.url));

    await closeAccount(world, { captured: 50, stored: 50 });
  },
);

it('delivers the events of 50 page loads that each ended in the task that captured them', async () => {
  const loads = 50;
  const perLoad = 10;
  const browser = await world.profile.open();
  const page = await browser.newPage(world.site.url);
  for (let load = 1; load <= loads; load += 1) {
    const loaded = page.waitForEvent('load');
    await page.evaluate((count) => {
      window.rivulet.capture('Reloaded', count);
      location.reload();
    }, perLoad);
    await loaded;
  }
  await drain(page);

  const captured = loads * perLoad;
  // A page that is reloaded does not hear the answer to the request that it has under way, and may not get to tell of it.
  const unknown = world.witness.inDoubt() + captured;
  await closeAccount(world, { unknown, lanes: loads, captured, stored: captured });
});

it('goes on in the same lane when a page comes back from the back-forward cache', async () => {
  const browser = await world.profile.open();
  const page = await browser.newPage(world.site.url);
  await untilStats(page, ({ leader }) => leader);
  const { lane } = await readStats(page);
  for (let visit = 1; visit <= 3; visit += 1) {
    await leaveFor(page, `${world.site.url}?away=${visit}`, 100);
    await untilStats(page, ({ leader, queue }) => leader && queue.events === 0);
    await comeBack(page);
    expect(await page.evaluate(readReturn)).toEqual({ persisted: true, reasons: null });
    await captureDurably(page, 'Back', 50);
  }
  expect((await readStats(page)).lane).toBe(lane);
  await drain(page);

  await closeAccount(world, { unknown: world.witness.inDoubt(), captured: 450, stored: 450 });
});

it('sends through another tab what a page left behind that waits in the back-forward cache', async () => {
  const browser = await world.profile.open();
  const page = await browser.newPage(world.site.url);
  await untilStats(page, ({ leader }) => leader);
  const other = await browser.newPage(world.site.url);
  for (let visit = 1; visit <= 3; visit += 1) {
    await leaveFor(page, `${world.site.url}?away=${visit}`, 100);
    await captureDurably(other, 'Other', 20);
    await untilStats(other, ({ leader, queue }) => leader && queue.events === 0);
    await comeBack(page);
    expect(await page.evaluate(readReturn)).toEqual({ persisted: true, reasons: null });
    await captureDurably(page, 'Back', 50);
  }
  await drain(page);

  await closeAccount(world, { unknown: world.witness.inDoubt(), captured: 510, stored: 510 });
});

it('delivers 20 events early, of a page that was left for another site in the task that captured them', async () => {
  const browser = await world.profile.open();
  const page = await browser.newPage(world.site.url);
  // A page that has sent before has a session to sign with.
  await captureDurably(page, 'Before', 5);
  await drain(page);
  const { clientId } = await readStats(page);
  const elsewhere = page.waitForURL(/health/);
  await page.evaluate((url) => {
    window.rivulet.capture('Left', 20);
    location.href = url;
  }, `${world.pipeline.relay.gate.url}/v1/health`);
  await elsewhere;

  await expect.poll(() => countArrived(clientId), { timeout: 10_000 }).toBe(25);
  await page.goto(world.site.url);
  await drain(page);

  await closeAccount(world, { unknown: 20, captured: 25, stored: 25 });
});

it('delivers 20 events with the next page, of a page that was left for another of its site in the task that captured them', async () => {
  const browser = await world.profile.open();
  const page = await browser.newPage(world.site.url);
  await captureDurably(page, 'Before', 5);
  await drain(page);
  const next = page.waitForURL(/next/);
  await page.evaluate(() => {
    window.rivulet.capture('Left', 20);
    location.href = '/?next';
  });
  await next;

  await untilStats(page, ({ leader, queue }) => leader && queue.events === 0);

  await closeAccount(world, { captured: 25, stored: 25 });
});

/** Captures in the last task of the page. */
async function leaveFor(page: Page, url: string, count: number): Promise<void> {
  const away = page.waitForURL(url);
  await page.evaluate(
    ([url, count]) => {
      window.rivulet.capture('Leaving', count);
      location.href = url;
    },
    [url, count] as const,
  );
  await away;
}

async function comeBack(page: Page): Promise<void> {
  await page.evaluate(() => history.back());
  await page.waitForFunction(() => !location.search && window.persisted !== undefined);
}

/** Whether the page came back as it was, or why it did not. */
function readReturn() {
  const [navigation] = performance.getEntriesByType('navigation') as (PerformanceEntry & {
    readonly notRestoredReasons?: unknown;
  })[];
  return { persisted: window.persisted, reasons: navigation?.notRestoredReasons };
}

async function countArrived(clientId: string): Promise<number> {
  const events = await world.tail.readToEnd();
  return events.filter(({ event }) => event.anonymousId === clientId).length;
}
