import type { CDPSession, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { closeAccount } from '../../helpers/account.ts';
import type { OpenBrowser } from '../../helpers/browser.ts';
import { captureDurably, drain, listen, readStats, untilStats } from '../../helpers/client-page.ts';
import { holdBatch } from '../../helpers/faults.ts';
import { useWorld } from '../../helpers/world.ts';

const world = useWorld();

/** A minute in the soak: what it would show here it shows sooner. */
const FROZEN_MS = 3_000;

it.each([2, 5])('sends for %i tabs through one of them, every event once', async (count) => {
  world.pipeline.faults.set({ relay: 'down' });
  const browser = await world.profile.open();
  const pages = await openTabs(browser, count);
  const senders = await Promise.all(pages.map((page) => listen(page, 'sending')));
  await Promise.all(pages.map((page) => captureDurably(page, 'Tabs', 200)));

  world.pipeline.faults.set({ relay: 'ok' });
  await Promise.all(pages.map(drain));

  const sends = await Promise.all(senders.map((heard) => heard.evaluate(({ length }) => length)));
  expect(sends.filter((times) => times > 0)).toHaveLength(1);
  await closeAccount(world, { lanes: count, captured: 200 * count, stored: 200 * count });
});

it('sends through the next tab when the one that sends has crashed', async () => {
  world.pipeline.faults.set({ relay: 'down' });
  const browser = await world.profile.open();
  const [leader, follower] = await openPair(browser);
  await captureDurably(leader, 'Crashed', 300);
  await captureDurably(follower, 'Crashed', 300);
  await crash(browser, leader);

  world.pipeline.faults.set({ relay: 'ok' });
  await untilStats(follower, (stats) => stats.leader && stats.queue.events === 0);

  await closeAccount(world, { captured: 600, stored: 600 });
});

it('doubles only the batch whose answer it could not hear when the tab that sends crashes with a request under way', async () => {
  const browser = await world.profile.open();
  const [leader, follower] = await openPair(browser);
  const held = holdBatch(world.pipeline.relay.gate, 'answered');
  await captureDurably(leader, 'Crashed while sending', 300);
  await held.met;
  await captureDurably(follower, 'Crashed while sending', 300);
  await crash(browser, leader);
  await untilStats(follower, (stats) => stats.leader && stats.queue.events === 0);

  await closeAccount(world, { unknown: 300, captured: 600, stored: 600, duplicates: 300 });
});

it('sends through the next tab while the one that sends is frozen, and doubles nothing when it is back', async () => {
  const browser = await world.profile.open({ hasHiddenTabs: true });
  const [leader, follower] = await openPair(browser);
  world.pipeline.faults.set({ relay: 'down' });
  await captureDurably(leader, 'Frozen', 300);
  // So that no request of it is under way.
  await untilStats(leader, ({ pause }) => pause?.reason === 'unreachable');
  const lifecycle = await freeze(browser, leader);

  world.pipeline.faults.set({ relay: 'ok' });
  await captureDurably(follower, 'Frozen', 300);
  await untilStats(follower, (stats) => stats.leader && stats.queue.events === 0);
  await follower.waitForTimeout(FROZEN_MS);
  await thaw(lifecycle);
  await captureDurably(leader, 'Frozen', 100);
  await drain(leader);

  expect((await readStats(leader)).leader).toBe(false);
  await closeAccount(world, { captured: 700, stored: 700 });
});

it('doubles only the batch whose answer waited when the tab that sends is frozen with a request under way', async () => {
  const browser = await world.profile.open({ hasHiddenTabs: true });
  const [leader, follower] = await openPair(browser);
  const held = holdBatch(world.pipeline.relay.gate, 'answered');
  await captureDurably(leader, 'Frozen while sending', 300);
  await held.met;
  const lifecycle = await freeze(browser, leader);

  await captureDurably(follower, 'Frozen while sending', 300);
  await untilStats(follower, (stats) => stats.leader && stats.queue.events === 0);
  held.release();
  await thaw(lifecycle);
  await captureDurably(leader, 'Frozen while sending', 100);
  await drain(leader);

  await closeAccount(world, { unknown: 300, captured: 700, stored: 700 });
});

async function openTabs(browser: OpenBrowser, count: number): Promise<Page[]> {
  const pages: Page[] = [];
  for (let tab = 0; tab < count; tab += 1) pages.push(await browser.newPage(world.site.url));
  return pages;
}

/** The tab that sends, and one that would. */
async function openPair(browser: OpenBrowser): Promise<[leader: Page, follower: Page]> {
  const leader = await browser.newPage(world.site.url);
  await untilStats(leader, (stats) => stats.leader);
  return [leader, await browser.newPage(world.site.url)];
}

/** The tab's process ends as by a defect of its own: no handler runs. */
async function crash({ context }: OpenBrowser, page: Page): Promise<void> {
  const session = await context.newCDPSession(page);
  const crashed = page.waitForEvent('crash');
  // Nobody is left to answer.
  session.send('Page.crash').catch(() => {});
  await crashed;
}

async function freeze({ context }: OpenBrowser, page: Page): Promise<CDPSession> {
  const session = await context.newCDPSession(page);
  await session.send('Page.setWebLifecycleState', { state: 'frozen' });
  return session;
}

async function thaw(session: CDPSession): Promise<void> {
  await session.send('Page.setWebLifecycleState', { state: 'active' });
}
