import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { eventually, useDebugView } from '../../helpers/debug-view.ts';
import type { DebugDetailPage } from '../pages/debug-detail-page.ts';

declare global {
  var detailPage: DebugDetailPage;
  var axe: typeof import('axe-core');
  var copied: string[];
  var taskLengths: number[];
  var giveLarge: () => void;
}

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const MEBIBYTE = 1024 * 1024;

const view = useDebugView('debug-detail-page.ts');
const { text } = view;
let page: Page;

const inView = (selector: string) => page.locator(`rivulet-debug ${selector}`);
const filterText = () => inView('.filter').inputValue();

async function open(...which: Parameters<typeof view.open>): Promise<void> {
  page = await view.open(...which);
}

/** Opens the newest row, which says this. */
async function openNewest(name: string | RegExp): Promise<void> {
  await eventually(() => inView('.rows').innerText()).toMatch(name);
  await inView('.grid').focus();
  await page.keyboard.press('Enter');
  await inView('.detail .body').waitFor();
}

const showTab = (name: string) => page.getByRole('tab', { name }).click();

const valueButton = (value: string) => inView('.detail-value').filter({ hasText: value });

describe('the event', () => {
  it('is told in words, and every value is a filter, by pointer and by key', async () => {
    await open();
    await page.evaluate(() => detailPage.feedRich());
    await openNewest('Order Completed');

    expect(await text('.detail .body')).toContain('12345678901234567890');
    await valueButton('k-18').click();
    expect(await filterText()).toBe('properties.items.1.sku:k-18');
    await valueButton('ada@example.com').click({ modifiers: ['Alt'] });
    expect(await filterText()).toBe('properties.items.1.sku:k-18 -user:ada@example.com');
    await valueButton('129.5').focus();
    await page.keyboard.press('F');
    expect(await filterText()).toContain('-properties.total:129.5');
    await valueButton('true').focus();
    await page.keyboard.press('f');
    expect(await filterText()).toMatch(/ properties\.isFirst:true$/);
  });

  it('reads JSON inside a text in place, and makes paths columns', async () => {
    await open();
    await page.evaluate(() => detailPage.feedRich());
    await openNewest('Order Completed');
    const inner = inView('.detail-lines > div').filter({ hasText: 'payload.voucher' });
    const column = page.getByRole('button', { name: 'Column properties.total', exact: true });

    await column.click();

    expect(await inner.innerText()).toMatch(/SPRING\s+in JSON text/);
    expect(await inner.getByRole('button').count()).toBe(0);
    expect(await column.getAttribute('aria-pressed')).toBe('true');
    await eventually(() => text('.grid')).toContain('total');
    await column.click();
    expect(await column.getAttribute('aria-pressed')).toBe('false');
  });

  it('says what the tracking plan has against it, and where', async () => {
    await open();
    await page.evaluate(() => {
      debugPage.view.plan = () => [{ path: 'properties.total', message: 'expected an integer' }];
      detailPage.feedRich();
    });

    await openNewest('Order Completed');

    expect(await text('.detail-problems')).toBe('⚠ properties.total: expected an integer');
    expect(await text('.detail-lines [data-problem]')).toMatch(/total\s+129\.5.*an integer/s);
  });
});

describe('the JSON', () => {
  it('is a tree for the keyboard, with numbers as they were written', async () => {
    await open();
    await page.evaluate(() => detailPage.feedRich());
    await openNewest('Order Completed');
    await showTab('JSON');
    const focused = () =>
      page.evaluate(() => (debugPage.view.renderRoot as ShadowRoot).activeElement?.textContent);
    const node = (name: string) => page.getByRole('treeitem').filter({ hasText: name }).first();

    await node('properties').focus();
    await page.keyboard.press('ArrowRight');

    expect(await focused()).toContain('orderId: 12345678901234567890');
    await page.keyboard.press('ArrowLeft');
    expect(await focused()).toContain('properties');
    await page.keyboard.press('ArrowLeft');
    expect(await node('properties').getAttribute('aria-expanded')).toBe('false');
    expect(await text('.tree')).not.toContain('orderId');
    expect(await focused()).toMatch(/properties: \{ 5 fields \}/);
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    expect(await filterText()).toBe('type:track');
  });

  it('is copied with a key, from wherever the focus is', async () => {
    await open();
    await page.evaluate(() => {
      globalThis.copied = [];
      const writeText = async (text: string) => void copied.push(text);
      Object.defineProperty(navigator, 'clipboard', { value: { writeText } });
      detailPage.feedRich();
    });
    await openNewest('Order Completed');

    await page.keyboard.press('c');
    await page.keyboard.press('j');

    await eventually(() => page.evaluate(() => copied.length)).toBe(1);
    const [json = ''] = await page.evaluate(() => copied);
    expect(json).toContain('"orderId": 12345678901234567890');
    expect(JSON.parse(json)).toMatchObject({ event: 'Order Completed' });
  });
});

describe('a record of 10 MiB', () => {
  it('is a row at once, opens at once, and is shown page by page, in short tasks', async () => {
    await open();
    await page.evaluate((bytes) => {
      globalThis.giveLarge = detailPage.makeLarge(bytes);
    }, 10 * MEBIBYTE);
    await page.evaluate(() => {
      globalThis.taskLengths = [];
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) taskLengths.push(duration);
      }).observe({ type: 'longtask' });
    });

    await page.evaluate(() => giveLarge());
    await openNewest('not an event of ours');
    await eventually(() => text('.detail .body')).toContain('More than 328 kB');
    await page.getByRole('button', { name: 'page by page' }).click();
    const first = await text('.detail-bytes');
    await page.getByRole('button', { name: 'Last page' }).click();

    expect(first).toMatch(/^\{"list":\[\{"id":17/);
    await eventually(() => text('.detail-bytes')).toMatch(/x"\}/);
    expect(await text('.detail .body [role="status"]')).toContain('of 10,485,760');
    // 50 ms is the aim on a machine of its own; parsed in one piece, it alone takes several times as long.
    expect(Math.max(0, ...(await page.evaluate(() => taskLengths)))).toBeLessThan(250);
  });
});

describe('the anatomy', () => {
  it('of an aggregate: what it saves, its keys and records, each of which can be opened', async () => {
    await open();
    await page.evaluate(() => detailPage.feedAggregate());
    await openNewest('Step 12');
    await showTab('Anatomy');

    const body = await text('.detail .body');
    expect(body).toMatch(/Its own key\s+outer-key/);
    expect(body).toMatch(/PUT units\s+1 in place of 12/);
    expect(body).toContain('→ Taken for 12 records');
    expect(body).toContain('✓ No: what it holds belongs to the shard.');
    await page.getByRole('button', { name: 'Open record 3', exact: true }).click();
    await eventually(() => text('.detail h3')).toBe('Step 3');
  });

  it('says that the KCL would drop it, and by which key', async () => {
    await open();
    await page.evaluate(() => detailPage.feedAggregate(true));
    await openNewest('Step 12');
    await showTab('Anatomy');

    expect(await text('.detail-kcl')).toContain('✕ Yes, all of it');
    expect(await inView('.detail-table').first().innerText()).toContain('✕ no');
  });

  it('says why data was taken as it is', async () => {
    await open();
    await page.evaluate(() => detailPage.feedBroken());
    await openNewest('data');
    await showTab('Anatomy');

    expect(await text('.detail-trail')).toMatch(/✓ KPL magic: yes.*✕ MD5: no, it says/s);
    expect(await text('.detail-trail')).toContain('→ Shown as a plain record');
  });
});

describe('the journey', () => {
  it('has the clock of the relay as the client measured it, and the receipt', async () => {
    await open();
    await page.evaluate(() => {
      debugPage.client.setStats({ clockOffsetMs: -400 });
      debugPage.feedOwn();
    });
    await openNewest('Order Completed');
    await showTab('Journey');

    await eventually(() => text('.journey')).toContain('offset −400 ms');
    expect(await text('.journey')).toMatch(/Receipt.*shard 6 · …\d{6}/s);
  });
});

describe('other rows', () => {
  it('are compared path by path: the marked one, or else the one before of the same name', async () => {
    await open();
    await page.evaluate(() => detailPage.feedSteps());
    await openNewest('dT7-k·13');

    await page.keyboard.press('d');
    await eventually(() => text('.detail .body')).toMatch(/3 differences\s+before dT7-k·12/);
    await page.keyboard.press('Escape');
    await page.keyboard.press('p');
    await page.keyboard.press('p');
    await page.keyboard.press('m');
    await page.keyboard.press('n');
    await page.keyboard.press('d');

    await eventually(() => text('.detail .body')).toMatch(/No difference\s+marked dT7-k·11/);
    await page.keyboard.press('n');
    await eventually(() => text('.detail-diff')).toMatch(/±\s+properties\.price.*49\.9.*59\.9/s);
    expect(await text('.detail-diff')).toMatch(/\+\s+properties\.size.*−\s+properties\.colour/s);
  });

  it('of the same lane and of the same key are one key away', async () => {
    await open();
    await page.evaluate(() => {
      debugPage.feed(8);
      detailPage.feedSteps();
    });
    await openNewest('dT7-k·13');
    const place = () => text('.detail .aside');

    await page.keyboard.press('p');
    await eventually(place).toContain('dT7-k·12');
    await page.keyboard.press('[');
    await eventually(place).toContain('dT7-k·11');
    await page.keyboard.press(']');
    await eventually(place).toContain('dT7-k·12');
    await page.getByRole('button', { name: 'Next of this lane' }).click();
    await eventually(place).toContain('dT7-k·13');
    await page.keyboard.press('n');
    await eventually(() => text('.toast')).toContain('No later row of this lane');
  });

  it('that are no records say what happened, why, and what now', async () => {
    await open();
    await page.evaluate(() => {
      debugPage.feed(40);
      debugPage.feedTrouble();
    });
    await eventually(() => inView('[data-tone="gap"]').count()).toBeGreaterThan(0);

    await inView('[data-tone="gap"]')
      .first()
      .click({ position: { x: 4, y: 4 } });

    await eventually(() => text('.detail h3')).toBe('Gap');
    expect(await text('.detail-now')).toMatch(/^⚠ Missing still: \d of 5/);
    await page.getByRole('button', { name: 'Only this lane' }).click();
    expect(await filterText()).toBe('lane:p0aaQe81Zr');
  });
});

describe('everybody', () => {
  it('comes back to the table from the sheet of a phone, and leaves it by no other way', async () => {
    await open('narrow');
    await page.evaluate(() => debugPage.feed(5));
    await openNewest('page');
    const focused = () =>
      page.evaluate(() => {
        const { activeElement } = debugPage.view.renderRoot as ShadowRoot;
        const place = activeElement?.closest('.detail') ? 'detail' : 'outside';
        return `${place}: ${activeElement?.ariaLabel ?? activeElement?.className}`;
      });

    expect(await inView('.detail').getAttribute('role')).toBe('dialog');
    await eventually(focused).toBe('detail: Close the detail');
    await page.keyboard.press('Shift+Tab');
    expect(await focused()).toMatch(/^detail: /);
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('detail: Close the detail');
    await page.keyboard.press('Escape');
    await eventually(() => inView('.detail').count()).toBe(0);
    expect(await focused()).toMatch(/^outside: .*(grid|Records)/);
  });

  it.each([
    ['wide', 'light', ['Event', 'Raw', 'Anatomy', 'Diff']],
    ['narrow', 'dark', ['Event', 'JSON', 'Journey', 'Key']],
  ] as const)('can use every tab: %s, %s', async (size, scheme, tabs) => {
    await open(size, scheme);
    await page.evaluate(await readFile(AXE, 'utf8'));
    await page.evaluate(() => detailPage.feedAggregate(true));
    await openNewest('Step 12');
    for (const tab of tabs) {
      await showTab(tab);
      const found = await page.evaluate(() => {
        const detail = debugPage.view.renderRoot.querySelector('.detail') as HTMLElement;
        return axe.run(detail) as Promise<AxeResults>;
      });
      expect(found.violations.map(({ id, nodes }) => [tab, id, nodes[0]?.html])).toEqual([]);
    }
    const width = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(width).toBeLessThanOrEqual(0);
  });

  it('is told when the detail cannot be loaded, and may try again', async () => {
    await open();
    const isBody = /detail-body/;
    await page.route(isBody, (route) => route.abort());
    await page.evaluate(() => debugPage.feed(5));
    await eventually(() => inView('.rows .row').count()).toBeGreaterThan(3);
    await inView('.grid').focus();
    await page.keyboard.press('Enter');

    await eventually(() => text('.detail')).toContain('The detail did not load');
    await page.unroute(isBody);
    await page.getByRole('button', { name: 'Try again' }).click();

    await eventually(() => inView('.detail [role="tab"]').count()).toBe(7);
  });
});
