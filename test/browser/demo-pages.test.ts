import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { PATIENCE_MS, readDemoStats, useDemo, waitForProof } from '../helpers/demo-world.ts';
import { violationsIn } from '../helpers/violations.ts';

const world = useDemo();

/** Another page of the demo, in the browser that has the shop open. */
async function openBeside(shop: Page, path: string): Promise<Page> {
  const page = await shop.context().newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(`${world.pipeline.site?.url}${path}`);
  return page;
}

it('shows the shop in a window of its own, as another tab that lets the shop send', async () => {
  const shop = await world.visit('/');
  await waitForProof(shop);
  const [view] = await Promise.all([
    shop.waitForEvent('popup'),
    shop.getByRole('link', { name: /^Full view/ }).click(),
  ]);

  view.setDefaultTimeout(PATIENCE_MS);
  await view.setViewportSize({ width: 1440, height: 900 });
  await shop.getByRole('button', { name: 'Add Pond net to the basket' }).click();

  await view.locator('rivulet-debug [role=row]', { hasText: 'Product Added' }).first().waitFor();
  await view.locator('rivulet-debug', { hasText: 'Another tab sends for all' }).waitFor();
  await waitForProof(view);
  expect((await readDemoStats(shop)).leader).toBe(true);
  expect(await violationsIn(view)).toEqual([]);
});

it('waits in a bubble over a page under development, and opens there', async () => {
  const shop = await world.visit('/');
  const page = await openBeside(shop, '/overlay/');
  const bubble = page.getByRole('button', { name: /Open the debug view/ });
  await bubble.waitFor();
  const closed = await violationsIn(page);

  await page.getByRole('button', { name: 'Ask about it' }).click();
  await bubble.click();
  await page.locator('rivulet-debug [role=row]', { hasText: 'Boat Asked About' }).first().waitFor();
  await waitForProof(page);

  expect(closed).toEqual([]);
});

it('has the plugs, the number and the view on a phone, without sideways scroll', async () => {
  const page = await world.visit('/');
  await page.setViewportSize({ width: 360, height: 640 });
  const tooWide = () =>
    page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );

  const inShop = await tooWide();
  await page
    .locator('.tabs')
    .getByRole('button', { name: /^Live view/ })
    .click();
  await page.getByRole('switch', { name: 'No consent yet' }).focus();
  await waitForProof(page);

  expect([inShop, await tooWide()]).toEqual([0, 0]);
  for (const part of ['.score', '.scenario:focus', 'rivulet-debug .verdict']) {
    const box = await page.locator(part).boundingBox();
    expect(box?.x, part).toBeGreaterThanOrEqual(0);
    expect((box?.x ?? 0) + (box?.width ?? 361), part).toBeLessThanOrEqual(360);
    expect((box?.y ?? 0) + (box?.height ?? 641), part).toBeLessThanOrEqual(640);
  }
  expect(await violationsIn(page)).toEqual([]);
});
