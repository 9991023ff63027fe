import type { Page } from 'playwright-core';
import { expect, it, vi } from 'vitest';
import { useCaptureSite } from '../helpers/capture-site.ts';
import { drain, untilStats } from '../helpers/client-page.ts';
import { buildRecipe, serveRecipe } from '../helpers/recipe-site.ts';
import { useWorld } from '../helpers/world.ts';

const world = useWorld();
const site = useCaptureSite(world, {
  '/till': { capture: 'sources.metrics({ intervalMs: 1_000 })' },
});

/** As the recipe has it. */
const WINDOW_MS = 10_000;
const ORDERS = 30;
const SCANS = 100;

it('a page shows the right figures of each window while two visitors shop', async () => {
  const files = await buildRecipe(world, 'consumer', ['live-metrics.ts']);
  const live = await serveRecipe(files, '<script type="module" src="/live-metrics.js"></script>');
  const token = await world.pipeline.mintReadToken();
  const { context, newPage } = await world.profile.open();
  const errors: string[] = [];
  context.on('weberror', (error) => errors.push(error.error().message));
  const dashboard = await newPage(`${live.origin}/#${new URLSearchParams({ token })}`);
  // A visitor is the same on all pages of an origin.
  const kettles = await newPage(`${site.origin}/till`);
  const waders = await newPage(`${site.otherOrigin}/till`);

  for (const factor of [1, 3]) {
    await untilWindowBegins(dashboard);
    await Promise.all([shop(kettles, 'kettle', factor), shop(waders, 'wader', factor)]);
  }

  const rows = await vi.waitFor(
    async () => {
      const found = await rowsOf(dashboard);
      expect(found).toHaveLength(2);
      return found;
    },
    { timeout: 60_000, interval: 200 },
  );
  // The newest first. Each till gathers its scans in one event: 62 events in ten seconds.
  expect(rows).toEqual(
    [3, 1].map((factor) => [
      expect.stringMatching(/\d:\d\d:\d0/),
      '6.2 events/s',
      '2 visitors',
      `${2 * ORDERS} orders`,
      `${(2 * ORDERS * factor * 1.5).toFixed(2)} €`,
      `kettle × ${ORDERS}, wader × ${ORDERS}`,
      expect.stringContaining(`${2 * SCANS} scans, p95 `),
    ]),
  );
  for (const [at, factor] of [3, 1].entries()) {
    const [, p95] = /p95 (\S+) ms/.exec(rows[at]?.at(-1) ?? '') ?? [];
    expect(Math.abs(Number(p95) / (95 * factor) - 1)).toBeLessThan(0.012);
  }
  expect(errors).toEqual([]);
  await live.stop();
});

/** What a till sells, and how long its scans take: up to 100 ms, times the factor. */
async function shop(page: Page, product: string, factor: number): Promise<void> {
  const { captured } = await page.evaluate(
    ([product, factor, orders, scans]) => {
      const { client } = window;
      for (let n = 0; n < orders; n++) {
        client.track('Order Completed', { product, total: 1.5 * factor });
      }
      for (let ms = 1; ms <= scans; ms++) {
        client.metric('Scan Duration', ms * factor, { kind: 'histogram', unit: 'ms' });
      }
      return client.stats();
    },
    [product, factor, ORDERS, SCANS] as const,
  );
  await untilStats(page, (stats) => stats.captured > captured);
  await drain(page);
}

/** The next one, with time for what is captured in it. */
async function untilWindowBegins(page: Page): Promise<void> {
  await page.evaluate((size) => {
    const leftMs = size - (Date.now() % size);
    return new Promise((resolve) => setTimeout(resolve, leftMs + 500));
  }, WINDOW_MS);
}

async function rowsOf(page: Page): Promise<string[][]> {
  const texts = await page.locator('p').allTextContents();
  return texts.map((text) => text.split(' | '));
}
