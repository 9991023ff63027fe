import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, expect, it } from 'vitest';
import * as capture from '../../../src/capture/index.ts';
import type { CaptureSource } from '../../../src/capture/types.ts';
import type { RivuletGlobal } from '../../../src/script.ts';
import { recordsOf } from '../../helpers/capture-site.ts';
import { readStats } from '../../helpers/client-page.ts';
import { type TagSite, useTagSite, whenStarted } from '../../helpers/tag-site.ts';
import { useWorld } from '../../helpers/world.ts';

/** The global of the page, whatever it is at the moment. */
type Tagged = Window & {
  rivulet: RivuletGlobal;
  other: RivuletGlobal;
};

const world = useWorld();
const names = (Object.values(capture) as (() => CaptureSource)[]).map((create) => create().name);

const strict = ({ endpoint }: TagSite, scripts = "'self'"): Record<string, string> => ({
  'content-security-policy': [
    "default-src 'none'",
    `script-src ${scripts}`,
    `connect-src ${endpoint}`,
    'img-src data:',
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
});
const tag = ({ attributes }: TagSite, more = ''): string =>
  `<script async src="/rivulet.js" ${attributes} ${more}></script>`;
const snippet = ({ loader }: TagSite): string => `<script>${loader}</script>`;

const site = useTagSite(world, {
  '/': {
    html: (site) =>
      `<button id="buy" type="button">Buy</button>${tag(site, 'data-capture="pages clicks"')}`,
  },
  '/strict': {
    html: (site) =>
      `<script src="/rivulet-loader.js"></script><script src="/early.js"></script>
      ${tag(site, `data-capture="${names.join(' ')}"`)}<form id="order"><input name="amount"><button id="buy" type="button">Buy</button></form>`,
    headers: strict,
  },
  '/hashed': {
    html: (site) => `${snippet(site)}<script src="/early.js"></script>${tag(site)}`,
    headers: (site) => strict(site, `'self' '${site.loaderHash}'`),
  },
  '/early.js': {
    html: () =>
      "rivulet.track('Early', { n: 1 }); rivulet.ready(() => { window.isReady = true; });",
  },
  '/early': { html: (site) => `${snippet(site)}<script src="/early.js"></script>${tag(site)}` },
  '/early-pending': {
    html: (site) =>
      `${snippet(site)}<script src="/early.js"></script>${tag(site, 'data-consent="pending"')}`,
  },
  '/twice': {
    html: (site) => tag(site, 'data-capture="pages"').repeat(2),
  },
  '/two': { html: (site) => `${tag(site)}${tag(site, 'data-global="other"')}` },
  '/whole': {
    html: (site) => tag(site, `integrity="${site.scriptHash}" data-capture="pages"`),
  },
  '/forged': {
    html: (site) =>
      `${snippet(site)}<script src="/early.js"></script>${tag(site, `integrity="${site.loaderHash}"`)}`,
  },
  '/framing': {
    html: () => '<iframe sandbox="allow-scripts" src="/framed"></iframe>',
  },
  '/framed': {
    html: (site) =>
      `${snippet(site)}<script src="/early.js"></script>${tag(site, `data-capture="${names.join(' ')}"`)}`,
  },
  '/bare-client': { html: (site) => tag(site) },
  '/empty': { html: () => '' },
  '/defer': { html: (site) => tag(site, 'defer data-capture="pages"').replace('async ', '') },
  '/module': { html: (site) => tag(site, 'type="module" data-capture="pages"') },
  '/sync': { html: (site) => tag(site, 'data-capture="pages"').replace('async ', '') },
  '/inserted': {
    html: ({ attributes }) => `<script>
      const tag = document.createElement('script');
      document.body.insertAdjacentHTML('beforeend', '<i ${attributes} data-capture="pages"></i>');
      Object.assign(tag.dataset, document.body.lastChild.dataset);
      document.body.lastChild.remove();
      tag.src = '/rivulet.js';
      document.head.append(tag);
    </script>`,
  },
  '/bare': {
    // As a tag manager leaves it that takes attributes away.
    html: (site) =>
      `<meta ${site.attributes} data-capture="pages"><script async src="/rivulet.js"></script>`,
  },
});

afterEach(() => site.setScript('ok'));

/** What goes wrong in the pages of a browser: exceptions, and what a policy forbids. */
async function openBrowser(): Promise<{
  context: BrowserContext;
  newPage: (path: string) => Promise<Page>;
  faults: string[];
}> {
  const { context, newPage } = await world.profile.open();
  const faults: string[] = [];
  context.on('weberror', (error) => faults.push(error.error().message));
  context.on('console', (message) => {
    if (/rivulet|Security Policy|TrustedScript|trusted type/i.test(message.text()))
      faults.push(message.text());
  });
  return { context, faults, newPage: (path) => newPage(`${site.origin}${path}`) };
}

const eventsOf = async (page: Page): Promise<string[]> =>
  (await recordsOf(world, page)).map(({ type, event }) => event ?? type);

it('works under a policy that allows only its own files and trusts no text, with every source', async () => {
  const { newPage, faults } = await openBrowser();
  const page = await newPage('/strict');
  await whenStarted(page);
  await page.waitForFunction(() => 'isReady' in window);
  await page.click('#buy');
  await page.fill('input', '7');

  const records = await recordsOf(world, page);

  expect(faults).toEqual([]);
  expect(records.map(({ event, type }) => event ?? type)).toEqual(
    expect.arrayContaining(['Early', 'page', 'Element Clicked']),
  );
});

it('takes the snippet inline where a policy names its hash', async () => {
  const { newPage, faults } = await openBrowser();
  const page = await newPage('/hashed');
  await whenStarted(page);

  expect(await eventsOf(page)).toEqual(['Early']);
  expect(faults).toEqual([]);
});

it('delivers the calls of a visitor who left before the file had loaded, with their time and page, once', async () => {
  site.setScript('held');
  const { newPage, faults, context } = await openBrowser();
  const before = Date.now();
  const page = await context.newPage();
  await page.goto(`${site.origin}/early?utm_source=mail&token=secret`, { waitUntil: 'commit' });
  await page.waitForFunction(() => document.scripts.length === 3);
  const after = Date.now();
  site.setScript('ok');
  await page.goto(`${site.origin}/`);
  await whenStarted(page);

  const records = await recordsOf(world, page);

  const early = records.filter(({ event }) => event === 'Early');
  expect(early).toHaveLength(1);
  expect(early[0]).toMatchObject({
    properties: { n: 1 },
    context: { page: { url: `${site.origin}/early?utm_source=mail`, path: '/early' } },
  });
  const at = Date.parse(String(early[0]?.context.timestamp));
  expect(at).toBeGreaterThanOrEqual(before);
  expect(at).toBeLessThanOrEqual(after);
  expect(JSON.stringify(records)).not.toContain('secret');
  const next = await newPage('/');
  await whenStarted(next);
  expect((await eventsOf(next)).filter((name) => name === 'Early')).toHaveLength(1);
  expect(faults).toEqual([]);
});

it.each([
  ['the tag asks for consent', '/early-pending', () => {}],
  [
    'the user objects',
    '/early',
    () => Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { value: true }),
  ],
])(
  'leaves nothing on the device of a visitor who left early where %s',
  async (_, path, prepare) => {
    site.setScript('held');
    const { context } = await openBrowser();
    await context.addInitScript(prepare);
    const page = await context.newPage();
    await page.goto(`${site.origin}${path}`, { waitUntil: 'commit' });
    await page.waitForFunction(() => document.scripts.length === 3);
    await page.goto(`${site.origin}/empty`);

    expect(await page.evaluate(() => ({ ...localStorage }))).toEqual({});
  },
);

it('leaves a page whose file is blocked as it is, and delivers its calls when a page gets it', async () => {
  site.setScript('missing');
  const { newPage, faults } = await openBrowser();
  const page = await newPage('/early');
  const answer = await page.evaluate(async () => {
    const { rivulet } = window as never as Tagged;
    await rivulet.track('Awaited');
    return 'went on';
  });
  expect(answer).toBe('went on');

  await page.goto(`${site.origin}/early`);
  site.setScript('ok');
  await page.goto(`${site.origin}/`);
  await whenStarted(page);

  expect(await eventsOf(page)).toEqual(expect.arrayContaining(['Early', 'Awaited', 'Early']));
  expect(faults).toEqual([]);
});

it('brings the calls of Segment to the stream as its spec has them', async () => {
  const { newPage, faults } = await openBrowser();
  const page = await newPage('/bare-client');
  await whenStarted(page);
  const { clientId } = await readStats(page);
  const answered = await page.evaluate(async () => {
    const { rivulet } = window as never as Tagged;
    rivulet.identify('ada', { plan: 'pro' });
    rivulet.group('herons', { seats: 4 });
    rivulet.page('Shop', 'Kettles', { step: 2 });
    rivulet.alias('ada@example.com', 'ada');
    const options = {
      context: { campaign: { name: 'spring' } },
      timestamp: '2026-01-02T00:00:00Z',
    };
    return new Promise<unknown>((resolve) => {
      rivulet.track('Order Completed', { total: 5 }, options, resolve);
    });
  });

  const records = await recordsOf(world, page);

  expect(records).toMatchObject([
    { type: 'identify', userId: 'ada', traits: { plan: 'pro' } },
    { type: 'group', userId: 'ada', groupId: 'herons', traits: { seats: 4 } },
    { type: 'page', event: 'Kettles', properties: { category: 'Shop', step: 2 } },
    { type: 'alias', userId: 'ada@example.com', previousId: 'ada' },
    {
      type: 'track',
      event: 'Order Completed',
      properties: { total: 5 },
      anonymousId: clientId,
      context: {
        campaign: { name: 'spring' },
        timestamp: '2026-01-02T00:00:00Z',
        page: { path: '/bare-client' },
      },
    },
  ]);
  expect(answered).toMatchObject({ event: { messageId: records[4]?.messageId } });
  expect(records[0]?.context).not.toHaveProperty('campaign');
  expect(faults).toEqual([]);
});

it('is one client where its tag stands twice', async () => {
  const { newPage, faults } = await openBrowser();
  const page = await newPage('/twice');
  await whenStarted(page);

  expect(await eventsOf(page)).toEqual(['page']);
  expect(faults).toEqual([]);
});

it('is two clients, with a queue each, where the second tag has another name', async () => {
  const { newPage, faults } = await openBrowser();
  const page = await newPage('/two');
  await whenStarted(page, 'other');
  await page.evaluate(() => (window as never as Tagged).other.track('Of the other'));
  expect(await eventsOf(page)).toEqual(['Of the other']);
  await whenStarted(page);

  expect((await readStats(page)).captured).toBe(0);
  expect(faults).toEqual([]);
});

it('is the file that its integrity says, or none', async () => {
  const { newPage, faults } = await openBrowser();
  const page = await newPage('/whole');
  await whenStarted(page);
  expect(await eventsOf(page)).toEqual(['page']);
  expect(faults).toEqual([]);

  const forged = await newPage('/forged');

  expect(await forged.evaluate(() => 'writeKey' in (window as never as Tagged).rivulet)).toBe(
    false,
  );
});

it('works in a frame that may store nothing', async () => {
  const { newPage, faults } = await openBrowser();
  const page = await newPage('/framing');
  const frame = page.frames().find((one) => one.url().endsWith('/framed'));
  if (!frame) throw new Error('expected the frame');
  await whenStarted(frame);

  const records = await recordsOf(world, frame as never);

  expect(records.map(({ event, type }) => event ?? type)).toEqual(
    expect.arrayContaining(['Early', 'page']),
  );
  const { log, missing } = await readStats(frame as never);
  expect(log).toBe('memory');
  expect(missing).toEqual(['storage']);
  expect(faults).toEqual([]);
});

it.each(['/defer', '/module', '/sync', '/inserted', '/bare'])('works as %s', async (path) => {
  const { newPage, faults } = await openBrowser();
  const page = await newPage(path);
  await whenStarted(page);

  expect(await eventsOf(page)).toEqual(['page']);
  expect(faults).toEqual([]);
});
