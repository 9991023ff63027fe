import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { eventually, useDebugView } from '../../helpers/debug-view.ts';

declare global {
  var axe: typeof import('axe-core');
  var taskLengths: number[];
}

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const view = useDebugView();
const { text } = view;
let page: Page;

async function open(...which: Parameters<typeof view.open>): Promise<void> {
  page = await view.open(...which);
}

/** Ids of the rows that can be seen, top down. */
const rowsInSight = () =>
  page.evaluate(() => {
    const grid = debugPage.view.renderRoot.querySelector('.grid') as HTMLElement;
    const { top, bottom } = grid.getBoundingClientRect();
    const head = grid.querySelector('.head')?.getBoundingClientRect().height ?? 0;
    return [...grid.querySelectorAll<HTMLElement>('.rows [id^="row-"]')]
      .map((row) => ({ id: Number(row.id.slice(4)), box: row.getBoundingClientRect() }))
      .filter(({ box }) => box.bottom <= bottom + 1 && box.top >= top + head - 1)
      .sort((a, b) => a.box.top - b.box.top)
      .map(({ id }) => id);
  });

const lastInSight = async () => (await rowsInSight()).at(-1);

async function feed(count: number): Promise<void> {
  await page.evaluate((count) => debugPage.feed(count), count);
}

describe('arriving records', () => {
  it('2,000 at once keep every task short, and the last one is in sight', async () => {
    await open();
    await feed(50);
    await eventually(lastInSight).toBe(49);
    await page.evaluate(() => {
      globalThis.taskLengths = [];
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) taskLengths.push(duration);
      }).observe({ type: 'longtask' });
    });

    for (let part = 0; part < 20; part++) await feed(100);

    await eventually(lastInSight).toBe(2_049);
    expect(await text('.scanned')).toBe('2,050 rows');
    // 50 ms is the aim on a machine of its own; a busy one stretches every task, and a table that draws all rows takes seconds.
    expect(Math.max(0, ...(await page.evaluate(() => taskLengths)))).toBeLessThan(400);
  });

  it('draws only the rows in sight', async () => {
    await open();

    await feed(2_000);

    await eventually(lastInSight).toBe(1_999);
    expect(await page.locator('rivulet-debug .rows .row').count()).toBeLessThan(60);
    expect(await page.locator('rivulet-debug .grid').getAttribute('aria-rowcount')).toBe('2001');
  });

  it('shows what is wrong in a lane as rows and in the verdict', async () => {
    await open();
    await feed(40);

    await page.evaluate(() => debugPage.feedTrouble());

    await eventually(() => page.locator('rivulet-debug [data-tone="gap"]').count()).toBe(2);
    expect(await page.locator('rivulet-debug .badge').allInnerTexts()).toEqual([
      '↻ copy',
      '⇅ out of order',
    ]);
    expect(await text('.verdict')).toContain('5 missing of');
    expect(await page.locator('rivulet-debug .verdict').getAttribute('data-tone')).toBe('pending');
    expect(await text('.ledger .gaps')).toContain('missing');
    expect(await text('.rows [data-tone="drop"]')).toMatch(/queue full.*left out \(5\)/s);
    expect(await text('.ledger tbody .reasons')).toBe('✂ left out: 5 queue full');
    expect(await text('.ledger tfoot .reasons')).toBe('✂ left out: 5 queue full');
  });

  it('turns data into text and never into markup', async () => {
    await open();

    await page.evaluate(() => {
      debugPage.feedNamed('<img src=x onerror="globalThis.broken = true"><b>bold</b>');
    });

    await eventually(() => text('.rows .name')).toContain('<img src=x');
    await page.locator('rivulet-debug .grid').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('tab', { name: 'JSON' }).click();
    expect(await text('.detail .tree')).toContain('<b>bold</b>');
    expect(await page.locator('rivulet-debug :is(.rows, .detail) img').count()).toBe(0);
    expect(await page.evaluate(() => 'broken' in globalThis)).toBe(false);
  });
});

describe('holding', () => {
  it('keeps what is read in place while records arrive, and nothing is missing afterwards', async () => {
    await open();
    await feed(500);
    await eventually(lastInSight).toBe(499);
    await page.locator('rivulet-debug .grid').hover();
    await page.mouse.wheel(0, -1_500);
    await eventually(() => text('.pill')).toContain('Held');
    await page.waitForTimeout(200);
    const before = await rowsInSight();

    for (let part = 0; part < 5; part++) await feed(200);
    await eventually(() => text('.pill')).toContain('1,000 held');
    const during = await rowsInSight();
    await page.locator('rivulet-debug .grid').focus();
    await page.keyboard.press('End');

    expect(before.at(-1)).toBeLessThan(499);
    expect(during).toEqual(before);
    await eventually(lastInSight).toBe(1_499);
    expect(await text('.scanned')).toBe('1,500 rows');
    expect(await page.locator('rivulet-debug .pill').count()).toBe(0);
  });

  it('ends when the reader scrolls back to the end', async () => {
    await open();
    await feed(500);
    await eventually(lastInSight).toBe(499);
    await page.locator('rivulet-debug .grid').hover();
    await page.mouse.wheel(0, -1_500);
    await eventually(() => page.locator('rivulet-debug .pill').count()).toBe(1);

    await page.mouse.wheel(0, 5_000);

    await eventually(() => page.locator('rivulet-debug .pill').count()).toBe(0);
    await feed(20);
    await eventually(lastInSight).toBe(519);
  });

  it('begins with Space and with the button, and ends with them', async () => {
    await open();
    await feed(100);
    await eventually(lastInSight).toBe(99);
    await page.locator('rivulet-debug .grid').focus();

    await page.keyboard.press(' ');
    await feed(30);

    await eventually(() => text('.pill')).toContain('30 held');
    await page.locator('rivulet-debug .hold').click();
    await eventually(lastInSight).toBe(129);
  });

  it('keeps the row that is read when the window loses older ones', async () => {
    await open();
    await feed(20_000);
    await feed(20_000);
    await feed(9_990);
    await eventually(lastInSight).toBe(49_989);
    await page.locator('rivulet-debug .grid').focus();
    for (let pages = 0; pages < 8; pages++) await page.keyboard.press('PageUp');
    await eventually(() => page.locator('rivulet-debug .pill').count()).toBe(1);
    await page.waitForTimeout(200);
    const before = await rowsInSight();

    await feed(500);

    await eventually(() => text('.pill')).toContain('500 held');
    expect(await rowsInSight()).toEqual(before);
    await page.keyboard.press('Home');
    await eventually(() => text('.row.cut')).toBe(
      '✂ 490 older rows left the window, 490 of them since the hold',
    );
  });
});

describe('the keyboard', () => {
  it('finds an event, opens it and comes back', async () => {
    await open();
    await feed(60);
    await page.evaluate(() => debugPage.feedOwn());
    await eventually(lastInSight).toBe(60);
    await page.locator('rivulet-debug .grid').focus();

    await page.keyboard.press('/');
    await page.keyboard.type('order comp');
    await eventually(() => text('.scanned')).toBe('scanned 61 · shown 1');
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');

    await eventually(() => text('.detail h3')).toBe('Order Completed');
    expect(await text('.detail .body')).toContain('client-of-k3f9aL0qXw');
    await page.getByRole('tab', { name: 'Journey' }).click();
    const stations = await page.locator('rivulet-debug .station').allInnerTexts();
    expect(stations).toEqual([
      'Captured',
      'In the log',
      'Sent',
      'At the relay',
      'In the stream',
      'Receipt',
      'Read',
      'Shown',
    ]);
    await page.keyboard.press('Escape');
    await eventually(() => page.locator('rivulet-debug .detail').count()).toBe(0);
  });

  it('names the row that it acts on', async () => {
    await open();
    await feed(60);
    await eventually(lastInSight).toBe(59);
    const grid = page.locator('rivulet-debug .grid');
    await grid.focus();

    await page.keyboard.press('k');
    await page.keyboard.press('k');

    await eventually(() => grid.getAttribute('aria-activedescendant')).toBe('row-58');
    expect(await page.locator('rivulet-debug #row-58').getAttribute('aria-selected')).toBe('true');
  });
});

describe('the page’s queue', () => {
  it('says what waits and why, and that the account adds up', async () => {
    await open();
    await feed(40);

    await page.evaluate(() => {
      debugPage.client.setStats({
        pause: { reason: 'backoff', until: Date.now() + 9_000, code: 'stream_throttled' },
      });
      debugPage.settle(20);
    });

    await eventually(() => text('.queue .tiles')).toMatch(/Events\s+20/);
    expect(await text('.queue .pause')).toMatch(/asked to wait.*stream_throttled.*Next try in \d/s);
    expect(await text('.ledger .sum')).toContain('✓ 20 queued');
    expect(await text('.verdict')).toContain('20 queued');
  });

  it.each([
    ['pending', 'consent', /has not agreed, or not yet/, 'pending, captured, not sent'],
    ['denied', 'consent', /has not agreed, or not yet/, 'denied, nothing captured'],
    ['granted', 'storage', /log cannot be read.*Next try in \d/s, 'granted, captured and sent'],
  ] as const)(
    'says what the user decided, and what waits for it: %s, %s',
    async (consent, reason, pause, words) => {
      await open();

      await page.evaluate(
        ([consent, reason]) => {
          const until = reason === 'storage' ? Date.now() + 9_000 : undefined;
          debugPage.client.setStats({ consent, pause: { reason, until } });
          if (reason === 'storage') {
            debugPage.client.tell('storage', { log: 'indexeddb', inMemory: 0, at: Date.now() });
          } else debugPage.client.tell('consent', { consent });
        },
        [consent, reason] as const,
      );

      await eventually(() => text('.queue .pause')).toMatch(pause);
      expect(await text('.queue .facts')).toContain(words);
    },
  );

  it('says how full it is, what is in memory only, and what was left out by whom', async () => {
    await open();

    await page.evaluate(() => {
      debugPage.client.setStats({
        captured: 31,
        stored: 4,
        dropped: 7,
        droppedBy: { queue_full: 5, rate_limited: 2 },
        queue: { events: 20, segments: 4, bytes: 900_000, inMemory: 12 },
        maxQueueBytes: 1_000_000,
      });
      debugPage.client.tell('dropped', {
        lane: 'k3f9aL0qXw',
        first: 1,
        count: 5,
        reason: 'queue_full',
      });
    });

    await eventually(() => text('.queue .dropped')).toBe('5 queue full, 2 rate limited');
    const meter = page.getByRole('meter', { name: 'Queue' });
    expect(await meter.getAttribute('aria-valuetext')).toBe('900 kB of 1.0 MB');
    expect(await page.locator('rivulet-debug .fill[data-nearly-full]').count()).toBe(1);
    expect(await text('.queue .facts')).toContain('12 in memory until it takes them');
    expect(await text('.ledger .sum')).toContain('✓ 20 queued');
  });

  it('makes no sum of what other pages left behind', async () => {
    await open();

    await page.evaluate(() => {
      debugPage.settle(20);
      debugPage.client.setStats({ stored: 1_000 });
    });

    await eventually(() => text('.ledger .sum')).toContain(
      'by this tab, for all pages: 1,000 stored',
    );
    expect(await text('.ledger .sum')).not.toContain('✓');
  });

  it('says that there is no client', async () => {
    await open();

    await page.evaluate(() => {
      debugPage.view.client = undefined;
    });

    await eventually(() => text('.queue')).toContain('No client on this page');
    expect(await page.evaluate(() => debugPage.client.listeners())).toBe(0);
  });
});

describe('everybody', () => {
  // Every state at every size is in states.test.ts; here with a record open.
  const states = [
    { scheme: 'light', size: 'wide' },
    { scheme: 'dark', size: 'narrow' },
  ] as const;

  it.each(states)('can use it: $size, $scheme', async ({ scheme, size }) => {
    await open(size, scheme);
    await page.evaluate(() => {
      debugPage.feedHistory(300);
      debugPage.feedTrouble();
      debugPage.feedOwn();
      debugPage.settle(20);
    });
    await eventually(() => page.locator('rivulet-debug .chart-plot svg').count()).toBe(1);
    await page.evaluate(await readFile(AXE, 'utf8'));

    const following = await violations();
    await page.locator('rivulet-debug .grid').focus();
    await page.keyboard.press('Enter');
    const opened = await violations();

    expect(following).toEqual([]);
    expect(opened).toEqual([]);
    const { width, height } = await page.evaluate(() => {
      const { scrollWidth, scrollHeight } = document.documentElement;
      return { width: scrollWidth - innerWidth, height: scrollHeight - innerHeight };
    });
    expect(width).toBeLessThanOrEqual(0);
    expect(height).toBeLessThanOrEqual(0);
  });

  it('gets the theme that the page asks for', async () => {
    await open('wide', 'light');
    const surface = () =>
      page
        .locator('rivulet-debug .records')
        .evaluate((panel) => getComputedStyle(panel).backgroundColor);
    const light = await surface();

    await page.evaluate(() => {
      debugPage.view.theme = 'dark';
    });

    await eventually(surface).not.toBe(light);
  });
});

async function violations(): Promise<string[]> {
  const results = await page.evaluate(() => axe.run() as Promise<AxeResults>);
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.flat().join(' ')} ${node.failureSummary}`),
  );
}
