import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { Client } from '../../../src/client/types.ts';
import {
  PATIENCE_MS,
  play,
  readDemoStats,
  useDemo,
  waitForProof,
} from '../../helpers/demo-world.ts';

declare global {
  var rivuletDemo: { readonly client: Client };
}

const PATIENCE = { timeout: PATIENCE_MS };
const world = useDemo();

const panel = (page: Page) => page.locator('rivulet-debug .queue');
const texts = (page: Page, selector: string) => panel(page).locator(selector).innerText();
const queued = async (page: Page): Promise<number> =>
  Number((await texts(page, '.tiles div:first-child dd')).replaceAll(',', ''));
const track = (page: Page, count: number) =>
  page.evaluate((count) => {
    for (let drop = 1; drop <= count; drop++) rivuletDemo.client.track('Drop Fell', { drop });
  }, count);

/** The panel takes turns with others where the view has no room for all. */
async function showPanel(page: Page, tab?: string): Promise<void> {
  await panel(page).waitFor({ state: 'attached' });
  const turn = page.locator('rivulet-debug .tabs [data-name="queue"]');
  if (await turn.isVisible()) await turn.click();
  if (tab) await panel(page).getByRole('tab', { name: tab }).click();
  await panel(page).locator('.body').waitFor();
}

it('shows the queue right while the network is cut, recovers alone, and says when', async () => {
  const page = await world.visit('/');
  await waitForProof(page);
  await showPanel(page);
  await panel(page).locator('.tiles').waitFor();

  await page.context().setOffline(true);
  await track(page, 40);
  await panel(page).locator('.pause', { hasText: 'The browser is offline' }).waitFor();
  await expect.poll(() => queued(page), PATIENCE).toBeGreaterThanOrEqual(40);
  await track(page, 30);
  await expect.poll(() => queued(page), PATIENCE).toBeGreaterThanOrEqual(70);
  const { queue } = await readDemoStats(page);
  await expect.poll(() => queued(page), PATIENCE).toBe(queue.events);
  await expect.poll(() => listedEvents(page), PATIENCE).toBe(queue.events);
  await page.context().setOffline(false);

  // On a slow machine a request may fail once more on the way.
  await expect
    .poll(() => panel(page).locator('.queue-back').allInnerTexts(), PATIENCE)
    .toEqual([
      expect.stringMatching(/Sending again since \d\d:\d\d:\d\d: (offline|no answer) for [\d.]+ /),
    ]);
  await expect.poll(() => queued(page), PATIENCE).toBe(0);
  expect(await panel(page).locator('.pause').count()).toBe(0);
  await waitForProof(page);
});

it('knows the tabs that share the queue, which of them sends, and counts what waits in all', async () => {
  const first = await world.visit('/');
  await waitForProof(first);
  const second = await first.context().newPage();
  second.setDefaultTimeout(PATIENCE_MS);
  await second.setViewportSize({ width: 1440, height: 900 });
  await second.routeWebSocket(/./, () => {});
  await second.goto(`${world.pipeline.site?.url}/basket`);
  await showPanel(second, 'Client');
  const tabs = panel(second).locator('.queue-tabs-list li');

  await expect
    .poll(() => tabs.allInnerTexts(), PATIENCE)
    .toEqual(['another tab: sends for all', 'this tab: waits to take over']);
  await showPanel(second, 'Queue');
  expect(await texts(second, '.facts')).toContain('Another tab (of 2)');
  expect(await texts(second, '.pause')).toContain('Another tab sends for all');
  world.pipeline.faults.set({ relay: 'down' });
  await track(first, 20);
  await track(second, 10);
  await expect
    .poll(
      async () => (await queued(second)) === (await readDemoStats(first)).queue.events,
      PATIENCE,
    )
    .toBe(true);
  expect(await queued(second)).toBeGreaterThanOrEqual(30);

  world.pipeline.faults.set({ relay: 'ok' });
  await first.close();

  await expect.poll(() => texts(second, '.facts'), PATIENCE).toContain('This tab');
  await expect.poll(() => queued(second), PATIENCE).toBe(0);
  await showPanel(second, 'Client');
  expect(await tabs.allInnerTexts()).toEqual(['this tab: sends for all']);
});

it('captures anew what the relay refused, and hears that it is refused again', async () => {
  const page = await world.visit('/');
  await waitForProof(page);
  await play(page, 'poison-event');
  await showPanel(page, 'Rejected');
  const events = panel(page).locator('details');
  await expect.poll(() => events.count(), PATIENCE).toBe(1);

  await events.first().locator('summary').click();
  await panel(page).getByRole('button', { name: 'Resend' }).click();

  await panel(page)
    .locator('[role=status]', { hasText: /^Captured anew as / })
    .waitFor();
  await expect.poll(() => events.count(), PATIENCE).toBe(2);
});

/** Events of all segments in the list. */
function listedEvents(page: Page): Promise<number> {
  return panel(page)
    .locator('.queue-table tbody tr td:nth-child(2) .muted')
    .allInnerTexts()
    .then((counts) => counts.reduce((sum, text) => sum + Number(/\d+/.exec(text)?.[0]), 0));
}
