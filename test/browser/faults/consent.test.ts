import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { PASS } from '../../../demo/launcher/fault-proxy.ts';
import { closeAccount } from '../../helpers/account.ts';
import { capture, captureDurably, drain, listen, readStats } from '../../helpers/client-page.ts';
import { useWorld } from '../../helpers/world.ts';

const world = useWorld();

const NOTHING = { databases: [], items: 0, cookies: '' };

it('stores nothing on the device and sends nothing before the user has agreed, and everything then', async () => {
  const requests = countRequests();
  const browser = await world.profile.open();
  const page = await browser.newPage(`${world.site.url}#{"consent":"pending"}`);
  await capture(page, 'Pending', 100);
  await page.evaluate(() => window.client.flush());
  expect(await readDevice(page)).toEqual(NOTHING);
  expect(requests()).toBe(0);

  await page.evaluate(() => window.client.consent('granted'));
  await captureDurably(page, 'Granted', 100);
  await drain(page);

  await closeAccount(world, { captured: 200, stored: 200 });
});

it('keeps what waits for consent on the disk, where it is told to, over a restart', async () => {
  const requests = countRequests();
  const url = `${world.site.url}#{"consent":"pending","pendingIn":"log"}`;
  const closed = await world.profile.open();
  await captureDurably(await closed.newPage(url), 'Pending', 100);
  await closed.close();
  expect(requests()).toBe(0);

  const browser = await world.profile.open();
  const page = await browser.newPage(url);
  await page.evaluate(() => window.client.consent('granted'));
  await drain(page);

  await closeAccount(world, { captured: 100, stored: 100 });
});

it('sends nothing and leaves nothing on the device when the user refuses, of all tabs', async () => {
  const requests = countRequests();
  const browser = await world.profile.open();
  const url = `${world.site.url}#{"consent":"pending","pendingIn":"log"}`;
  const [page, other] = [await browser.newPage(url), await browser.newPage(url)];
  await captureDurably(page, 'Pending', 100);
  await captureDurably(other, 'Pending', 100);
  const denied = await listen(other, 'consent');
  await page.evaluate(() => window.client.consent('denied'));
  await expect.poll(() => denied.evaluate((heard) => heard.length)).toBe(1);
  await capture(page, 'Denied', 100);
  await capture(other, 'Denied', 100);
  await Promise.all([page, other].map((each) => each.evaluate(() => window.client.flush())));

  expect((await readStats(page)).queue.events).toBe(0);
  expect((await readStats(other)).queue.events).toBe(0);
  expect(requests()).toBe(0);
  const { items, records } = { ...(await readDevice(page)), records: await countRecords(page) };
  expect({ items, records }).toEqual({ items: 0, records: 0 });
});

function countRequests(): () => number {
  let count = 0;
  world.pipeline.relay.gate.setRule(() => {
    count += 1;
    return PASS;
  });
  return () => count;
}

/** What the page's origin has on this device. */
function readDevice(page: Page): Promise<typeof NOTHING> {
  return page.evaluate(async () => ({
    databases: (await indexedDB.databases()) as never[],
    items: localStorage.length,
    cookies: document.cookie,
  }));
}

/** Of segments, in the client's database. */
function countRecords(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const opening = indexedDB.open('rivulet');
        opening.onsuccess = () => {
          const { result } = opening;
          if (!result.objectStoreNames.contains('segments')) return resolve(0);
          const counting = result.transaction('segments').objectStore('segments').count();
          counting.onsuccess = () => resolve(counting.result);
        };
      }),
  );
}
