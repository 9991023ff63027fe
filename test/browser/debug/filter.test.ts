import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { eventually, useDebugView } from '../../helpers/debug-view.ts';
import type { ShardReads } from '../pages/debug-filter-page.ts';

declare global {
  var shardReads: ShardReads;
}

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const view = useDebugView('debug-filter-page.ts');
const { text } = view;
let page: Page;

const field = () => page.locator('rivulet-debug .filter');
const value = () => field().inputValue();
const options = () => page.locator('rivulet-debug .filter-list li > :first-child').allInnerTexts();
const notes = () => text('.filter-notes');

/** 60 records and one order, of which this page's lane has 15 and the order. */
async function open(...which: Parameters<typeof view.open>): Promise<void> {
  page = await view.open(...which);
  await page.evaluate(() => {
    debugPage.feed(60);
    debugPage.feedOwn();
  });
  await eventually(() => page.locator('rivulet-debug .row').count()).toBeGreaterThan(5);
}

async function type(filter: string): Promise<void> {
  await field().click();
  await page.keyboard.type(filter);
}

describe('the filter', () => {
  it('is gone to, typed, left and cleared by the keyboard', async () => {
    await open();
    await page.locator('rivulet-debug .grid').focus();

    await page.keyboard.press('/');
    await page.keyboard.type('type:track -event:"Product Added"');
    await eventually(() => text('.scanned')).toBe('scanned 61 · shown 13');
    await page.keyboard.press('Escape');
    const focused = await page.evaluate(() => debugPage.view.shadowRoot?.activeElement?.className);
    await page.keyboard.press('x');

    expect(focused).toBe('grid');
    await eventually(() => text('.scanned')).toBe('61 rows');
    expect(await value()).toBe('');
  });

  it('marks what narrows the read, what is hidden, and what is wrong', async () => {
    await open();

    await type('key:u17 -type:page /(/ order');

    const marks = page.locator('rivulet-debug .filter-ink [data-mark]');
    await eventually(() => marks.allInnerTexts()).toEqual(['key:u17', '-type:page', '/(/']);
    expect(await marks.evaluateAll((all) => all.map((mark) => mark.dataset.mark))).toEqual([
      'narrow',
      'negated',
      'problem',
    ]);
    expect(await page.locator('rivulet-debug .filter-ink').evaluate((ink) => ink.textContent)).toBe(
      await value(),
    );
  });

  it('says in words what is wrong with it, and looks for the text', async () => {
    await open();

    await type('size>big ');

    await eventually(notes).toContain('size: expected a size such as 900 or 10kB, got "size>big"');
    expect(await text('.scanned')).toBe('scanned 61 · shown 0');
  });

  it('says what hides the rows, and takes it away with one press', async () => {
    await open();

    await type('type:pageview key:client-of-k3f9aL0qXw ');
    await eventually(notes).toContain('0 of 61. Without type:pageview 16 would show.');
    await page.getByRole('button', { name: 'Remove type:pageview' }).click();

    await eventually(value).toBe('key:client-of-k3f9aL0qXw');
    await eventually(() => text('.scanned')).toBe('scanned 61 · shown 16');
    expect(await notes()).not.toContain('Without');
  });

  it('offers fields and values that rows have, and takes them by arrow and Enter', async () => {
    await open();

    await type('orde');
    await eventually(options).toEqual(['event:"Order Completed"']);
    await page.keyboard.press('ArrowDown');
    const chosen = await field().getAttribute('aria-activedescendant');
    const isSelected = await page.locator(`rivulet-debug #${chosen}`).getAttribute('aria-selected');
    await page.keyboard.press('Enter');

    expect(isSelected).toBe('true');
    await eventually(value).toBe('event:"Order Completed" ');
    await eventually(() => text('.scanned')).toBe('scanned 61 · shown 1');
    await page.keyboard.type('is:mi');
    await eventually(options).toEqual(['is:mine']);
    await page.locator('rivulet-debug .filter-list li').click();
    await eventually(value).toBe('event:"Order Completed" is:mine ');
    expect(await page.locator('rivulet-debug .filter:focus').count()).toBe(1);
  });

  it('goes back to filters of before, and on again', async () => {
    await open();
    for (const filter of ['type:page', 'type:track']) {
      await field().fill(filter);
      await field().press('Enter');
    }
    await field().fill('typ');
    await eventually(options).toContain('type:');

    await field().press('ArrowUp');
    const last = await value();
    await field().press('ArrowUp');
    const first = await value();
    await field().press('ArrowDown');
    await field().press('ArrowDown');

    expect([last, first]).toEqual(['type:track', 'type:page']);
    expect(await value()).toBe('typ');
  });

  it('has names for what is asked often', async () => {
    await open();
    const chip = (name: string) => page.getByRole('button', { name, exact: true });
    await page.evaluate(() => debugPage.feedTrouble());

    await chip('problems').click();
    await eventually(value).toBe('is:problem');
    await eventually(() => text('.scanned')).toMatch(/^scanned 67 · shown 5$/);
    await chip('problems').click();
    await chip('orders').click();
    await eventually(() => text('.scanned')).toMatch(/ shown 1$/);
    await chip('mine').click();

    await eventually(value).toBe('event:"Order Completed" is:mine');
    expect(await chip('orders').getAttribute('aria-pressed')).toBe('true');
    expect(await chip('problems').getAttribute('aria-pressed')).toBe('false');
    await eventually(() => text('.scanned')).toMatch(/ shown 1$/);
  });

  it('on a phone has its names under a button', async () => {
    await open('narrow');
    const mine = page.getByRole('button', { name: 'mine', exact: true });
    const isShown = await mine.isVisible();

    await page.getByRole('button', { name: 'Named filters; 61 rows shown' }).click();
    await mine.click();

    expect(isShown).toBe(false);
    await eventually(() => text('.filter-more')).toBe('≡ 16');
  });
});

describe('code in the filter', () => {
  const write = async (code: string): Promise<void> => {
    await type('type:track fn:');
    await page.locator('rivulet-debug .filter-code textarea:focus').waitFor();
    await page.keyboard.type(code);
    await page.keyboard.press('Control+Enter');
  };

  it('is written in an editor, and shows what it is true of', async () => {
    await open();

    await write('(event) => event.properties.price > 40 && event.rivulet.seq % 2 === 0');

    await eventually(() => text('.scanned')).toMatch(/^scanned 61 · shown 5$/);
    expect(await value()).toContain('type:track fn:(event) => ');
    expect(await page.locator('rivulet-debug .filter-code').count()).toBe(0);
    expect(page.workers()).toHaveLength(1);
    await page.getByRole('button', { name: 'Clear the filter' }).click();
    await eventually(() => page.workers().length).toBe(0);
  });

  it('is ended when it does not come back, and the page goes on', async () => {
    await open();

    await write('(() => { for (;;); })()');

    await eventually(notes).toContain('fn: expected an answer within 400 ms a record, got none');
    await page.keyboard.press('Escape');
    await page.keyboard.press('x');
    await eventually(() => text('.scanned')).toBe('61 rows');
  });

  it('that is no JavaScript is said to be none', async () => {
    await open();

    await write('event.');

    await eventually(notes).toContain('fn: expected JavaScript, got SyntaxError');
  });

  it('waits for somebody to look at it when the page brings it', async () => {
    await open();

    await page.evaluate(() => {
      debugPage.view.filters = [{ name: 'sly', filter: 'fn:globalThis.ran = true' }];
    });
    await page.getByRole('button', { name: 'sly' }).click();

    await eventually(notes).toContain('fn: expected Run to be pressed in its editor');
    await eventually(() => text('.scanned')).toBe('scanned 61 · shown 61');
  });

  it('is off where the page’s policy has no place for it, and says so', async () => {
    await open();
    await page.route('**/*', async (route) => {
      const response = await route.fetch();
      const policy = "script-src 'self'; worker-src 'self'";
      const headers = { ...response.headers(), 'content-security-policy': policy };
      await route.fulfill({ response, headers });
    });
    await page.reload();
    await page.waitForFunction(() => globalThis.debugPage?.view.hasUpdated);
    await page.evaluate(() => debugPage.feed(20));

    await write('true');

    await eventually(notes).toContain('code is off here');
  });
});

describe('a filter that is about a part of the stream', () => {
  it('reads only that part, and all of it again', async () => {
    await open();
    await page.evaluate(() => shardReads.readShards());
    await eventually(() => text('.shards')).toContain('4 open');

    await type('key:u17 ');
    await eventually(notes).toContain('Underlined: needs 1 of 4 shards.');
    await page.getByRole('button', { name: 'Read only that' }).click();
    await eventually(notes).toContain('Reads 1 of 4 shards.');
    await page.evaluate(() => shardReads.takeReads());
    await eventually(() => page.evaluate(() => shardReads.takeReads())).toHaveLength(1);
    expect(await value()).toBe('key:u17 ');
    await page.locator('rivulet-debug .filter-notes').getByText('Read all').click();

    await eventually(notes).toContain('Underlined: needs 1 of 4 shards.');
    await eventually(() => page.evaluate(() => shardReads.takeReads())).toHaveLength(4);
  });
});

describe('everybody', () => {
  it.each([
    ['wide', 'light'],
    ['narrow', 'dark'],
  ] as const)('can use it: %s, %s', async (size, scheme) => {
    await open(size, scheme);
    await page.evaluate(await readFile(AXE, 'utf8'));

    await type('type:pageview -key:u17 size>big ');
    await eventually(notes).toContain('looked for as text');
    await page.keyboard.type('cl');
    await eventually(options).toContain('client:');
    const listed = await violations();
    await field().fill('fn:');
    await page.locator('rivulet-debug .filter-code textarea:focus').waitFor();
    const edited = await violations();

    expect(listed).toEqual([]);
    expect(edited).toEqual([]);
    const width = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(width).toBeLessThanOrEqual(0);
  });
});

async function violations(): Promise<string[]> {
  const results = await page.evaluate(
    () =>
      axe.run({
        include: { fromShadowDom: ['rivulet-debug', '.filter-bar'] },
      }) as Promise<AxeResults>,
  );
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.flat().join(' ')} ${node.failureSummary}`),
  );
}
