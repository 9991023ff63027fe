import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { eventually, useDebugView } from '../../helpers/debug-view.ts';
import { violationsIn } from '../../helpers/violations.ts';

// What a careful page allows, and nothing more; styles are the test page's own.
const view = useDebugView(
  'debug-chart-page.ts',
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; style-src 'unsafe-inline'; img-src data:",
);
const { text } = view;
let page: Page;

async function open(...which: Parameters<typeof view.open>): Promise<void> {
  page = await view.open(...which);
  await page.evaluate(() => debugPage.feed(500));
  await eventually(() => text('.filter-bar')).toContain('500');
}

const button = (name: string) =>
  page.locator('rivulet-debug .drawer').getByRole('button', { name, exact: true });
const status = () => text('.sql-answer [role="status"]');

async function openSql(): Promise<void> {
  await page.locator('rivulet-debug .grid').focus();
  await page.keyboard.press('s');
  await page.waitForSelector('rivulet-debug .sql-text:focus');
}

async function ask(sql: string): Promise<void> {
  await page.locator('rivulet-debug .sql-text').fill(sql);
  await page.keyboard.press('Control+Enter');
}

describe('SQL over the window', () => {
  it('comes with the first query, and answers it under a policy that allows no evaluation', async () => {
    await open();
    const loaded = () =>
      page.evaluate(
        () =>
          performance.getEntriesByType('resource').filter(({ name }) => /sql-worker/.test(name))
            .length,
      );
    await openSql();
    const before = await loaded();

    await ask('SELECT type, count(*) AS n FROM records GROUP BY 1 ORDER BY 2 DESC, 1');

    await eventually(status).toMatch(/^4 rows · .* · of 500 records$/);
    expect(before).toBe(0);
    expect(await loaded()).toBeGreaterThan(0);
    expect(await page.locator('rivulet-debug .sql-rows tbody tr').allInnerTexts()).toEqual([
      'track\t200',
      'identify\t100',
      'metric\t100',
      'page\t100',
    ]);
  });

  it('reads the event as JSON, takes in what arrived since, and changes nothing', async () => {
    await open();
    await openSql();
    await ask("SELECT sum(event ->> '$.properties.price' > 49) AS n FROM records");
    await eventually(() => text('.sql-rows td')).toBe('100');

    await page.evaluate(() => debugPage.feed(500));
    await eventually(() => text('.filter-bar')).toContain('1,000 rows');
    await page.keyboard.press('Control+Enter');

    await eventually(() => text('.sql-rows td')).toBe('200');
    await ask('DELETE FROM records');
    await eventually(status).toContain('attempt to write a readonly database');
  });

  it('says what is wrong with a query', async () => {
    await open();
    await openSql();

    await ask('SELECT * FORM records');

    await eventually(status).toBe('✕ near "FORM": syntax error');
  });

  it('ends a query that does not end when it is told to, and goes on with the next', async () => {
    await open();
    await openSql();
    await ask(
      'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT sum(i) FROM n',
    );
    await eventually(status).toBe('Running …');

    await button('Stop').click();

    await eventually(status).toBe('✕ Stopped');
    await page.waitForSelector('rivulet-debug .sql-run:focus');
    await ask('SELECT count(*) AS n FROM records');
    await eventually(() => text('.sql-rows td')).toBe('500');
  });

  it('shows a page of the rows in the order that a person chooses, and copies all of them', async () => {
    await open();
    await openSql();
    await ask('SELECT id, type FROM records');
    await eventually(() => text('.sql-pages')).toContain('1–100 of 500');

    await button('id').click();
    await button('id').click();
    await eventually(() => text('.sql-rows tbody tr:first-child')).toContain('499');
    await button('Next').click();
    await eventually(() => text('.sql-pages')).toContain('101–200 of 500');
    expect(await text('.sql-rows tbody tr:first-child')).toContain('399');

    await button('Copy CSV').click();
    const lines = (await page.evaluate(() => chartPage.copied())).split('\r\n');
    expect(lines).toHaveLength(502);
    expect(lines.slice(0, 2)).toEqual(['id,type', '0,page']);
  });

  it('draws a result as bars and as lines, which arrows read out', async () => {
    await open();
    await openSql();
    await button('Events by type').click();
    await eventually(status).toContain('rows');

    await button('Bars').click();
    await eventually(() => page.locator('rivulet-debug .bars tr').count()).toBe(5);
    await button('Line').click();
    const lines = page.locator('rivulet-debug .lines figure');
    await lines.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');

    await eventually(() => lines.getAttribute('aria-valuetext')).toMatch(
      / · records 100 · latency ms 480/,
    );
    expect(await page.locator('rivulet-debug .lines svg').count()).toBe(2);
  });

  it('says what a page has to allow where SQLite cannot run', async () => {
    page = await view.open();
    await page.route(/sql-worker.*\.js/, async (route) => {
      const response = await route.fetch();
      await route.fulfill({
        response,
        headers: { ...response.headers(), 'content-security-policy': "script-src 'self'" },
      });
    });
    await page.evaluate(() => debugPage.feed(5));
    await openSql();

    await ask('SELECT 1');

    await eventually(status).toContain("script-src 'wasm-unsafe-eval'");
  });
});

describe('the drawer', () => {
  it('gives the focus back where it was, at Escape', async () => {
    await open();
    await openSql();

    await page.keyboard.press('Escape');

    await eventually(() => page.locator('rivulet-debug .drawer').count()).toBe(0);
    await page.waitForSelector('rivulet-debug .grid:focus');
  });

  it('has the figures of what the table shows, live', async () => {
    await open();
    await page.locator('rivulet-debug .chart').getByRole('button', { name: 'Metrics' }).click();
    const records = () => text('.metrics-tiles dd >> nth=0');
    await eventually(records).toBe('500');
    expect(await text('.metrics-readings tbody')).toMatch(/^LCP\t100\t.*✓ good$/);

    await page.evaluate(() => debugPage.feed(500));
    await eventually(records).toBe('1,000');
    await button('shard').click();
    await eventually(() => page.locator('rivulet-debug .metrics-groups tbody tr').count()).toBe(5);
    await page.evaluate(() => {
      const input = debugPage.view.renderRoot.querySelector<HTMLInputElement>('.filter-bar input');
      if (input) input.value = 'type:page';
      input?.dispatchEvent(new Event('input', { bubbles: true }));
    });

    await eventually(records).toBe('200');
  });

  it.each([
    ['wide', 'light', 'Bars', 'Line'],
    ['narrow', 'dark', 'Table', 'Metrics'],
  ] as const)('can be used by everybody: %s, %s: %s, %s', async (size, scheme, ...shapes) => {
    await open(size, scheme);
    await openSql();
    await button('Events by type').click();
    await eventually(status).toContain('rows');

    for (const shape of shapes) {
      await button(shape).click();
      if (shape === 'Metrics') await page.waitForSelector('rivulet-debug .metrics-tiles');
      expect(await violationsIn(page, '.drawer')).toEqual([]);
      const isTooWide = await page
        .locator('rivulet-debug .drawer .body')
        .evaluate(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth);
      // A table of any query's columns may scroll sideways; what the view draws of its own never does.
      expect(isTooWide && shape !== 'Table').toBe(false);
    }
  });
});
