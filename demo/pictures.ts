/** `npm run pictures`: the live view of the README, taken from the running demo while somebody shops. */
import { mkdir, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { createProfile } from '../test/helpers/browser.ts';
import { startPipeline } from './launcher/pipeline.ts';

const FOLDER = resolve(import.meta.dirname, '../docs');
const SIZE = { width: 1440, height: 900 };

/** A README is read on slow lines too. */
const MAX_BYTES = 300_000;

const VISITORS = 5;
const ASK_EVERY_MS = 300;

/** The event that is opened, and how far above the last row it is looked for. */
const EVENT = 'Cart Viewed';
const LOOK_BACK = 100;

/** How long each thing is given to be seen in the chart. */
const PACE_MS = 2_500;

interface DemoWindow {
  readonly rivuletDemo: { readonly run: (scenarioId: string) => Promise<void> };
}

async function shopAndPullPlugs(page: Page): Promise<void> {
  const play = async (scenario: string): Promise<void> => {
    await page.evaluate(
      (id) => (globalThis as unknown as DemoWindow).rivuletDemo.run(id),
      scenario,
    );
    await page.waitForTimeout(PACE_MS);
  };
  const add = (product: string): Promise<void> =>
    page.getByRole('button', { name: `Add ${product} to the basket` }).click();

  await play('burst');
  await add('Fog lantern');
  await play('sensor');
  await play('split-shard');
  await play('kinesis-throttles');
  await add('Pond net');
  await page.waitForTimeout(PACE_MS);
  await play('kinesis-throttles');
  await play('poison-event');
  await play('sensor');
  await page.getByRole('link', { name: 'Message bottle' }).click();
  await page.getByRole('button', { name: 'Add to basket' }).click();
  await page.getByRole('link', { name: /^Basket/ }).click();
  await page.getByRole('link', { name: 'Check out' }).click();
}

/** Others on the site, so that every shard has something to carry. The answer ends their visit. */
async function letOthersVisit(context: BrowserContext, url: string): Promise<() => Promise<void>> {
  const visits = await Promise.all(
    Array.from({ length: VISITORS }, () => context.browser()?.newContext()),
  );
  for (const visit of visits) {
    const page = await visit?.newPage();
    await page?.goto(`${url}/overlay/`);
    await page?.evaluate((everyMs) => {
      setInterval(() => document.querySelector('form')?.requestSubmit(), everyMs);
    }, ASK_EVERY_MS);
  }
  return async () => {
    for (const visit of visits) await visit?.close();
  };
}

/** The whole window, with the journey of one event of this page. */
async function showJourney(page: Page): Promise<void> {
  const view = page.locator('rivulet-debug');
  await view.getByRole('button', { name: 'Fill the window' }).click();
  await view.locator('[role=grid]').focus();
  await page.keyboard.press('End');
  const selected = view.locator('[role=row][aria-selected=true]', { hasText: EVENT });
  for (let at = 0; at < LOOK_BACK && (await selected.count()) === 0; at += 1) {
    await page.keyboard.press('k');
  }
  await page.keyboard.press('Enter');
  await view.getByRole('tab', { name: 'Journey' }).click();
}

async function takePicture(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  const file = resolve(FOLDER, `debug-view-${colorScheme}.png`);
  const picture = await page.screenshot({ animations: 'disabled' });
  if (picture.length > MAX_BYTES) {
    throw new Error(`${file}: expected up to ${MAX_BYTES} bytes, got ${picture.length}`);
  }
  await writeFile(file, picture);
  console.log(`${file}  ${picture.length} bytes`);
}

const pipeline = await startPipeline({ site: true });
const profile = await createProfile();
try {
  await mkdir(FOLDER, { recursive: true });
  const { context } = await profile.open();
  const page = await context.newPage();
  await page.setViewportSize(SIZE);
  await page.goto(pipeline.site?.url ?? '');
  await page.locator('rivulet-debug .verdict[data-tone="proven"]').waitFor();
  const leave = await letOthersVisit(context, pipeline.site?.url ?? '');
  await shopAndPullPlugs(page);
  await leave();
  await page.locator('rivulet-debug .verdict[data-tone="proven"]').waitFor();
  await showJourney(page);
  for (const colorScheme of ['light', 'dark'] as const) await takePicture(page, colorScheme);
} finally {
  await profile.remove();
  await pipeline.stop();
}
