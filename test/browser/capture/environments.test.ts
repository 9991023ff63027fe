import { expect, it } from 'vitest';
import type { ClientStats } from '../../../src/client/types.ts';
import type { RivuletGlobal } from '../../../src/script.ts';
import { recordsOf } from '../../helpers/capture-site.ts';
import { readStats, untilStats } from '../../helpers/client-page.ts';
import { useTagSite, whenStarted } from '../../helpers/tag-site.ts';
import { useWorld } from '../../helpers/world.ts';

type Tagged = Window & { rivulet: RivuletGlobal };

const world = useWorld();
const names =
  'pages leave clicks dead-clicks rage-clicks forms vitals errors reports long-frames resources network media metrics heartbeat campaigns tab';
const body = '<button id="buy" type="button">Buy</button>';

const site = useTagSite(world, {
  '/': {
    html: ({ attributes }) =>
      `${body}<script async src="/rivulet.js" ${attributes} data-capture="${names}"></script>`,
  },
  '/unconnected': {
    html: ({ attributes }) =>
      `${body}<script async src="/rivulet.js" ${attributes} data-capture="${names}"></script>`,
    headers: () => ({
      'content-security-policy': "default-src 'none'; script-src 'self'; img-src data:",
    }),
  },
});

/** Takes things away before the page's first script, and opens the page. */
async function openWithout(prepare: () => void, path = '/') {
  const { context, newPage } = await world.profile.open();
  const faults: string[] = [];
  context.on('weberror', (error) => faults.push(error.error().message));
  await context.addInitScript(prepare);
  const page = await newPage(`${site.origin}${path}`);
  await whenStarted(page);
  await page.click('#buy');
  await page.evaluate(() => (window as never as Tagged).rivulet.track('Own'));
  return { page, faults, context };
}

/** Without it everything arrives still; and how the account names that. */
const spared: readonly [what: string, prepare: () => void, stats: Partial<ClientStats>][] = [
  ['Web Locks', () => Reflect.deleteProperty(Navigator.prototype, 'locks'), { missing: ['locks'] }],
  [
    'CompressionStream',
    () => Reflect.deleteProperty(window, 'CompressionStream'),
    { missing: ['compression'] },
  ],
  [
    'crypto.subtle',
    () => Reflect.deleteProperty(Crypto.prototype, 'subtle'),
    { missing: ['subtle'] },
  ],
  [
    'BroadcastChannel',
    () => Reflect.deleteProperty(window, 'BroadcastChannel'),
    { missing: ['channel'] },
  ],
  [
    'IndexedDB',
    () => Reflect.deleteProperty(window, 'indexedDB'),
    { missing: ['indexedDB'], log: 'memory' },
  ],
  [
    'localStorage',
    () => Reflect.deleteProperty(window, 'localStorage'),
    { missing: ['storage'], log: 'indexeddb' },
  ],
  [
    'any storage, all of which throws',
    () => {
      for (const name of ['localStorage', 'sessionStorage', 'indexedDB']) {
        Object.defineProperty(window, name, {
          get() {
            throw new DOMException('denied', 'SecurityError');
          },
        });
      }
      Object.defineProperty(Document.prototype, 'cookie', {
        get() {
          throw new DOMException('denied', 'SecurityError');
        },
      });
    },
    { missing: ['indexedDB', 'storage'], log: 'memory' },
  ],
  [
    'an IndexedDB that opens',
    () => {
      IDBFactory.prototype.open = () => {
        throw new DOMException('denied', 'SecurityError');
      };
    },
    { missing: [], log: 'memory' },
  ],
  [
    'the Navigation API, observers and reports',
    () => {
      for (const name of [
        'navigation',
        'ReportingObserver',
        'PerformanceObserver',
        'IntersectionObserver',
      ]) {
        Reflect.deleteProperty(window, name);
      }
    },
    { missing: [] },
  ],
  [
    'what Safari 15.4, Chrome 93 or Firefox 92 lack',
    () => {
      for (const name of [
        'navigation',
        'ReportingObserver',
        'CompressionStream',
        'BroadcastChannel',
        'Temporal',
        'scheduler',
        'requestIdleCallback',
        'URLPattern',
      ]) {
        Reflect.deleteProperty(window, name);
      }
      for (const name of [
        'locks',
        'storage',
        'connection',
        'userAgentData',
        'getBattery',
        'deviceMemory',
        'userActivation',
      ]) {
        Reflect.deleteProperty(Navigator.prototype, name);
      }
      for (const name of ['any', 'timeout']) Reflect.deleteProperty(AbortSignal, name);
      for (const name of ['toSorted', 'toReversed', 'with', 'findLast', 'findLastIndex']) {
        Reflect.deleteProperty(Array.prototype, name);
      }
      for (const name of ['union', 'difference', 'intersection'])
        Reflect.deleteProperty(Set.prototype, name);
      Reflect.deleteProperty(Object, 'groupBy');
      Reflect.deleteProperty(Promise, 'withResolvers');
      Reflect.deleteProperty(Promise, 'try');
      Reflect.deleteProperty(URL, 'canParse');
      Reflect.deleteProperty(URL, 'parse');
      Reflect.deleteProperty(window, 'structuredClone');
    },
    { missing: expect.arrayContaining(['locks', 'compression', 'channel']) as never },
  ],
];

it.each(spared)('delivers without %s, and the account says so', async (_, prepare, stats) => {
  const { page, faults } = await openWithout(prepare);

  const records = await recordsOf(world, page);

  expect(records.map(({ event, type }) => event ?? type)).toEqual(
    expect.arrayContaining(['page', 'Element Clicked', 'Own']),
  );
  expect(await readStats(page)).toMatchObject(stats);
  expect(faults).toEqual([]);
});

it('keeps everything where a policy lets no request out, asks seldom, and the account says why', async () => {
  const { page, faults } = await openWithout(() => {
    Object.assign(window, { violations: 0 });
    document.addEventListener('securitypolicyviolation', () => {
      (window as unknown as { violations: number }).violations++;
    });
  }, '/unconnected');

  const stats = await untilStats(page, ({ pause }) => pause?.reason === 'unreachable');

  expect(stats.queue.events).toBeGreaterThanOrEqual(3);
  expect(stats).toMatchObject({ stored: 0, dropped: 0, log: 'indexeddb' });
  const asked = await page.evaluate(() => (window as unknown as { violations: number }).violations);
  expect(asked).toBeGreaterThan(0);
  expect(asked).toBeLessThan(20);
  expect(faults).toEqual([]);

  // Where the policy is mended, the next page delivers what waited.
  await page.goto(`${site.origin}/`);
  await whenStarted(page);
  const records = await recordsOf(world, page);
  expect(records.filter(({ event }) => event === 'Own')).toHaveLength(1);
});

it('keeps everything where a blocker stops the endpoint, and delivers it when it does no more', async () => {
  const { context, newPage } = await world.profile.open();
  await context.route(`${site.endpoint}/**`, (route) => route.abort('blockedbyclient'));
  const faults: string[] = [];
  context.on('weberror', (error) => faults.push(error.error().message));
  const page = await newPage(`${site.origin}/`);
  await whenStarted(page);
  await page.click('#buy');

  const stats = await untilStats(page, ({ pause }) => pause?.reason === 'unreachable');
  expect(stats.pause?.until).toBeGreaterThan(0);
  expect(stats).toMatchObject({ stored: 0, dropped: 0 });
  await context.unroute(`${site.endpoint}/**`);

  const records = await recordsOf(world, page);
  expect(records.map(({ event, type }) => event ?? type)).toEqual(
    expect.arrayContaining(['page', 'Element Clicked']),
  );
  expect(faults).toEqual([]);
});
