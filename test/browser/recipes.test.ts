import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { StreamRecord } from '../../src/protocol/event.ts';
import { startNext } from '../helpers/next-site.ts';
import { bundle } from '../helpers/page-server.ts';
import {
  buildRecipe,
  RECIPES,
  type RecipeSite,
  readRecipe,
  serveRecipe,
} from '../helpers/recipe-site.ts';
import { useWorld } from '../helpers/world.ts';

const world = useWorld();

const undo: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** The page of a recipe, and what goes wrong in it. */
async function openRecipe(site: RecipeSite, path = '/') {
  undo.push(site.stop);
  const { context, newPage } = await world.profile.open();
  const errors: string[] = [];
  context.on('weberror', (error) => errors.push(error.error().message));
  const page = await newPage(`${site.origin}${path}`);
  return { page, errors };
}

/** What has arrived from this site's pages, when an event of that name has. */
function untilArrived(event: string, site?: RecipeSite): Promise<readonly StreamRecord[]> {
  return vi.waitFor(
    async () => {
      const records = (await world.tail.readToEnd())
        .map((tailed) => tailed.event)
        .filter((record) => !site || `${urlOf(record)}`.startsWith(site.origin));
      expect(records.map((record) => record.event)).toContain(event);
      return records;
    },
    { timeout: 20_000, interval: 100 },
  );
}

const urlOf = ({ context }: StreamRecord): unknown =>
  (context.page as Record<string, unknown> | undefined)?.url;

/** `page /orders`, `Order Completed`: what has happened, in the order of the lane. */
function storyOf(records: readonly StreamRecord[]): readonly string[] {
  return records.map((record) => {
    const path = new URL(`${urlOf(record)}`).pathname;
    return record.type === 'page' ? `page ${path}` : `${record.event} ${path}`;
  });
}

/** There, back by the browser's own button, and there again; then an order. */
async function shop(page: Page): Promise<void> {
  await page.click('text=Orders');
  await page.waitForSelector('text=Buy');
  await page.goBack();
  await page.waitForSelector('text=Buy', { state: 'detached' });
  await page.click('text=Orders');
  await page.click('text=Buy');
}

/** Of the pages that were seen. */
function titlesOf(records: readonly StreamRecord[]): readonly unknown[] {
  return records
    .filter(({ type }) => type === 'page')
    .map(({ context }) => (context.page as Record<string, unknown>).title);
}

const TITLES = ['Shop', 'Orders', 'Shop', 'Orders'];
const VIEWS = ['page /', 'page /orders', 'page /', 'page /orders'];

describe('a recipe delivers each view of a page once, and what is captured there', () => {
  it('in plain HTML', async () => {
    const script = await bundle(resolve(import.meta.dirname, '../../src/script.ts'));
    const body = await readRecipe(world, 'html/index.html');
    const site = await serveRecipe(new Map([['rivulet.js', script]]), body);
    const { page, errors } = await openRecipe(site);

    await page.waitForFunction(
      () => !Array.isArray((window as { rivulet?: unknown }).rivulet ?? []),
    );
    await page.click('text=Add to the basket');

    const records = await untilArrived('Product Added', site);
    expect(storyOf(records)).toEqual(['page /', 'Product Added /']);
    expect(records[1]?.properties).toMatchObject({ sku: 'wader-7' });
    expect(errors).toEqual([]);
  });

  it('in React with React Router, in StrictMode', async () => {
    const site = await serveRecipe(await buildRecipe(world, 'react', ['main.tsx']));
    const { page, errors } = await openRecipe(site);

    await shop(page);

    const records = await untilArrived('Order Completed', site);
    expect(storyOf(records)).toEqual([
      ...['page /', 'page /orders', 'Shelf Seen /orders', 'page /', 'page /orders'],
      ...['Shelf Seen /orders', 'Order Completed /orders'],
    ]);
    expect(titlesOf(records)).toEqual(TITLES);
    expect(records.at(-1)?.properties).toEqual({ order_id: '7', total: 129 });
    expect(errors).toEqual([]);
  });

  it.each(['vue', 'nuxt'])('in Vue with Vue Router: %s', async (recipe) => {
    const site = await serveRecipe(await buildRecipe(world, recipe, ['main.ts']));
    const { page, errors } = await openRecipe(site);

    await shop(page);

    const records = await untilArrived('Order Completed', site);
    expect(storyOf(records)).toEqual([...VIEWS, 'Order Completed /orders']);
    expect(titlesOf(records)).toEqual(TITLES);
    expect(errors).toEqual([]);
  });

  it('in Svelte', async () => {
    const site = await serveRecipe(await buildRecipe(world, 'svelte', ['main.ts']));
    const { page, errors } = await openRecipe(site);

    await shop(page);

    const records = await untilArrived('Order Completed', site);
    expect(storyOf(records)).toEqual([
      ...['page /', 'page /orders', 'Shelf Seen /orders', 'page /', 'page /orders'],
      ...['Shelf Seen /orders', 'Order Completed /orders'],
    ]);
    expect(errors).toEqual([]);
  });

  it('in Next with the App Router, built and served by Next', async () => {
    const site = await startNext(world);
    const { page, errors } = await openRecipe(site);

    await shop(page);

    const records = await untilArrived('Order Completed', site);
    expect(storyOf(records)).toEqual([...VIEWS, 'Order Completed /orders']);
    expect(titlesOf(records)).toEqual(TITLES);
    expect(errors).toEqual([]);
  }, 240_000);

  it('in a Web Worker, as the visitor of its page', async () => {
    const site = await serveRecipe(await buildRecipe(world, 'worker', ['main.ts']));
    const { errors } = await openRecipe(site);

    const all = await untilArrived('Image Resized');
    const [view] = await vi.waitFor(
      async () => {
        const records = (await world.tail.readToEnd()).map(({ event }) => event);
        const views = records.filter((record) => `${urlOf(record)}`.startsWith(site.origin));
        expect(views).toHaveLength(1);
        return views;
      },
      { timeout: 20_000, interval: 100 },
    );
    const ofWorker = all.filter(({ event }) => event === 'Image Resized');
    expect(ofWorker).toEqual([expect.objectContaining({ properties: { width: 640 } })]);
    expect(view?.type).toBe('page');
    expect(ofWorker[0]?.anonymousId).toBe(view?.anonymousId);
    expect(errors).toEqual([]);
  });

  it('in an extension: from a page by its service worker', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rivulet-extension-'));
    undo.push(() => rm(folder, { recursive: true }));
    const files = await buildRecipe(world, 'extension', ['background.ts', 'content.ts']);
    for (const [name, code] of files) await writeFile(join(folder, name), code);
    await copyFile(join(RECIPES, 'extension/manifest.json'), join(folder, 'manifest.json'));
    const site = await serveRecipe(new Map(), '');
    undo.push(site.stop);
    const { newPage } = await world.profile.open({ flags: [`--load-extension=${folder}`] });

    await newPage(site.origin);
    const first = (await untilArrived('Page Helped')).filter(
      ({ event }) => event === 'Page Helped',
    );
    await newPage(site.origin);
    const both = await vi.waitFor(
      async () => {
        const records = (await world.tail.readToEnd()).map(({ event }) => event);
        const helped = records.filter(({ event }) => event === 'Page Helped');
        expect(helped).toHaveLength(2);
        return helped;
      },
      { timeout: 20_000, interval: 100 },
    );

    expect(first[0]?.properties).toEqual({ title: 'Shop' });
    expect(new Set(both.map(({ anonymousId }) => anonymousId)).size).toBe(1);
  });
});
