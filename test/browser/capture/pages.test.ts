import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { StreamRecord } from '../../../src/protocol/event.ts';
import { openUnattended } from '../../helpers/browser.ts';
import { recordsOf, recordsOfClient, useCaptureSite } from '../../helpers/capture-site.ts';
import { readStats, untilStats } from '../../helpers/client-page.ts';
import { useWorld } from '../../helpers/world.ts';

const world = useWorld();
const tall = '<main style="height: 4000px"><h1>Boots</h1></main>';
const views = { capture: 'sources.pageViews(), sources.pageLeave()', body: tall };
const rendered = {
  capture: 'sources.pageViews(), sources.tabId(), sources.campaigns()',
  head: `<script>
      history.replaceState({}, '');
      history.pushState({}, '', location.search + '#top');
      localStorage.setItem(location.pathname, 'rendered');
      document.addEventListener('prerenderingchange', async () => {
        // Asked for in this handler: what comes first is the view.
        setTimeout(() => client.track('Shown Ahead'), 100);
      });
    </script>`,
};
const site = useCaptureSite(world, {
  '/': views,
  '/boots': { ...views, head: '<title>Boots</title>' },
  '/modern': { capture: 'sources.pageViews()' },
  // As a browser without the Navigation API has it.
  '/history': { capture: '(delete window.navigation, sources.pageViews())' },
  '/hash': { capture: 'sources.pageViews({ hash: true })' },
  '/untitled': {
    capture:
      '(document.title = "", addEventListener("load", () => setTimeout(() => { document.title = "Late" }, 50)), sources.pageViews())',
  },
  '/ahead': {
    capture: 'sources.pageViews(), sources.tabId(), sources.campaigns()',
    head: `<script type="speculationrules">
        { "prerender": [{ "source": "list", "urls": ["/next?utm_source=ahead", "/never"], "eagerness": "immediate" }] }
      </script>`,
    // Goes on when both are rendered, and its own view is sent.
    body: `<script>
        const timer = setInterval(async () => {
          if (!localStorage.getItem('/next') || !localStorage.getItem('/never')) return;
          clearInterval(timer);
          await client.flush();
          location.href = '/next?utm_source=ahead';
        }, 50);
      </script>`,
  },
  '/next': rendered,
  '/never': rendered,
  '/campaign': {
    capture:
      'sources.pageViews(), sources.campaigns({ clickIds: true }), sources.siteSearch({ parameters: ["q"] })',
  },
  '/linking': { body: '', headers: { 'content-type': 'text/html' } },
  '/tab': { capture: 'sources.pageViews(), sources.tabId()' },
  '/pending': {
    capture: 'sources.pageViews(), sources.tabId(), sources.campaigns()',
    options: { consent: 'pending' },
  },
  '/frame': {
    capture: 'sources.pageViews()',
    body: '<iframe sandbox="allow-scripts" src="/framed"></iframe>',
  },
  '/framed': {
    capture: 'sources.pageViews()',
    body: '<script>history.pushState({}, "", "/framed/boots")</script>',
  },
});

type Told = readonly [path: unknown, title: unknown, referrer: unknown];

/** What the page views of these records say. */
function viewsIn(records: readonly StreamRecord[]): readonly Told[] {
  return records
    .filter(({ type }) => type === 'page')
    .map(({ context, properties }) => {
      const { url, title } = context.page as Record<string, string>;
      return [url?.replace(site.origin, ''), title, properties?.referrer];
    });
}

function leavesIn(records: readonly StreamRecord[]): readonly Record<string, unknown>[] {
  return records
    .filter(({ event }) => event === 'Page Left')
    .map(({ properties = {} }) => properties);
}

async function comeBack(page: Page): Promise<void> {
  await page.evaluate(() => history.back());
  await page.waitForFunction(() => 'client' in window);
}

function captured(page: Page, count: number): Promise<unknown> {
  return untilStats(page, (stats) => stats.captured >= count);
}

/** As a router does: the address, and when it has rendered, the title. */
function route(page: Page, url: string, title: string, renderMs: number): Promise<void> {
  return page.evaluate(
    ([url, title, renderMs]) =>
      new Promise<void>((resolve) => {
        history.replaceState({ ...history.state, scroll: scrollY }, '');
        history.pushState({ scroll: 0 }, '', url);
        history.replaceState({ scroll: 0 }, '', url);
        setTimeout(() => {
          document.title = title;
          resolve();
        }, renderMs);
      }),
    [url, title, renderMs] as const,
  );
}

describe.each(['/modern', '/history'])('on %s', (path) => {
  it('counts one view for each address of an application, with the title that it gets', async () => {
    const browser = await world.profile.open();
    const page = await browser.newPage(site.origin + path);
    await captured(page, 1);
    await route(page, '/boots?token=secret', 'Boots', 80);
    await captured(page, 2);
    await route(page, '/waders', 'Waders', 0);
    await captured(page, 3);
    await page.evaluate(() => history.back());
    await captured(page, 4);
    await page.evaluate(() => {
      location.hash = 'reviews';
      history.replaceState({}, '', '?sort=price');
    });

    expect(viewsIn(await recordsOf(world, page))).toEqual([
      [path, 'Test page', undefined],
      ['/boots', 'Boots', `${site.origin}${path}`],
      ['/waders', 'Waders', `${site.origin}/boots`],
      ['/boots', 'Waders', `${site.origin}/waders`],
    ]);
  });
});

it('counts the addresses of an application that uses the Navigation API itself', async () => {
  const browser = await world.profile.open();
  const page = await browser.newPage(`${site.origin}/modern`);
  await captured(page, 1);
  await page.evaluate(async () => {
    navigation.addEventListener('navigate', (event) =>
      event.intercept({
        handler: async () => {
          await new Promise((resolve) => setTimeout(resolve, 20));
          document.title = 'Boots';
          if (event.destination.url.endsWith('broken')) throw new Error('no');
        },
      }),
    );
    await navigation.navigate('/boots').finished;
    navigation.updateCurrentEntry({ state: { scroll: 10 } });
  });
  await captured(page, 2);
  await page.evaluate(() => navigation.navigate('/broken').finished?.catch(() => {}));
  await captured(page, 3);

  expect(viewsIn(await recordsOf(world, page)).map(([path]) => path)).toEqual([
    ...['/modern', '/boots', '/broken'],
  ]);
});

it('counts the routes of an application that keeps them in the fragment', async () => {
  const browser = await world.profile.open();
  const page = await browser.newPage(`${site.origin}/hash#/boots`);
  await captured(page, 1);
  await page.evaluate(() => {
    location.hash = '#/waders?size=42';
  });
  await captured(page, 2);
  await page.evaluate(() => {
    location.hash = '#/waders?size=43';
  });

  expect(viewsIn(await recordsOf(world, page)).map(([path]) => path)).toEqual([
    ...['/hash#/boots', '/hash#/waders'],
  ]);
});

it('waits for the title of a page that has none yet', async () => {
  const browser = await world.profile.open();
  const page = await browser.newPage(`${site.origin}/untitled`);
  await captured(page, 1);

  expect(viewsIn(await recordsOf(world, page))).toEqual([['/untitled', 'Late', undefined]]);
});

it('counts the addresses of a frame of an opaque origin, whose Navigation API is mute', async () => {
  const browser = await world.profile.open();
  const page = await browser.newPage(`${site.origin}/frame`);
  const [frame] = page.frames().slice(1);
  await frame?.waitForFunction(() => location.pathname === '/framed/boots');
  const clientId = await frame?.evaluate(async () => {
    for (;;) {
      const { captured, clientId } = await window.client.stats();
      if (captured === 2) {
        await window.client.flush();
        return clientId;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
  const paths = async () =>
    viewsIn(await recordsOfClient(world, clientId ?? '')).map(([path]) => path);

  await expect.poll(paths, { timeout: 10_000 }).toEqual(['/framed', '/framed/boots']);
});

it('counts a page that is rendered ahead when it is shown, and never one that is not', async () => {
  await world.profile.open();
  const end = await openUnattended(`${site.origin}/ahead`);
  const find = async () =>
    (await world.tail.readToEnd())
      .map(({ event }) => event)
      .filter(
        ({ messageId }, index, all) => all.findIndex((e) => e.messageId === messageId) === index,
      )
      .filter(({ context }) => /ahead|next/.test((context.page as { path: string }).path));
  await expect
    .poll(async () => (await find()).at(-1)?.event, { timeout: 30_000 })
    .toBe('Shown Ahead');
  await end();
  const records = await find();

  expect(viewsIn(records)).toEqual([
    ['/ahead', 'Test page', undefined],
    ['/next?utm_source=ahead', 'Test page', undefined],
  ]);
  expect(records.map(({ context }) => context.campaign)).toEqual([
    ...[undefined, { source: 'ahead' }, { source: 'ahead' }],
  ]);
  expect(new Set(records.map(({ context }) => context.tabId)).size).toBe(1);
});

describe('a page that was left', () => {
  it('is told with how long somebody was engaged and how far it was seen, before the view of the next', async () => {
    const browser = await world.profile.open();
    const page = await browser.newPage(site.origin);
    await captured(page, 1);
    await page.evaluate(
      () =>
        new Promise((resolve) => {
          document.addEventListener('scroll', () => setTimeout(resolve, 600), { once: true });
          scrollTo(0, 1000);
        }),
    );
    const { seen, height } = await page.evaluate(() => ({
      seen: scrollY + innerHeight,
      height: document.documentElement.scrollHeight,
    }));
    await route(page, '/waders', 'Waders', 20);
    await captured(page, 3);
    const records = await recordsOf(world, page);

    expect(records.map(({ type, event }) => event ?? type)).toEqual(['page', 'Page Left', 'page']);
    const [leave] = leavesIn(records);
    expect(leave).toMatchObject({
      ...{ url: `${site.origin}/`, path: '/', title: 'Test page' },
      scrollDepth: Math.round((seen / height) * 100) / 100,
    });
    expect(leave?.engagedMs).toBeGreaterThanOrEqual(300);
    expect(leave?.engagedMs).toBe(leave?.totalMs);
    expect(records[1]?.context.page).toEqual({
      ...{ url: `${site.origin}/`, path: '/', title: 'Test page' },
    });
    expect(records[2]?.context.page).toMatchObject({ path: '/waders', title: 'Waders' });
  });

  it('is told once when a tab goes behind another, and again when it has been in front once more', async () => {
    const browser = await world.profile.open({ hasHiddenTabs: true });
    const page = await browser.newPage(site.origin);
    await page.bringToFront();
    await captured(page, 1);
    const other = await browser.newPage('about:blank');
    await page.waitForFunction(() => document.hidden, undefined, { polling: 50 });
    await captured(page, 2);
    await page.bringToFront();
    await page.waitForFunction(() => !document.hidden, undefined, { polling: 50 });
    await page.waitForTimeout(1100);
    await other.bringToFront();
    await captured(page, 3);
    const leaves = leavesIn(await recordsOf(world, page));

    expect(leaves).toHaveLength(2);
    expect(leaves[1]?.engagedMs).toBeGreaterThanOrEqual(1000);
    expect(leaves[1]?.totalMs).toBeGreaterThanOrEqual(leaves[1]?.engagedMs as number);
  });

  it('is told by a page that leaves for another site, early, and begins anew when it comes back from the back-forward cache', async () => {
    const browser = await world.profile.open();
    const page = await browser.newPage(site.origin);
    await captured(page, 1);
    await recordsOf(world, page);
    const { clientId, lane } = await readStats(page);
    await page.goto(`${world.pipeline.relay.gate.url}/v1/health`);
    const leaves = async () => leavesIn(await recordsOfClient(world, clientId)).length;
    await expect.poll(leaves, { timeout: 10_000 }).toBe(1);

    await comeBack(page);
    await captured(page, 3);
    expect((await readStats(page)).lane).toBe(lane);
    await page.goto(`${site.otherOrigin}/linking`);
    await comeBack(page);
    await captured(page, 5);
    const records = await recordsOf(world, page);

    expect(records.map(({ type, event }) => event ?? type)).toEqual([
      ...['page', 'Page Left', 'page', 'Page Left', 'page'],
    ]);
    expect(viewsIn(records).map(([, , referrer]) => referrer)).toEqual([
      ...[undefined, undefined, undefined],
    ]);
  });

  it('is on the disk when the page closes in the task that went to another address', async () => {
    const browser = await world.profile.open();
    const page = await browser.newPage(site.origin);
    await captured(page, 1);
    await recordsOf(world, page);
    const { clientId, lane } = await readStats(page);
    world.pipeline.faults.set({ relay: 'down' });
    await Promise.all([
      page.waitForURL(/boots/),
      page.evaluate(() => {
        history.pushState({}, '', '/waders');
        location.href = '/boots';
      }),
    ]);
    world.pipeline.faults.set({ relay: 'ok' });
    await recordsOf(world, page);
    const records = (await recordsOfClient(world, clientId)).filter(
      ({ rivulet }) => rivulet.lane === lane,
    );

    expect(
      records.map(({ type, event, context }) => [
        event ?? type,
        (context.page as { path: string }).path,
      ]),
    ).toEqual([
      ['page', '/'],
      ['Page Left', '/'],
      ['page', '/waders'],
      ['Page Left', '/waders'],
    ]);
  });
});

describe('where a visitor has come from', () => {
  it('is the campaign of the address, the first touch and the last', async () => {
    const browser = await world.profile.open();
    const page = await browser.newPage(
      `${site.origin}/campaign?utm_source=mail&utm_campaign=May&gclid=abc&q=rain+boots&token=secret`,
    );
    await captured(page, 1);
    await page.reload();
    await captured(page, 1);
    // Another site: a browser tells its host.
    await page.goto(`${site.otherOrigin.replace('127.0.0.1', 'localhost')}/linking`);
    await page.evaluate((url) => {
      location.href = url;
    }, `${site.origin}/campaign`);
    await page.waitForURL(/campaign$/);
    await captured(page, 1);
    await recordsOf(world, page);
    const { clientId } = await readStats(page);
    const records = await recordsOfClient(world, clientId);
    const [landing, again, referred] = records.filter(({ type }) => type === 'page');

    const campaign = { name: 'May', source: 'mail', clickIds: { gclid: 'abc' } };
    expect(landing?.context).toMatchObject({ campaign, firstTouch: campaign, lastTouch: campaign });
    expect(again?.context).toMatchObject({ campaign, lastTouch: landing?.context.lastTouch });
    expect(referred?.context).toMatchObject({
      firstTouch: landing?.context.firstTouch,
      lastTouch: { source: 'localhost', medium: 'referral' },
    });
    expect(referred?.context).not.toHaveProperty('campaign');
    expect(records.filter(({ event }) => event === 'Site Searched')).toMatchObject([
      { properties: { query: 'rain boots' } },
      { properties: { query: 'rain boots' } },
    ]);
    expect(JSON.stringify(records)).not.toContain('secret');
  });

  it('is kept by nothing while the user has not agreed', async () => {
    const browser = await world.profile.open();
    const page = await browser.newPage(`${site.origin}/pending?utm_source=mail`);
    await page.reload();
    expect(
      await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie]),
    ).toEqual([0, 0, '']);
    await page.evaluate(() => window.client.consent('granted'));
    await page.evaluate(() => window.client.track('Agreed'));

    const records = await recordsOf(world, page);
    expect(records.map(({ type }) => type)).toEqual(['page', 'track']);
    expect(records[0]?.context).toMatchObject({ campaign: { source: 'mail' } });
    expect(await page.evaluate(() => localStorage.getItem('rivulet'))).toContain('mail');
  });
});

describe('the tab', () => {
  it('has an id of its own, that stays through reloads and the back-forward cache, and that no copy has', async () => {
    const browser = await world.profile.open();
    const page = await browser.newPage(`${site.origin}/tab`);
    await captured(page, 1);
    await page.reload();
    await captured(page, 1);
    await page.goto(`${site.otherOrigin}/linking`);
    await comeBack(page);
    await captured(page, 2);
    // A window that a page opens has a copy of what lies in its tab, as a tab that is duplicated has.
    const [copy] = await Promise.all([
      page.context().waitForEvent('page'),
      page.evaluate(() => {
        sessionStorage.setItem('copied', 'yes');
        window.open('/tab');
      }),
    ]);
    await copy.waitForFunction(() => 'client' in window);
    await captured(copy, 1);
    expect(await copy.evaluate(() => sessionStorage.getItem('copied'))).toBe('yes');
    await page.reload();
    await captured(page, 1);
    await recordsOf(world, copy);
    await recordsOf(world, page);
    const { clientId } = await readStats(page);
    const { lane } = await readStats(copy);
    const records = await recordsOfClient(world, clientId);
    const idsOf = (isCopy: boolean) =>
      new Set(
        records
          .filter(({ rivulet }) => (rivulet.lane === lane) === isCopy)
          .map(({ context }) => context.tabId),
      );

    expect([idsOf(false).size, idsOf(true).size]).toEqual([1, 1]);
    expect([...idsOf(false)]).not.toEqual([...idsOf(true)]);
  });
});
