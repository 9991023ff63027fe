import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { PATIENCE_MS, readDemoStats, tabTo, useDemo, waitForProof } from '../helpers/demo-world.ts';
import { violationsIn } from '../helpers/violations.ts';

const PATIENCE = { timeout: PATIENCE_MS };

const world = useDemo();

it('shows every step of a purchase in the live view and misses none', async () => {
  const page = await world.visit('/');

  await page.getByRole('button', { name: 'Add Fog lantern to the basket' }).click();
  await page.getByRole('link', { name: 'Message bottle' }).click();
  await page.getByRole('button', { name: 'Add to basket' }).click();
  await page.getByRole('link', { name: /^Basket/ }).click();
  await page.getByRole('button', { name: 'Remove Fog lantern' }).click();
  await page.getByRole('link', { name: 'Check out' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Secret Otter');
  await page.getByRole('button', { name: 'Fill in a made-up address' }).click();
  await page.getByRole('textbox', { name: 'Street' }).fill('9 Hidden Ford');
  await page.getByRole('button', { name: 'Place the order' }).click();
  await page.getByRole('heading', { name: /^Thank you/ }).waitFor();
  await page.locator('rivulet-debug [role=row]', { hasText: 'Order Completed' }).first().waitFor();
  await waitForProof(page);

  const { clientId } = await readDemoStats(page);
  const mine = (await world.tail.readToEnd()).filter(({ event }) => event.anonymousId === clientId);
  const named = mine.map(({ event }) => event.event ?? event.type);
  expect(named.filter((name) => /^(Product|Cart|Checkout|Order|identify)/.test(name))).toEqual([
    'Product List Viewed',
    'Product Added',
    'Product Clicked',
    'Product Viewed',
    'Product Added',
    'Cart Viewed',
    'Product Removed',
    'Checkout Started',
    'identify',
    'Order Completed',
  ]);
  expect(new Set(named)).toContain('Element Clicked');
  expect(mine.filter(({ event }) => event.type === 'page')).toHaveLength(5);
  expect(JSON.stringify(mine)).not.toMatch(/Otter|Hidden Ford|brooke@/);
});

it('keeps clicks while the page is offline and delivers them when it is back', async () => {
  const page = await world.visit('/');
  await waitForProof(page);

  await page.getByRole('switch', { name: 'Go offline' }).click();
  await page.getByRole('button', { name: 'Add Pond net to the basket' }).click();
  await page.getByRole('button', { name: 'Add River flask to the basket' }).click();
  await page.locator('.waiting', { hasText: 'events wait on disk' }).waitFor();
  const offline = await readDemoStats(page);
  const before = await added(offline.clientId);
  await page.getByRole('switch', { name: 'Go offline' }).click();
  await page.locator('.guide', { hasText: 'all arrived' }).waitFor();
  await waitForProof(page);

  expect(await page.locator('.score').innerText()).toMatch(/^0\s+lost$/);
  expect(offline.queue.events).toBeGreaterThanOrEqual(4);
  expect(before).toEqual([]);
  expect(await added(offline.clientId)).toEqual(['pond-net', 'flask']);
});

it('keeps clicks in memory until the visitor agrees, and delivers them then', async () => {
  const page = await world.visit('/');
  await waitForProof(page);

  await page.getByRole('switch', { name: 'No consent yet' }).click();
  await page.getByRole('button', { name: 'Add Pond net to the basket' }).click();
  await page.locator('.waiting', { hasText: 'in memory only, until the visitor agrees' }).waitFor();
  const { clientId } = await readDemoStats(page);
  const before = await added(clientId);
  await page.getByRole('switch', { name: 'No consent yet' }).click();
  await expect.poll(() => added(clientId), PATIENCE).toEqual(['pond-net']);
  await waitForProof(page);

  expect(before).toEqual([]);
});

it('delivers on the next visit what was queued when the browser was closed', async () => {
  const page = await world.visit('/');
  await waitForProof(page);
  const { clientId } = await readDemoStats(page);

  await page.getByRole('switch', { name: 'Kinesis down' }).click();
  await page.getByRole('button', { name: 'Add Ash paddle to the basket' }).click();
  await page.locator('.waiting', { hasText: 'on disk' }).waitFor();
  await expect.poll(() => readUnwritten(page), PATIENCE).toBe(0);
  await world.leave();
  world.pipeline.faults.set({ kinesis: 'ok' });
  const later = await world.visit('/basket');
  await expect.poll(() => added(clientId), PATIENCE).toEqual(['paddle']);
  await waitForProof(later);

  expect(await later.getByRole('link', { name: /^Basket/ }).textContent()).toContain('1');
});

it('carries a burst of 1,000 events and accounts for each', async () => {
  const page = await world.visit('/');

  await waitForProof(page);

  await page.getByRole('button', { name: 'Burst 1,000 events' }).click();
  await expect
    .poll(async () => (await readDemoStats(page)).stored, PATIENCE)
    .toBeGreaterThan(1_000);
  await waitForProof(page);

  const { clientId } = await readDemoStats(page);
  const drops = (await world.tail.readToEnd()).filter(
    ({ event }) => event.event === 'Drop Fell' && event.anonymousId === clientId,
  );
  expect(drops.map(({ event }) => event.properties?.drop)).toEqual(
    Array.from({ length: 1_000 }, (_, index) => index + 1),
  );
});

it('sells to somebody who has only a keyboard', async () => {
  const page = await world.visit('/');
  const { keyboard } = page;

  await tabTo(page, /^Waxed paper boat$/);
  await keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Waxed paper boat' }).waitFor();
  await tabTo(page, /^Add to basket$/);
  await keyboard.press('Space');
  await tabTo(page, /^basket$/);
  await keyboard.press('Enter');
  await tabTo(page, /^One more$/);
  await keyboard.press('Enter');
  await tabTo(page, /^Check out$/);
  await keyboard.press('Enter');
  for (const [field, text] of [
    [/^Name$/, 'Moss'],
    [/^E-mail$/, 'moss@example.com'],
    [/^Street$/, 'Ford 1'],
    [/^Town$/, 'Weir'],
  ] as const) {
    await tabTo(page, field);
    await keyboard.type(text);
  }
  await tabTo(page, /^By stream/);
  await keyboard.press('ArrowRight');
  await tabTo(page, /^Place the order$/);
  await keyboard.press('Enter');
  await page.getByRole('heading', { name: /^Thank you/ }).waitFor();

  expect(await page.locator('.thanks .lead').textContent()).toMatch(/2 articles,\s+€13\.00/);
  await tabTo(page, /^Go offline$/);
  await keyboard.press('Space');
  expect(await page.getByRole('switch', { name: 'Go offline' }).getAttribute('aria-checked')).toBe(
    'true',
  );
});

it('has nothing that axe objects to, by day and by night', async () => {
  const page = await world.visit('/');
  await page.getByRole('button', { name: 'Add Fog lantern to the basket' }).click();
  await page.locator('rivulet-debug [role=row]', { hasText: 'Product Added' }).first().waitFor();

  const found: string[] = [];
  for (const path of ['/', '/checkout']) {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.goto(`${world.pipeline.site?.url}${path}`);
      await waitForProof(page);
      found.push(
        ...(await violationsIn(page)).map((violation) => `${path} ${colorScheme}: ${violation}`),
      );
    }
  }

  expect(found).toEqual([]);
});

/** Events that are captured and neither on disk yet nor stored. */
async function readUnwritten(page: Page): Promise<number> {
  const { captured, stored, queue } = await readDemoStats(page);
  return captured - stored - queue.events;
}

/** Which products a client put into its basket, as the stream tells it. */
async function added(clientId: string): Promise<unknown[]> {
  return (await world.tail.readToEnd())
    .filter(({ event }) => event.anonymousId === clientId && event.event === 'Product Added')
    .map(({ event }) => event.properties?.product_id);
}
