import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { eventually, useDebugView } from '../../helpers/debug-view.ts';
import { violationsIn } from '../../helpers/violations.ts';
import type { ChartPage } from '../pages/debug-chart-page.ts';

declare global {
  var chartPage: ChartPage;
}

const view = useDebugView('debug-chart-page.ts');
const { text } = view;
let page: Page;

async function open(...which: Parameters<typeof view.open>): Promise<void> {
  page = await view.open(...which);
  await page.evaluate(() => debugPage.feedHistory(1_500));
  await eventually(() => text('.chart-words')).toMatch(/ in 5 min|peak/);
  await eventually(() => page.locator('rivulet-debug .chart-plot path').count()).toBe(6);
}

const plot = () => page.locator('rivulet-debug .chart-plot');

/** What a screen reader says of the plot. */
const spoken = () => plot().getAttribute('aria-valuetext');

/** The plot, with what reads it out already there. */
async function focusPlot(): Promise<void> {
  await plot().focus();
  await page.waitForSelector('rivulet-debug .chart-rows', { state: 'attached' });
}

/** Records that the table of records shows. */
const shown = async (): Promise<number> =>
  Number(/shown ([\d,]+)/.exec(await text('.filter-bar'))?.[1]?.replace(',', ''));

describe('the chart of rates', () => {
  it('reads out a second at the arrows, and gives nothing away at Escape', async () => {
    await open();
    await focusPlot();
    const quiet = await spoken();

    await page.keyboard.press('ArrowLeft');
    await eventually(spoken).toMatch(/^\d\d:\d\d:\d\d · [\d,]+ records/);
    const last = await spoken();
    await page.keyboard.press('PageDown');
    await page.keyboard.press('ArrowLeft');
    await eventually(spoken).toMatch(/ · [1-9] records · shard \d: \d/);

    expect(await spoken()).not.toBe(last);
    expect(await plot().getAttribute('aria-valuenow')).not.toBe('299');
    await page.keyboard.press('Escape');
    await eventually(spoken).toMatch(/\/s now/);
    expect(quiet).toMatch(/\/s now/);
  });

  it('makes a range of it the filter’s at Enter', async () => {
    await open();
    await focusPlot();

    await page.keyboard.press('PageDown');
    await page.keyboard.press('PageDown');
    await page.keyboard.press('Shift+PageDown');
    await page.keyboard.press('Shift+ArrowLeft');
    await eventually(spoken).toMatch(/^\S+ – \S+ · [\d,]+ records · .* · Enter filters$/);
    const selected = Number(/ ([\d,]+) records/.exec((await spoken()) ?? '')?.[1]);
    await page.keyboard.press('Enter');

    await eventually(shown).toBeGreaterThan(0);
    // A record that is read in one second arrived in that or in the one before.
    expect(Math.abs((await shown()) - selected)).toBeLessThan(30);
    expect(await page.locator('rivulet-debug .chart-range').count()).toBe(0);
  });

  it('takes the range that a pointer draws, in place of the one before', async () => {
    await open();
    await page.locator('rivulet-debug .chart-plot').hover();
    await page.waitForSelector('rivulet-debug .chart-rows', { state: 'attached' });
    const box = await plot().boundingBox();
    const drag = async (from: number, to: number): Promise<void> => {
      const at = (part: number) => (box?.x ?? 0) + (box?.width ?? 0) * part;
      const y = (box?.y ?? 0) + 20;
      await page.mouse.move(at(from), y);
      await page.mouse.down();
      await page.mouse.move(at(to), y, { steps: 4 });
      await page.mouse.up();
    };

    await drag(0.5, 0.9);
    await eventually(shown).toBeGreaterThan(0);
    const many = await shown();
    await drag(0.8, 0.7);
    await eventually(shown).toBeLessThan(many);

    const filter = await page.evaluate(
      () => debugPage.view.renderRoot.querySelector<HTMLInputElement>('.filter-bar input')?.value,
    );
    expect(filter?.match(/after:/g)).toHaveLength(1);
    expect(filter?.match(/before:/g)).toHaveLength(1);
  });

  it('hatches the seconds in which reads were throttled, and says so', async () => {
    await open();
    await page.evaluate(() => chartPage.throttle(3));

    await eventually(() => text('.chart-legend')).toContain('throttled');
    expect(await page.locator('rivulet-debug .chart-plot .chart-throttled').count()).toBe(1);
    await focusPlot();
    await page.keyboard.press('End');
    await page.keyboard.press('Shift+PageDown');
    await eventually(spoken).toContain('3 reads throttled');
  });

  it('is a table of 25 rows too, which stands still while it is read', async () => {
    await open();
    await focusPlot();
    const first = () => text('.chart-rows tbody tr:first-child th');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');

    await page.keyboard.press('Enter');
    await eventually(() => text('.chart-rows [role="status"]')).toBe('Page 2 of 12');
    const read = await first();
    // A second passes, which would move the rows.
    await page.waitForFunction(
      (from) => Date.now() - from > 1_100,
      await page.evaluate(() => Date.now()),
    );

    expect(await first()).toBe(read);
    expect(await page.locator('rivulet-debug .chart-rows tbody tr').count()).toBe(25);
    expect(await plot().getAttribute('aria-details')).toBe('chart-rows');
  });

  it('takes the system’s own colours where those are asked for', async () => {
    await open();
    const [, first] = await page.locator('rivulet-debug .chart-plot path').all();
    const fill = () => first?.evaluate((path) => getComputedStyle(path).fill);
    const coloured = await fill();

    await page.emulateMedia({ forcedColors: 'active' });

    await eventually(fill).toBe('rgb(0, 0, 0)');
    expect(coloured).not.toBe('rgb(0, 0, 0)');
  });

  it.each([
    ['wide', 'light'],
    ['narrow', 'dark'],
  ] as const)('can be used by everybody: %s, %s', async (size, scheme) => {
    await open(size, scheme);
    await focusPlot();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Shift+ArrowLeft');
    await eventually(spoken).toContain('Enter filters');

    expect(await violationsIn(page, '.chart')).toEqual([]);
    await page.keyboard.press('Tab');
    expect(await violationsIn(page, '.chart')).toEqual([]);
  });
});
