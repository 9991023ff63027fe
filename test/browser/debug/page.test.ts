import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { eventually, useDebugView } from '../../helpers/debug-view.ts';
import type { QueuePage } from '../pages/debug-queue-page.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const view = useDebugView('debug-queue-page.ts');
const { text } = view;

async function open(...which: Parameters<typeof view.open>): Promise<Page> {
  const page = await view.open(...which);
  // Where the panels take turns.
  const tab = page.locator('rivulet-debug .tabs [data-name="queue"]');
  if (await tab.isVisible()) await tab.click();
  await page.locator('rivulet-debug .queue-tabs').waitFor();
  return page;
}

const call = <Result>(page: Page, action: (queuePage: QueuePage) => Result | Promise<Result>) =>
  page.evaluate(`(${action})(globalThis.debugPage)`) as Promise<Result>;
const show = (page: Page, tab: string) =>
  page.locator('rivulet-debug .queue').getByRole('tab', { name: tab }).click();
const rowsOf = (page: Page) =>
  page
    .locator('rivulet-debug .queue-table tbody tr')
    .allInnerTexts()
    .then((rows) => rows.map((row) => row.replace(/\s+/g, ' ').trim()));

describe('the queue, segment by segment', () => {
  it('is the log on disk, with what is being sent', async () => {
    const page = await open();
    await call(page, ({ queue }) => queue(4));

    await eventually(() => rowsOf(page)).toHaveLength(4);
    const [other, first, urgent] = await rowsOf(page);
    expect(other).toMatch(/^p0aaQ·1 \(1\) \d+ B \+\d+ B [\d.]+ s waits$/);
    expect(first).toMatch(/^k3f9a·2–3 \(2\) .* waits$/);
    expect(urgent).toMatch(/^k3f9a·4–6 \(3\) .* waits high$/);
    await call(page, ({ send }) => send(2, 3));
    await eventually(async () => (await rowsOf(page))[1]).toContain('↑ sending');
    expect((await rowsOf(page))[2]).toContain('waits');
    expect(await text('.queue .facts')).toMatch(/now: 2 events, .* on the wire, try 3/);
  });

  it('keeps the rest of a segment that was taken in part', async () => {
    const page = await open('wide');
    await call(page, ({ queue }) => queue(3));
    await eventually(() => rowsOf(page)).toHaveLength(3);

    await call(page, ({ settle }) => settle(2, 3));

    await eventually(async () => (await rowsOf(page))[1]).toMatch(/^k3f9a·5–6 \(2\)/);
    await eventually(() => text('.queue .tiles')).toMatch(/Segments\s+2/);
  });

  it('is the runs that the client told of where the log is memory', async () => {
    const page = await open();

    await call(page, ({ client }) => {
      client.setStats({ log: 'memory' });
      client.tell('logged', { lane: 'k3f9aL0qXw', first: 7, count: 2, at: Date.now() });
    });

    await eventually(() => rowsOf(page)).toEqual([expect.stringMatching(/^k3f9a·7–8 \(2\) –/)]);
  });

  it('says when it leaves next', async () => {
    const page = await open();

    await call(page, ({ client }) => {
      client.setStats({ nextSendAt: Date.now() + 60_000 });
      client.tell('logged', { lane: 'k3f9aL0qXw', first: 1, count: 1, at: Date.now() });
    });

    await eventually(() => text('.queue .facts')).toMatch(
      /in (60|59|5\d) s, or when a batch is full/,
    );
  });
});

describe('a network that goes and comes back', () => {
  it('is one line of when, and how long', async () => {
    const page = await open();
    await call(page, ({ client }) => {
      client.setStats({ pause: { reason: 'offline' } });
      client.tell('paused', { reason: 'offline' });
    });
    await eventually(() => text('.queue .pause')).toMatch(
      /offline.*Since \d\d:\d\d:\d\d, [\d.]+ s\./s,
    );

    await call(page, ({ client, receive }) => {
      client.setStats({ pause: undefined });
      client.tell('resumed', { at: Date.now() });
      receive({
        ...{ lane: 'k3f9aL0qXw', first: 1, count: 3, status: 'stored' },
        ...{ shard: 'shardId-000000000004', sequence: '4959' },
      });
    });

    await eventually(() => text('.queue-back')).toMatch(
      /^ ?Sending again since \d\d:\d\d:\d\d: offline for [\d.]+ (s|ms)\.$/,
    );
    expect(await page.locator('rivulet-debug .pause').count()).toBe(0);
  });
});

describe('receipts', () => {
  it('are listed with their shard, their end and how long they took', async () => {
    const page = await open();
    await call(page, ({ send, receive }) => {
      const run = { lane: 'k3f9aL0qXw', count: 2 };
      const shard = 'shardId-000000000004';
      send(20, 2);
      receive({ ...run, first: 2, status: 'stored', shard, sequence: '495900000000036588898' });
      receive({ ...run, first: 4, status: 'retry', after: 2_000, unknown: true });
      receive({ ...run, first: 6, status: 'rejected', code: 'plan_violated', reason: 'price' });
    });

    await show(page, 'Receipts');

    const rows = await rowsOf(page);
    expect(rows).toHaveLength(3);
    expect(rows[0]).toMatch(/k3f9a·6–7 ✕ rejected plan violated \d+ ms try 2$/);
    expect(rows[1]).toMatch(/k3f9a·4–5 ↻ again in 2.00 s, may be stored/);
    expect(rows[2]).toMatch(/k3f9a·2–3 stored Shard 4 …36588898 \d+ ms/);
  });

  it('are another tab’s where another tab sends', async () => {
    const page = await open();
    await call(page, ({ client }) => {
      client.setStats({ leader: false, pause: { reason: 'follower' } });
      client.tell('leader', { leader: false });
    });

    await show(page, 'Receipts');

    await eventually(() => text('.queue .body')).toContain('receipts come to that one');
  });
});

describe('rejected events', () => {
  const refuse = (page: Page) =>
    call(page, ({ refuse }) => {
      const place = { lane: 'k3f9aL0qXw', code: 'plan_violated', at: Date.now() } as const;
      refuse([
        {
          ...{ ...place, seq: 7, reason: 'properties.price: expected a number, got "free"' },
          event: {
            type: 'track',
            timestamp: 1,
            event: 'Product Added',
            properties: { price: 'free' },
          },
        },
        { ...place, seq: 9, reason: 'traits: x', event: { type: 'identify', timestamp: 1 } },
        { ...place, seq: 11, reason: 'line: expected JSON' },
      ]);
    });

  it('show their reason and what they held', async () => {
    const page = await open();
    await refuse(page);
    await eventually(() => text('.queue-tabs [data-of="rejected"]')).toBe('3');

    await show(page, 'Rejected');
    await page.locator('rivulet-debug .queue summary', { hasText: 'Product Added' }).click();

    expect(await text('.queue details[open]')).toContain('expected a number, got "free"');
    await eventually(() => text('.queue-json')).toContain('"price": "free"');
  });

  it('are captured anew by a press, once, and say as what', async () => {
    const page = await open();
    await refuse(page);
    await show(page, 'Rejected');
    await page.locator('rivulet-debug .queue summary', { hasText: 'Product Added' }).click();
    const resend = page.locator('rivulet-debug').getByRole('button', { name: 'Resend' });

    await resend.click();

    await eventually(() => text('.queue-actions [role=status]')).toBe(
      'Captured anew as k3f9a·812.',
    );
    expect(await resend.isDisabled()).toBe(true);
    expect(await call(page, ({ calls }) => calls())).toEqual([
      ['track', 'Product Added', { price: 'free' }, undefined],
    ]);
  });

  it.each([
    ['identify', /^It would name whoever is the user now/],
    ['not JSON', /^Its line is not JSON/],
  ])('that cannot be captured again say why: %s', async (name, why) => {
    const page = await open();
    await refuse(page);
    await show(page, 'Rejected');

    await page.locator('rivulet-debug .queue summary', { hasText: name }).click();

    await eventually(() => text('.queue-actions [role=status]')).toMatch(why);
    expect(
      await page.locator('rivulet-debug').getByRole('button', { name: 'Resend' }).isDisabled(),
    ).toBe(true);
  });
});

describe('the palette', () => {
  it('leads to the rejected events from wherever one is', async () => {
    const page = await view.open('narrow');
    await page.locator('rivulet-debug .grid').focus();

    await page.keyboard.press('Control+k');
    await page.keyboard.type('rejected events');
    await page.keyboard.press('Enter');

    await eventually(() => text('.queue .body')).toMatch(/^Nothing was refused for good/);
  });
});

describe('the client', () => {
  it('tells of its session, its clock, its storage and what it left out', async () => {
    const page = await open();
    await call(page, ({ client }) => {
      client.setStats({
        ...{ clockOffsetMs: 412, sessionExpires: Date.now() + 412 + 41 * 60_000 },
        ...{ dropped: 5, droppedBy: { queue_full: 5 } },
      });
      client.tell('dropped', { lane: 'k3f9aL0qXw', first: 1, count: 5, reason: 'queue_full' });
    });

    await show(page, 'Client');

    await eventually(() => text('.queue .facts')).toMatch(/token ends in 41 min/);
    await eventually(() => text('.queue .facts')).toContain('this tab: sends for itself alone');
    expect(await text('.queue .facts')).toMatch(/≈ 412 ms behind the relay’s/);
    expect(await text('.queue .facts')).toMatch(/IndexedDB, .* in use by the origin/);
    expect(await rowsOf(page)).toEqual([expect.stringMatching(/^5 ✂ queue full .* at its cap$/)]);
  });
});

describe('everybody', () => {
  it('can go through the panel by keys', async () => {
    const page = await open();
    const tab = (name: string) => page.locator('rivulet-debug').getByRole('tab', { name });

    await tab('Queue').focus();
    await page.keyboard.press('ArrowLeft');

    expect(await tab('Client').getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await tab('Receipts').evaluate((tab) => tab.matches(':focus'))).toBe(true);
    expect(
      await page.locator('rivulet-debug .queue [role=tabpanel]').getAttribute('aria-labelledby'),
    ).toBe('queue-tab-receipts');
  });

  it.each([
    ['wide', 'light'],
    ['narrow', 'dark'],
  ] as const)('can use it: %s, %s', async (size, scheme) => {
    const page = await open(size, scheme);
    await page.addScriptTag({ content: await readFile(AXE, 'utf8') });
    await call(page, async ({ queue, refuse, send, receive, client }) => {
      await queue(12);
      send(20);
      const run = { lane: 'k3f9aL0qXw', first: 2, count: 2 };
      receive({ ...run, status: 'rejected', code: 'too_deep', reason: 'too deep' });
      const event = { type: 'track', timestamp: 1, event: 'Product Added' } as const;
      refuse([{ ...run, seq: 2, code: 'too_deep', reason: 'too deep', at: Date.now(), event }]);
      client.setStats({ pause: { reason: 'backoff', until: Date.now() + 60_000 } });
      client.tell('paused', { reason: 'backoff' });
    });

    for (const tab of ['Queue', 'Receipts', 'Rejected', 'Client']) {
      await show(page, tab);
      if (tab === 'Rejected') await page.locator('rivulet-debug .queue summary').click();
      const found = (await page.evaluate(() =>
        axe.run({ include: { fromShadowDom: ['rivulet-debug', '.queue'] } }),
      )) as AxeResults;
      expect(found.violations.map(({ id, nodes }) => [id, tab, nodes[0]?.html])).toEqual([]);
      const tooWide = await page.evaluate(() => {
        const body = debugPage.view.renderRoot.querySelector('.queue .body');
        return !body || body.scrollWidth > body.clientWidth;
      });
      expect(tooWide, tab).toBe(false);
    }
  });
});
