import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { eventually, useDebugView } from '../../helpers/debug-view.ts';
import type { StreamPage } from '../pages/debug-stream-page.ts';

declare global {
  var streamPage: StreamPage;
}

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const view = useDebugView('debug-stream-page.ts');
let page: Page;

const option = (number: number) =>
  page.locator(`rivulet-debug #map-shardId-${String(number).padStart(12, '0')}`);
const find = (selector: string) => page.locator(`rivulet-debug ${selector}`);
const filter = () => page.locator('rivulet-debug .filter-bar input').first().inputValue();

async function open(...which: Parameters<typeof view.open>): Promise<void> {
  page = await view.open(...which);
  await page.waitForFunction(() => globalThis.streamPage);
}

describe('the map', () => {
  it('lays shards out by hash keys and time, and says each in words', async () => {
    await open();
    await page.evaluate(() => streamPage.feed(1, 1_000, 10));

    const boxes = await Promise.all([1, 4, 0].map((number) => option(number).boundingBox()));
    const [one, four, zero] = boxes;
    expect(four?.x).toBeLessThan(one?.x ?? 0);
    expect((one?.width ?? 0) / (four?.width ?? 1)).toBeCloseTo(2, 0);
    // The parent lies above its children.
    expect((zero?.y ?? 0) + (zero?.height ?? 0)).toBeCloseTo(four?.y ?? 0, 0);
    await eventually(() => option(1).getAttribute('aria-label')).toMatch(
      /^Shard 1 \d+\/s, live, hash keys 25\.0 – 50\.0 %, \d+ % of what it takes$/,
    );
    expect(await option(0).getAttribute('aria-label')).toBe(
      'Shard 0, closed, hash keys 0.0 – 25.0 %, became 4 and 5',
    );
  });

  it('shows a split at once: the children below, and that they wait for the end of their parent', async () => {
    await open();

    await page.evaluate(() => streamPage.split(3, [6, 7]));

    await option(7).waitFor();
    const [parent, child] = await Promise.all([option(3).boundingBox(), option(7).boundingBox()]);
    expect((parent?.y ?? 0) + (parent?.height ?? 0)).toBeCloseTo(child?.y ?? 0, 0);
    expect(await view.text('.shard-news')).toMatch(
      /^Split of 3 into 6 and 7 at \d\d:\d\d:\d\d, read after the end of 3$/,
    );
    expect(await view.text('.shard-about')).toContain('6 open');

    await page.evaluate(() => streamPage.merge([1, 2], 8));
    await option(8).waitFor();
    expect(await view.text('.shard-news')).toMatch(/^Merge of 1 and 2 into 8 at/);
  });

  it('hatches throttled reads', async () => {
    await open();
    await page.evaluate(() => streamPage.throttle(2));

    await eventually(() => option(2).locator('.map-throttled').count()).toBe(1);
    expect(await option(2).getAttribute('aria-label')).toContain('throttled');
    expect(await find('.map-throttled').count()).toBe(1);
  });

  it('is walked with the arrows, and Enter filters: with Shift by the ancestors too', async () => {
    await open();
    await find('.map-shards').focus();

    await page.keyboard.press('ArrowRight');
    const first = await find('.map-shards').getAttribute('aria-activedescendant');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    const last = await find('.map-shards').getAttribute('aria-activedescendant');

    expect(await find(`#${first}`).getAttribute('aria-selected')).toBe('false');
    expect(await find(`#${last}`).getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('Home');
    await option(4).click();
    expect(await filter()).toBe('shard:4');
    await page.keyboard.press('Shift+Enter');
    await eventually(filter).toBe('shard:4|0');
    await page.keyboard.press('Shift+Enter');
    await eventually(filter).toBe('');
  });

  it('shows where the hottest keys lie, each of them a filter', async () => {
    await open();
    await page.evaluate(() => {
      streamPage.feed(1, 300, 5, 'u17');
      streamPage.feed(4, 100, 5, 'u88');
    });

    await eventually(() => find('.map-tick').count()).toBe(2);
    expect(await view.text('.shard-hot')).toMatch(/u17\s+75 %\s+u88\s+25 %/);
    await find('.shard-hot button').first().click();
    await eventually(filter).toBe('key:u17');
  });

  it('names shards that are not read, and who reads how many', async () => {
    await open();

    await page.evaluate(() => {
      for (const number of [0, 1, 2, 3, 5]) streamPage.change(number, { status: 'skipped' });
    });

    await eventually(() => view.text('.shard-news')).toContain('Reads 1 of 6 shards');
    expect(await option(3).getAttribute('aria-label')).toContain('not read');
  });
});

describe('the table', () => {
  it('has every figure of every shard', async () => {
    await open();
    await page.evaluate(() => {
      streamPage.feed(2, 5_000, 5);
      streamPage.change(2, { lastSequenceNumber: '49590000000000000000008898' });
      streamPage.change(3, { status: 'failed', error: 'AccessDenied: no' });
      streamPage.change(5, { loss: 'records 1 to 7 were trimmed' });
    });

    await page.getByRole('button', { name: 'table', exact: true }).click();

    const rows = await find('.shard-table tbody tr').allInnerTexts();
    expect(rows).toHaveLength(8);
    expect(rows.find((row) => row.includes('closed'))).toMatch(
      /closed\s+0\.0 – 25\.0 %\s+–\s+4, 5/,
    );
    await eventually(() => find('.shard-table tbody tr').nth(2).innerText()).toMatch(
      /live\s+50\.0 – 75\.0 %\s+–\s+–\s+[\d,.]+\s+[\d,.]+ kB\s+\d+ %.*4959…8898/s,
    );
    expect(rows.join()).toContain('⚠ 3: AccessDenied: no');
    expect(rows.join()).toContain('✕ 5: records 1 to 7 were trimmed');
    await find('.shard-choose').nth(2).click();
    expect(await view.text('.shard-strip')).toContain('50.0 – 75.0 %');
  });
});

describe('a key', () => {
  it('is explained: MD5, shard, ancestors', async () => {
    await open();

    await find('.key-input').fill('alice');

    await eventually(() => view.text('.key-explainer')).toMatch(
      /alice → MD5 6384e2b2184bcbf58eccf10ca7a6563c → .*1\s+25\.0 – 50\.0 %/s,
    );
    expect(await find('.map-key').count()).toBe(1);
    await page.getByRole('button', { name: 'Filter key' }).click();
    await eventually(filter).toBe('key:alice');
  });
});

describe('splitting and merging', () => {
  it('is asked for by the chosen shard, and what is refused says why', async () => {
    await open();
    await option(4).click();
    const acts = find('.shard-acts');

    await acts.getByText('Merge with 5').click();
    await eventually(() => view.text('.shard-side')).toContain('Merge 4 and 5: done');
    await page.evaluate(() => streamPage.refuse());
    await acts.getByText('Split', { exact: true }).click();

    await eventually(() => view.text('.shard-news[data-problem]')).toBe(
      '⚠ Split 4: refused. LimitExceededException: too many shards',
    );
    expect(await page.evaluate(() => streamPage.asked())).toEqual([
      'merge shardId-000000000004,shardId-000000000005',
      'split shardId-000000000004',
    ]);
  });
});

describe('everybody', () => {
  it.each([
    { size: 'wide', scheme: 'light' },
    { size: 'narrow', scheme: 'dark' },
  ] as const)('can use the shards: $size, $scheme', async ({ scheme, size }) => {
    await open(size, scheme);
    await page.evaluate(() => {
      streamPage.feed(1, 1_000, 60);
      streamPage.throttle(1);
      streamPage.split(3, [6, 7]);
    });
    if (size === 'narrow') await find('.tabs [data-name=shards]').click();
    await option(1).click();
    await find('.key-input').fill('u17');
    await page.evaluate(await readFile(AXE, 'utf8'));

    const map = await violations();
    await page.getByRole('button', { name: 'table', exact: true }).click();
    const table = await violations();

    expect(map).toEqual([]);
    expect(table).toEqual([]);
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
    ).toBeLessThanOrEqual(0);
  });
});

async function violations(): Promise<string[]> {
  const results = await page.evaluate(() => axe.run() as Promise<AxeResults>);
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.flat().join(' ')} ${node.failureSummary}`),
  );
}
