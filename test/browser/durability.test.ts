import { expect, it } from 'vitest';
import { numbersTo, readArrivals } from '../helpers/arrivals.ts';
import { captureDurably, drain } from '../helpers/client-page.ts';
import { useWorld } from '../helpers/world.ts';

const world = useWorld();

it('delivers 1,000 events captured offline, in order and once, after the browser was closed', async () => {
  const offline = await world.profile.open();
  const page = await offline.newPage(world.site.url);
  await offline.context.setOffline(true);
  await captureDurably(page, 'Offline', 1_000);
  await offline.close();

  const online = await world.profile.open();
  await drain(await online.newPage(world.site.url));

  const arrivals = await readArrivals(world.tail, 'Offline');
  expect(arrivals).toEqual({
    distinct: 1_000,
    duplicates: 0,
    disordered: [],
    numbers: numbersTo(1_000),
  });
});

it('delivers 1,000 events, in order and once, after the browser was killed while the relay answered 503', async () => {
  world.pipeline.faults.set({ relay: 'unavailable' });
  const killed = await world.profile.open();
  const page = await killed.newPage(world.site.url);
  await captureDurably(page, 'Killed', 1_000);
  await killed.kill();

  world.pipeline.faults.set({ relay: 'ok' });
  const restarted = await world.profile.open();
  await drain(await restarted.newPage(world.site.url));

  const arrivals = await readArrivals(world.tail, 'Killed');
  expect(arrivals).toEqual({
    distinct: 1_000,
    duplicates: 0,
    disordered: [],
    numbers: numbersTo(1_000),
  });
});

it.each([
  { state: 'idle', name: 'Closing' },
  { state: 'busy', name: 'Closing while busy' },
  { state: 'not open yet', name: 'Closing at once' },
] as const)(
  'delivers 50 events, once, of a page that closed itself in the task that captured them, its log $state',
  async ({ state, name }) => {
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
    if (state !== 'not open yet') await page.evaluate(() => window.client.stats());
    const closed = page.waitForEvent('close');
    await page.evaluate(
      ([name, isBusy]) => {
        // A write queues behind what the log is at, and a page that ends takes the queue with it.
        if (isBusy) for (let n = 1; n <= 20; n += 1) window.client.stats();
        for (let n = 1; n <= 50; n += 1) window.client.track(name, { n });
        window.close();
      },
      [name, state === 'busy'] as const,
    );
    await closed;

    world.pipeline.faults.set({ relay: 'ok' });
    await drain(await browser.newPage(world.site.url));

    const arrivals = await readArrivals(world.tail, name);
    expect(arrivals).toEqual({
      distinct: 50,
      duplicates: 0,
      disordered: [],
      numbers: numbersTo(50),
    });
  },
);

it('sends for two tabs through one of them, every event once', async () => {
  const browser = await world.profile.open();
  world.pipeline.faults.set({ relay: 'down' });
  const pages = [
    await browser.newPage(world.site.url),
    await browser.newPage(world.site.url),
  ] as const;
  const senders = await Promise.all(
    pages.map((page) =>
      page.evaluateHandle(() => {
        const heard = { sends: 0 };
        window.client.on('sending', () => {
          heard.sends += 1;
        });
        return heard;
      }),
    ),
  );
  await Promise.all(pages.map((page) => captureDurably(page, 'Two tabs', 500)));

  world.pipeline.faults.set({ relay: 'ok' });
  await Promise.all(pages.map(drain));

  const sends = await Promise.all(senders.map((heard) => heard.evaluate((value) => value.sends)));
  expect(sends.filter((count) => count > 0)).toHaveLength(1);
  const arrivals = await readArrivals(world.tail, 'Two tabs');
  expect(arrivals).toEqual({
    distinct: 1_000,
    duplicates: 0,
    disordered: [],
    numbers: numbersTo(500, 2),
  });
});
