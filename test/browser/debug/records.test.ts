import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { eventually, useDebugView } from '../../helpers/debug-view.ts';
import type { RecordsPage } from '../pages/debug-records-page.ts';

declare global {
  var recordsPage: RecordsPage;
  var measured: number[];
}

const view = useDebugView('debug-records-page.ts');
const { text } = view;
let page: Page;

async function open(...which: Parameters<typeof view.open>): Promise<void> {
  page = await view.open(...which);
}

const at = (selector: string) => page.locator(`rivulet-debug ${selector}`);
const count = (selector: string) => at(selector).count();
const filterText = () =>
  page.evaluate(() => debugPage.view.renderRoot.querySelector<HTMLInputElement>('.filter')?.value);
const press = async (...keys: readonly string[]) => {
  for (const key of keys) await page.keyboard.press(key);
};

async function feed(records: number): Promise<void> {
  await page.evaluate((count) => recordsPage.feedMany(count), records);
}

/** The id of the newest row, when it can be seen. */
const newest = () =>
  page.evaluate(() => {
    const rows = [...debugPage.view.renderRoot.querySelectorAll('.rows [id^="row-"]')];
    return rows.length === 0 ? -1 : Number(rows.at(-1)?.id.slice(4));
  });

describe('rows about the stream', () => {
  it('stand where they happened: reads that fail and succeed again, a split', async () => {
    await open();
    await feed(5);
    await eventually(newest).toBe(4);

    await page.evaluate(() =>
      recordsPage.setShards((number) =>
        number === 3 ? { status: 'failed', error: 'the network failed' } : {},
      ),
    );
    await eventually(() => text('.rows [data-tone="gap"]')).toContain('Shard 3 cannot be read');
    await page.evaluate(() => recordsPage.split());

    await eventually(() => at('.rows [data-tone="note"] .note').allInnerTexts()).toEqual([
      '⇉ Shard 7 was split into 8 and 9, which are read after its end',
      expect.stringMatching(/^✓ Reads succeed again, after .*/),
    ]);
  });

  it('say what a record cannot say by itself', async () => {
    await open();
    await feed(10);
    await eventually(newest).toBe(9);

    await page.evaluate(() => {
      const before = Date.now() - 60_000;
      recordsPage.plan();
      recordsPage.feedOne({ kclDrops: true, aggregateCount: 12 });
      recordsPage.feedOne({ undecoded: 'checksum' });
      recordsPage.feedOne({ arrivedAt: before, shardId: 'shardId-000000000011' });
      recordsPage.feedOne({}, { timestamp: new Date(Date.now() - 720_000).toISOString() });
      recordsPage.feedOne({}, { event: 'Mystery' });
      recordsPage.feedOne({}, { properties: { price: 95 } });
    });

    await eventually(newest).toBe(15);
    const badges = (await at('.rows .badge').allInnerTexts()).map((badge) => badge.split('\n')[0]);
    expect(badges).toEqual(
      expect.arrayContaining([
        '⚠ the KCL would drop it',
        '⚠ unread aggregate',
        expect.stringMatching(/^◷/),
        'late 12 min',
        '? not in plan',
        '✕ 1 problem',
      ]),
    );
  });
});

describe('a value', () => {
  it('is a filter when it is clicked, and one that hides with Alt; beside it the row opens', async () => {
    await open();
    await feed(60);
    await eventually(newest).toBe(59);

    await at('#row-59 .key').click();
    await eventually(filterText).toMatch(/^key:/);
    await eventually(() => text('.scanned')).toContain('shown 2');
    await press('x');
    await at('#row-59 .shard').click({ modifiers: ['Alt'] });
    await eventually(filterText).toBe('-shard:3');
    await eventually(() => count('.rows [id^="row-"]')).toBeGreaterThan(5);
    await press('x');
    await eventually(() => count('#row-59')).toBe(1);
    const box = await at('#row-59 .event').boundingBox();
    await at('#row-59 .event').click({ position: { x: (box?.width ?? 0) - 4, y: 5 } });

    await eventually(() => count('.detail')).toBe(1);
    expect(await filterText()).toBe('');
  });

  it('is reached by the keys, cell by cell, and told to a screen reader', async () => {
    await open();
    await feed(60);
    await eventually(newest).toBe(59);
    const active = () =>
      page.evaluate(() => {
        const root = debugPage.view.renderRoot as ShadowRoot;
        const id = root.querySelector('.grid')?.getAttribute('aria-activedescendant') ?? '';
        const element = root.getElementById(id);
        return [element?.getAttribute('role'), element?.textContent?.trim()];
      });
    await at('.grid').focus();

    await press('k', 'k');
    await eventually(async () => (await active())[0]).toBe('row');
    await press('ArrowRight', 'ArrowRight', 'ArrowRight');
    await eventually(active).toEqual(['gridcell', 'client-of-k18aL0qXw']);
    await press('f');
    await eventually(filterText).toBe('key:client-of-k18aL0qXw');
    await press('x', 'F');

    await eventually(filterText).toBe('-key:client-of-k18aL0qXw');
    await press('x', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft');
    await eventually(async () => (await active())[0]).toBe('row');
  });

  it('opens its row when it is tapped, where rows are cards', async () => {
    await open('narrow');
    await feed(30);
    await eventually(newest).toBe(29);

    await at('#row-29 .name').click();

    await eventually(() => count('.detail')).toBe(1);
    expect(await filterText()).toBe('');
  });
});

describe('columns', () => {
  it('are any path, can be taken away, and are there on the next visit', async () => {
    await open();
    await page.evaluate(() => {
      localStorage.clear();
      debugPage.view.columns = ['properties.price', 'context.page.path'];
    });
    await feed(30);
    await eventually(newest).toBe(29);

    expect(await at('.head .extra').allInnerTexts()).toEqual([
      expect.stringContaining('price'),
      expect.stringContaining('path'),
    ]);
    expect(await text('#row-29 [data-cell="properties.price"]')).toBe('29');
    expect(await at('.grid').getAttribute('aria-colcount')).toBe('10');
    await page.getByRole('button', { name: 'Remove the column properties.price' }).click();
    await eventually(() => count('.head .extra')).toBe(1);
    await at('#row-29 [data-cell="context.page.path"]').click();
    await eventually(filterText).toBe('context.page.path:/');
    await page.close();

    await open();
    await eventually(() => at('.head .extra').allInnerTexts()).toEqual([
      expect.stringContaining('path'),
    ]);
    await page.evaluate(() => localStorage.clear());
  });
});

describe('moving through the table', () => {
  it('goes from problem to problem, and from mark to mark', async () => {
    await open();
    await feed(200);
    await page.evaluate(() => debugPage.feedTrouble());
    await feed(200);
    await eventually(newest).toBe(405);
    const selected = () => at('[aria-selected="true"]').first().getAttribute('data-tone');
    await at('.grid').focus();

    await press(',');
    await eventually(selected).toBe('drop');
    await press(',', ',', ',');
    await eventually(selected).toBe('duplicate');
    await press('m', '.', 'm', 'M');
    await eventually(selected).toBe('duplicate');
    await page.keyboard.press('/');
    await page.keyboard.type('is:marked');

    await eventually(() => text('.scanned')).toContain('shown 2');
  });

  it('counts times from a row, tells the page of it, and copies what it is', async () => {
    await open();
    await feed(30);
    await eventually(newest).toBe(29);
    await page.evaluate(() => {
      globalThis.measured = [];
      debugPage.view.addEventListener('rivulet-select', (event) => {
        const { record } = (event as CustomEvent).detail;
        if (record) measured.push(record.event.rivulet.seq);
      });
    });
    await at('.grid').focus();

    await press('k', 'k', 't');

    await eventually(() => text('#row-28 .time')).toBe('+0.000 s');
    expect(await text('.head .time')).toBe('Δt');
    expect(await page.evaluate(() => measured)).toEqual([1, 1]);
    await press('t');
    await eventually(() => text('#row-28 .time')).toMatch(/^\d\d:\d\d:\d\d\.\d{3}$/);
  });
});

describe('50,000 rows', () => {
  it('are filtered in a moment, and no scroll shows an empty table for more than a frame', async () => {
    await open();
    for (let part = 0; part < 10; part++) await feed(5_000);
    await eventually(newest).toBe(49_999);

    const filterMs = await page.evaluate(async () => {
      const input = debugPage.view.renderRoot.querySelector('.filter') as HTMLInputElement;
      const scanned = () => debugPage.view.renderRoot.querySelector('.scanned')?.textContent ?? '';
      input.value = 'price>=98';
      const startedAt = performance.now();
      input.dispatchEvent(new InputEvent('input'));
      while (!scanned().includes('scanned 50,000')) await new Promise(requestAnimationFrame);
      const took = performance.now() - startedAt;
      input.value = '';
      input.dispatchEvent(new InputEvent('input'));
      return took;
    });
    await press(' ');
    const blank = await page.evaluate(async () => {
      const grid = debugPage.view.renderRoot.querySelector('.grid') as HTMLElement;
      const frame = () => new Promise(requestAnimationFrame);
      const isBlank = () => {
        const { top, bottom } = grid.getBoundingClientRect();
        const boxes = [...grid.querySelectorAll('.rows > .row')].map((row) =>
          row.getBoundingClientRect(),
        );
        return !(
          boxes.some((box) => box.top <= top + 57) && boxes.some((box) => box.bottom >= bottom - 50)
        );
      };
      let blank = 0;
      for (let step = 0; step < 60; step++) {
        grid.scrollTop = ((step * 7919) % 1000) * 0.001 * (grid.scrollHeight - grid.clientHeight);
        await frame();
        // The scroll is told in the next frame, before what is asked of it here.
        await frame();
        if (isBlank()) blank++;
      }
      return blank;
    });

    expect(blank).toBe(0);
    // 100 ms is the aim on a machine of its own, which the benchmark holds it to; without slices it would be seconds here.
    expect(filterMs).toBeLessThan(1_500);
  });
});

describe('a busy stream', () => {
  it('is drawn at most ten times a second, all of it is counted, and a hold loses nothing', async () => {
    await open();
    await page.evaluate(() => {
      globalThis.measured = [];
      const body = debugPage.view.renderRoot.querySelector('.grid') as HTMLElement;
      const seen = () => measured.push(Math.floor(performance.now() / 1000));
      new MutationObserver(seen).observe(body, {
        attributes: true,
        attributeFilter: ['aria-rowcount'],
      });
      recordsPage.feedSteadily(1_000);
    });
    await eventually(() => page.evaluate(() => recordsPage.fed())).toBeGreaterThan(2_000);
    await at('.grid').focus();
    await press(' ');
    const heldAt = await page.evaluate(() => recordsPage.fed());
    await eventually(() => page.evaluate(() => recordsPage.fed())).toBeGreaterThan(heldAt + 2_000);
    await eventually(() => text('.pill')).toMatch(
      /[\d,]+ held · \d+ % of buffer · End to catch up/,
    );
    await page.evaluate(() => recordsPage.stopFeeding());
    await press('End');

    const fed = await page.evaluate(() => recordsPage.fed());
    await eventually(newest).toBe(fed - 1);
    await eventually(() => text('.verdict')).toContain(`0 lost of ${fed.toLocaleString('en-US')}`);
    const bySecond = await page.evaluate(() => Object.values(Object.groupBy(measured, String)));
    expect(Math.max(...bySecond.map((draws) => draws?.length ?? 0))).toBeLessThanOrEqual(11);
  });

  it('is not drawn in a hidden tab, and told in one line afterwards', async () => {
    await open();
    await feed(20);
    await eventually(newest).toBe(19);

    await page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { value: true, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await feed(300);
    await page.evaluate(() => recordsPage.taken());
    const drawn = await newest();
    await page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { value: false, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    });

    expect(drawn).toBe(19);
    await eventually(newest).toBe(319);
    expect(await text('.toast')).toContain('While the tab was hidden: 300 records');
  });
});
