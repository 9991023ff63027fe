import type { CDPSession, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { numbersTo, readArrivals } from '../helpers/arrivals.ts';
import type { OpenBrowser } from '../helpers/browser.ts';
import { captureDurably, drain, untilStats } from '../helpers/client-page.ts';
import { usePluginSite } from '../helpers/plugin-site.ts';
import { useWorld } from '../helpers/world.ts';

const world = useWorld();
const site = usePluginSite(world);

it('delivers what a page captured offline, once and in order, when the page is gone', async () => {
  const browser = await world.profile.open();
  const sync = await watchWorkers(browser);
  const page = await openPage(browser);
  await browser.context.setOffline(true);
  await captureDurably(page, 'Background', 700);
  await page.close();
  await browser.context.setOffline(false);

  // More than once: the browser may still be about to end the page, which then holds its lock.
  const fireAndRead = async () => {
    await sync();
    return readArrivals(world.tail, 'Background');
  };
  await expect.poll(fireAndRead, { timeout: 20_000, interval: 500 }).toEqual({
    distinct: 700,
    duplicates: 0,
    disordered: [],
    numbers: numbersTo(700),
  });
});

it('sends nothing twice beside a tab that sends', async () => {
  world.pipeline.faults.set({ relay: 'down' });
  const browser = await world.profile.open();
  const sync = await watchWorkers(browser);
  const page = await openPage(browser);
  await captureDurably(page, 'Beside', 1_200);

  world.pipeline.faults.set({ relay: 'ok' });
  const drained = drain(page);
  for (let n = 0; n < 5; n += 1) await sync();
  await drained;
  await sync();

  expect(await readArrivals(world.tail, 'Beside')).toEqual({
    distinct: 1_200,
    duplicates: 0,
    disordered: [],
    numbers: numbersTo(1_200),
  });
});

it('asks the browser for a sync as soon as events wait that cannot be sent, and not otherwise', async () => {
  const browser = await world.profile.open();
  const delivered = await openPage(browser);
  await captureDurably(delivered, 'Delivered', 10);
  await drain(delivered);
  await delivered.close();
  const blank = await browser.newPage(`${site.url}blank`);
  expect(await readTags(blank)).toEqual([]);

  // Until then the browser's own tries fail, and it keeps the tag.
  world.pipeline.faults.set({ relay: 'down' });
  const waiting = await openPage(browser);
  await captureDurably(waiting, 'Waiting', 10);
  await untilStats(waiting, ({ pause }) => pause?.reason === 'unreachable');
  await waiting.close();

  await expect.poll(() => readTags(blank), { timeout: 10_000 }).toEqual(['rivulet']);
});

it('captures and delivers in a service worker, which has no page and no localStorage', async () => {
  const browser = await world.profile.open();
  const page = await browser.newPage(`${site.url}blank`);

  const reply = await page.evaluate(async () => {
    await navigator.serviceWorker.register('/capturing-worker.js', { type: 'module' });
    const { active } = await navigator.serviceWorker.ready;
    const { port1, port2 } = new MessageChannel();
    const answered = new Promise<{ flushed: unknown; stats: { log: string } }>((resolve) => {
      port1.onmessage = ({ data }) => resolve(data);
    });
    active?.postMessage({ name: 'In a worker', count: 300 }, [port2]);
    return answered;
  });

  expect(reply.flushed).toEqual({ stored: 300, queued: 0 });
  expect(reply.stats.log).toBe('indexeddb');
  expect(await readArrivals(world.tail, 'In a worker')).toEqual({
    distinct: 300,
    duplicates: 0,
    disordered: [],
    numbers: numbersTo(300),
  });
});

/** A page whose worker is there already, as it is from the second visit on. */
async function openPage(browser: OpenBrowser): Promise<Page> {
  const page = await browser.newPage(`${site.url}?worker=/background-worker.js`);
  await page.waitForFunction(() => 'client' in window);
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  return page;
}

/** The answer fires a sync event of the client's tag in the site's worker, as the browser does when it is online. */
async function watchWorkers({ context }: OpenBrowser): Promise<() => Promise<void>> {
  const [page] = context.pages();
  const session: CDPSession = await context.newCDPSession(page as Page);
  const found = new Promise<string>((resolve) => {
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations: [first] }) => {
      if (first) resolve(first.registrationId);
    });
  });
  await session.send('ServiceWorker.enable');
  return async () => {
    await session.send('ServiceWorker.dispatchSyncEvent', {
      origin: new URL(site.url).origin,
      registrationId: await found,
      tag: 'rivulet',
      lastChance: false,
    });
  };
}

function readTags(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const registration = (await navigator.serviceWorker.ready) as unknown as {
      sync: { getTags: () => Promise<string[]> };
    };
    return registration.sync.getTags();
  });
}
