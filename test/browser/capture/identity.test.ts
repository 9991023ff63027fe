import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { StreamRecord } from '../../../src/protocol/event.ts';
import { recordsOf, recordsOfClient, useCaptureSite } from '../../helpers/capture-site.ts';
import { drain, readStats } from '../../helpers/client-page.ts';
import { useWorld } from '../../helpers/world.ts';

/** Chromium finds names below `localhost` on this machine, and takes them for secure. */
const DOMAIN = 'shop.localhost';

const world = useWorld();
const shared = { capture: '', more: `visitorStorage: identity.cookies({ domain: '${DOMAIN}' })` };
const site = useCaptureSite(world, {
  '/plain': { capture: '' },
  '/shared': shared,
  '/pending': { ...shared, options: { consent: 'pending' } },
  '/own': { capture: '', more: 'visitorStorage: identity.cookies()' },
  // No page may set a cookie for all of `localhost`.
  '/too-wide': { capture: '', more: `visitorStorage: identity.cookies({ domain: 'localhost' })` },
  '/cookieless': {
    capture: '...everySource()',
    options: { cookieless: true },
    more: 'visitorStorage: identity.cookies(),',
    head: '<link rel="stylesheet" href="/missing.css" />',
    body: '<a href="/cookieless?utm_source=letter&gclid=7">Next</a><form><input name="q"></form>',
  },
  '/idle': { capture: '', options: { sessionIdleMs: 400 } },
  '/campaign': {
    capture: '',
    more: 'sessionRules: [identity.onCampaign(), identity.atMidnight()]',
  },
  '/middleware': { capture: 'sources.clicks()', body: '<button id="buy">Buy</button>' },
});

const at = (host: string, path: string): string =>
  `${site.origin.replace('127.0.0.1', host)}${path}`;

/** Captures one event of that name, which is on the device when it resolves. */
function capture(page: Page, event: string): Promise<void> {
  return page.evaluate(async (event) => {
    window.client.track(event);
    await window.client.flush();
  }, event);
}

/** The records of a page that has no client id, by its lane. */
async function recordsOfLane(page: Page): Promise<readonly StreamRecord[]> {
  await drain(page);
  const { lane } = await readStats(page);
  const tailed = await world.tail.readToEnd();
  return tailed.map(({ event }) => event).filter(({ rivulet }) => rivulet.lane === lane);
}

const clientOf = async (page: Page): Promise<string> => (await readStats(page)).clientId;

const keysOf = (page: Page): Promise<string[]> =>
  page.evaluate(() => Object.keys(localStorage).sort());

/** Everything that a page can leave on the device. */
function footprintOf(page: Page): Promise<unknown> {
  return page.evaluate(async () => ({
    cookies: document.cookie,
    local: Object.keys(localStorage),
    session: Object.keys(sessionStorage),
    databases: (await indexedDB.databases()).map(({ name }) => name),
    caches: await caches.keys(),
    workers: (await navigator.serviceWorker.getRegistrations()).length,
    usage: (await navigator.storage.estimate()).usage,
  }));
}

const NOTHING = {
  ...{ cookies: '', local: [], session: [], databases: [], caches: [] },
  ...{ workers: 0, usage: 0 },
};

describe('a visitor in a cookie', () => {
  it('is the same on every subdomain, with its user and its session', async () => {
    const browser = await world.profile.open();
    const shop = await browser.newPage(at(`www.${DOMAIN}`, '/shared'));
    await shop.evaluate(() => window.client.identify('user-42'));
    await capture(shop, 'One');
    const help = await browser.newPage(at(`help.${DOMAIN}`, '/shared'));
    await capture(help, 'Two');

    const records = await recordsOfClient(world, await clientOf(shop));
    expect(await clientOf(help)).toBe(await clientOf(shop));
    expect(records.map(({ type, event }) => event ?? type)).toEqual(['identify', 'One', 'Two']);
    expect(new Set(records.map(({ context }) => context.sessionId)).size).toBe(1);
    expect(records.every(({ userId }) => userId === 'user-42')).toBe(true);
    expect(await keysOf(help)).toEqual([]);
  });

  it('is another one for all subdomains after a reset on one of them', async () => {
    const browser = await world.profile.open();
    const shop = await browser.newPage(at(`www.${DOMAIN}`, '/shared'));
    await capture(shop, 'One');
    const before = await clientOf(shop);
    const help = await browser.newPage(at(`help.${DOMAIN}`, '/shared'));

    await help.evaluate(() => window.client.reset());
    await capture(shop, 'Two');

    expect(await clientOf(shop)).not.toBe(before);
    expect(await clientOf(help)).toBe(await clientOf(shop));
  });

  it('is the one of before who moves into it out of localStorage, and out of the cookie of one host', async () => {
    const browser = await world.profile.open();
    const page = await browser.newPage(at(`www.${DOMAIN}`, '/plain'));
    await capture(page, 'In localStorage');
    const before = await clientOf(page);
    expect(await keysOf(page)).toContain('rivulet');

    await page.goto(at(`www.${DOMAIN}`, '/own'));
    await page.evaluate(() => window.client.identify('user-42'));
    await capture(page, 'In a cookie of this host');
    expect([await clientOf(page), await keysOf(page)]).toEqual([before, []]);
    await page.goto(at(`www.${DOMAIN}`, '/shared'));
    await page.evaluate(() => window.client.identify('user-43'));
    await capture(page, 'In a cookie of the domain');
    await page.goto(at(`help.${DOMAIN}`, '/shared'));
    await capture(page, 'There too');

    expect(await clientOf(page)).toBe(before);
    const cookies = await browser.context.cookies();
    expect(cookies.map(({ name, domain }) => [name, domain])).toEqual([['rivulet', `.${DOMAIN}`]]);
    const [cookie] = cookies;
    expect(cookie).toMatchObject({ path: '/', sameSite: 'Lax' });
    const daysLeft = ((cookie?.expires ?? 0) - Date.now() / 1000) / 86_400;
    expect(daysLeft).toBeGreaterThan(399);
  });

  it('is in localStorage where the browser takes no such cookie', async () => {
    const browser = await world.profile.open();
    const page = await browser.newPage(at(`www.${DOMAIN}`, '/too-wide'));
    await capture(page, 'One');
    const before = await clientOf(page);
    await page.reload();
    await capture(page, 'Two');

    expect(await clientOf(page)).toBe(before);
    expect([await browser.context.cookies(), await keysOf(page)]).toEqual([[], ['rivulet']]);
  });

  it('is the page’s own where the user blocks all that sites store, and its events arrive', async () => {
    const folder = join(world.profile.folder, 'Default');
    await mkdir(folder, { recursive: true });
    const settings = { profile: { default_content_setting_values: { cookies: 2 } } };
    await writeFile(join(folder, 'Preferences'), JSON.stringify(settings));
    const browser = await world.profile.open();
    const page = await browser.newPage(at(`www.${DOMAIN}`, '/shared'));

    await capture(page, 'One');
    await capture(page, 'Two');

    const isRefused = await page.evaluate(() => {
      try {
        return localStorage.length < 0;
      } catch {
        return true;
      }
    });
    expect(isRefused).toBe(true);
    expect((await recordsOf(world, page)).map(({ event }) => event)).toEqual(['One', 'Two']);
  });

  it('is written when the user has agreed, and deleted when the user has not', async () => {
    const browser = await world.profile.open();
    const page = await browser.newPage(at(`www.${DOMAIN}`, '/pending'));
    await page.evaluate(() => window.client.track('One'));
    expect(await footprintOf(page)).toEqual(NOTHING);

    await page.evaluate(() => window.client.consent('granted'));
    expect((await browser.context.cookies()).map(({ name }) => name)).toEqual(['rivulet']);
    await page.evaluate(() => window.client.consent('denied'));

    expect(await browser.context.cookies()).toEqual([]);
    expect(await keysOf(page)).toEqual([]);
  });
});

describe('a client that keeps nothing', () => {
  it('leaves nothing on the device with every source at work, and complains of nothing', async () => {
    const browser = await world.profile.open();
    await browser.context.addInitScript(() => {
      Object.assign(window, {
        everySource: () =>
          Object.values((window.rivulet as unknown as { sources: object }).sources).flatMap(
            (create) => {
              if (typeof create !== 'function') return [];
              try {
                const source = create();
                return typeof source?.start === 'function' ? [source] : [];
              } catch {
                // One that has to be told something.
                return [];
              }
            },
          ),
      });
    });
    const page = await browser.newPage(at(`www.${DOMAIN}`, '/cookieless?utm_source=a&gclid=1'));
    await page.fill('input', 'boots');
    await page.evaluate(async () => {
      window.client.identify('user-42');
      window.client.metric('Heat', 7);
      await window.client.flush();
    });
    await page.click('a');
    await page.waitForURL(/letter/);
    await page.evaluate(() => window.client.alias('user-42'));

    const records = await recordsOfLane(page);

    expect(await footprintOf(page)).toEqual(NOTHING);
    expect(await page.evaluate(() => (window as { errors?: unknown }).errors)).toEqual([]);
    const [first] = records;
    expect(records.map(({ type }) => type)).toEqual(expect.arrayContaining(['page', 'metric']));
    expect(first?.anonymousId).toMatch(/^[\w-]{22}$/);
    expect(new Set(records.map(({ anonymousId }) => anonymousId)).size).toBe(1);
    expect(records.some(({ context }) => 'sessionId' in context)).toBe(false);
    expect(records.find(({ type }) => type === 'alias')).toMatchObject({
      ...{ userId: 'user-42', previousId: first?.anonymousId },
    });
    expect(await readStats(page)).toMatchObject({ clientId: '', log: 'memory' });
  });

  it('is the same all day for the same browser, and another one for another', async () => {
    const browser = await world.profile.open();
    const idsOf = async (page: Page): Promise<readonly string[]> => {
      await capture(page, 'One');
      return (await recordsOfLane(page)).map(({ anonymousId }) => anonymousId);
    };
    await browser.context.addInitScript(() => {
      Object.assign(window, { everySource: () => [] });
    });
    const address = at(`www.${DOMAIN}`, '/cookieless');

    const one = await idsOf(await browser.newPage(address));
    const same = await idsOf(await browser.newPage(address));
    const page = await browser.context.newPage();
    const session = await browser.context.newCDPSession(page);
    await session.send('Emulation.setUserAgentOverride', { userAgent: 'Another/1.0' });
    await page.goto(address);
    const other = await idsOf(page);

    expect(one).toHaveLength(1);
    expect(same).toEqual(one);
    expect(other).toHaveLength(1);
    expect(other).not.toEqual(one);
  });

  it('sends what it holds when the page gives way to the next one of its site', async () => {
    const browser = await world.profile.open();
    await browser.context.addInitScript(() => {
      Object.assign(window, { everySource: () => [] });
    });
    const page = await browser.newPage(at(`www.${DOMAIN}`, '/cookieless'));
    await capture(page, 'First');
    const { lane } = await readStats(page);

    await page.evaluate(
      (next) => {
        for (let n = 0; n < 20; n++) window.client.track('Last');
        location.href = next;
      },
      at(`www.${DOMAIN}`, '/plain'),
    );
    await page.waitForURL(/plain/);

    await expect
      .poll(async () => {
        const tailed = await world.tail.readToEnd();
        return tailed.filter(({ event }) => event.rivulet.lane === lane).length;
      })
      .toBe(21);
  });
});

describe('a session', () => {
  const sessionsOf = (records: readonly StreamRecord[]): unknown[] => [
    ...new Set(records.map(({ context }) => context.sessionId)),
  ];

  it('ends when nothing was captured for as long as is asked for', async () => {
    const browser = await world.profile.open();
    const page = await browser.newPage(at(`www.${DOMAIN}`, '/idle'));
    await capture(page, 'One');
    await page.waitForTimeout(600);
    await capture(page, 'Two');

    expect(sessionsOf(await recordsOf(world, page))).toHaveLength(2);
  });

  it('ends with another campaign, and stands between two tabs that came by two', async () => {
    const browser = await world.profile.open();
    const one = await browser.newPage(at(`www.${DOMAIN}`, '/campaign?utm_source=a'));
    await capture(one, 'One');
    const other = await browser.newPage(at(`www.${DOMAIN}`, '/campaign?utm_source=b'));
    for (const page of [other, one, other]) await capture(page, 'In turn');
    await one.goto(at(`www.${DOMAIN}`, '/campaign'));
    await capture(one, 'Without one');

    const records = await recordsOf(world, one);
    const [first] = sessionsOf(records.filter(({ event }) => event === 'One'));
    expect(sessionsOf(records)).toHaveLength(2);
    expect(records.filter(({ context }) => context.sessionId === first)).toHaveLength(1);
  });
});

describe('middleware', () => {
  it('edits, leaves out and copies what a person does, and the stream misses no number', async () => {
    const browser = await world.profile.open();
    const page = await browser.newPage(at(`www.${DOMAIN}`, '/middleware'));
    const copied = await page.evaluateHandle(() => {
      const copies: string[] = [];
      window.client.use(({ properties, event }, next) => {
        if (properties?.secret) return;
        if (event === 'Thrown') throw new Error('mine');
        next({ type: 'track', event: `${event}!`, properties: { ...properties, edited: true } });
      });
      window.client.use(({ messageId }, next) => {
        copies.push(messageId);
        next();
      }, 'after');
      return copies;
    });

    await page.click('#buy');
    await page.evaluate(() => {
      window.client.track('Kept back', { secret: true });
      window.client.track('Thrown');
      window.client.track('Kept back', { secret: true });
    });

    const records = await recordsOf(world, page);
    const [click, thrown, drop] = records;
    expect(records).toHaveLength(3);
    expect(click).toMatchObject({ event: 'Element Clicked!', properties: { edited: true } });
    expect(thrown).toMatchObject({ event: 'Thrown' });
    expect(drop).toMatchObject({ type: 'drop', properties: { reason: 'middleware' } });
    const ranges = drop?.properties?.ranges as [number, number][];
    const declared = ranges.flatMap(([first, count]) =>
      Array.from({ length: count }, (_, offset) => first + offset),
    );
    const numbers = [...records.map(({ rivulet }) => rivulet.seq), ...declared];
    expect(numbers.sort()).toEqual([1, 2, 3, 4, 5]);
    expect(await copied.jsonValue()).toEqual([click?.messageId, thrown?.messageId]);
  });
});

describe('the names of a user', () => {
  it('arrive with who the user was before', async () => {
    const browser = await world.profile.open();
    const page = await browser.newPage(at(`www.${DOMAIN}`, '/plain'));
    await page.evaluate(() => {
      window.client.alias('user-42');
      window.client.alias('user-43');
      window.client.log('warn', 'paper is low', { till: 7 });
    });

    const anonymousId = await clientOf(page);
    expect(await recordsOf(world, page)).toMatchObject([
      { type: 'alias', anonymousId, userId: 'user-42', previousId: anonymousId },
      { type: 'alias', userId: 'user-43', previousId: 'user-42' },
      { type: 'log', properties: { level: 'warn', message: 'paper is low', till: 7 } },
    ]);
  });
});
