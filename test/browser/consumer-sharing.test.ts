import { resolve } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { Lease, LeaseStore } from '../../src/consumer/checkpoint/types.ts';
import { testLeaseStore } from '../conformance/lease-store.ts';
import { createProfile, type OpenBrowser, type Profile } from '../helpers/browser.ts';
import { createFakeKinesis, type FakeKinesis } from '../helpers/fake-kinesis/index.ts';
import { type LoopbackServer, serveOnLoopback } from '../helpers/loopback-server.ts';
import { bundle } from '../helpers/page-server.ts';

const KEYS = Array.from({ length: 24 }, (_, index) => `key${index}`);

declare global {
  interface Window {
    readonly sharing: typeof import('./pages/sharing-page.ts');
  }
}

interface Handed {
  readonly tab: string;
  readonly at: number;
  /** 1 for the tab's first one, and so on: beacons overtake each other. */
  readonly number: number;
  readonly shardId: string;
  readonly text: string;
}

let site: LoopbackServer;
let fake: FakeKinesis;
let profile: Profile;
let handed: Handed[];
let put: string[];

beforeAll(async () => {
  const script = await bundle(resolve(import.meta.dirname, 'pages/sharing-page.ts'));
  // The bundle's one global has another page's name.
  const page = `<!doctype html><title>Sharing</title><link rel="icon" href="data:,"><script>${script}\nwindow.sharing = rivulet;</script>`;
  site = await serveOnLoopback(async (request, response) => {
    if (request.url === '/handed') {
      handed.push(JSON.parse(await text(request)));
      response.end();
    } else if (request.url?.startsWith('/v1/kinesis')) {
      const body = new Uint8Array(await buffer(request));
      const headers = Object.entries(request.headers).map(([name, value]) => [name, `${value}`]);
      const { method = '' } = request;
      const answer = fake.handle({ method, path: '/', headers: Object.fromEntries(headers), body });
      response.writeHead(answer?.status ?? 500, answer?.headers).end(answer?.body);
    } else response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
  });
});
afterAll(() => site.stop());

beforeEach(async () => {
  [handed, put] = [[], []];
  fake = createFakeKinesis();
  fake.call('CreateStream', { StreamName: 'clickstream', ShardCount: 8 });
  profile = await createProfile();
});
afterEach(() => profile.remove());

function produce(count: number): void {
  for (let round = 0; round < count; round++) {
    const number = put.length / KEYS.length;
    for (const key of KEYS) {
      put.push(`${key} ${number}`);
      fake
        .stream('clickstream')
        ?.route(key)
        .append(key, Buffer.from(`${key} ${number}`));
    }
  }
}

async function open(browser: OpenBrowser, tab: string, leaseMs: number): Promise<Page> {
  const page = await browser.newPage(site.origin);
  await page.evaluate(([name, ms]) => void window.sharing.share(name, ms), [tab, leaseMs] as const);
  return page;
}

/** A store in a page, as if it were here. */
function storeIn(page: Page, name: string): LeaseStore {
  const call = <Name extends 'list' | 'create' | 'replace' | 'remove'>(
    method: Name,
    ...args: unknown[]
  ) =>
    page.evaluate(
      ([name, method, args]) => {
        const store = window.sharing.openStore(name);
        return (store[method] as (...args: unknown[]) => Promise<unknown>)(...args);
      },
      [name, method, args] as const,
    );
  return {
    list: async () => (await call('list')) as Lease[],
    create: async (lease) => (await call('create', lease)) as boolean,
    replace: async (before, lease) => (await call('replace', before, lease)) as boolean,
    remove: async (before) => (await call('remove', before)) as boolean,
  };
}

/** How many shards each of the tabs owns, as the database says. */
async function loads(page: Page, ...tabs: string[]): Promise<readonly number[]> {
  const leases = await storeIn(page, 'sharing').list();
  return tabs.map((tab) => leases.filter(({ owner }) => owner?.startsWith(`${tab}.`)).length);
}

function expectEverything(): void {
  const inOrder = [...handed].sort((one, other) => one.at - other.at || one.number - other.number);
  for (const key of KEYS) {
    const firsts = new Set(inOrder.flatMap((it) => (it.text.startsWith(`${key} `) ? it.text : [])));
    expect([...firsts]).toEqual(put.filter((text) => text.startsWith(`${key} `)));
  }
}

const arrived = (): Promise<void> =>
  vi.waitFor(() => expect(new Set(handed.map((it) => it.text)).size).toBe(put.length), {
    timeout: 40_000,
    interval: 50,
  });

it('shards of a tab that is closed are free at once, by its Web Lock', async () => {
  const LEASE_MS = 12_000;
  const browser = await profile.open();
  const closed = await open(browser, 'closed', LEASE_MS);
  produce(5);
  await arrived();
  const left = await open(browser, 'left', LEASE_MS);
  await expect
    .poll(() => loads(left, 'closed', 'left'), { timeout: 90_000, interval: 100 })
    .toEqual([7, 1]);

  await closed.close();
  const closedAt = Date.now();
  await expect
    .poll(() => loads(left, 'closed', 'left'), { timeout: 90_000, interval: 20 })
    .toEqual([0, 8]);
  const tookMs = Date.now() - closedAt;
  produce(5);
  await arrived();

  // Without the lock it would take at least as long as the lease.
  expect(tookMs).toBeLessThan(LEASE_MS / 2);
  expectEverything();
});

it('a tab that is frozen loses its shards when its lease ends, and reads none of them when it wakes', async () => {
  const LEASE_MS = 6000;
  const browser = await profile.open({ hasHiddenTabs: true });
  const frozen = await open(browser, 'frozen', LEASE_MS);
  produce(5);
  await arrived();
  const other = await open(browser, 'other', LEASE_MS);
  const third = await open(browser, 'third', LEASE_MS);
  const sorted = async () => [...(await loads(third, 'frozen', 'other', 'third'))].sort();
  await expect.poll(sorted, { timeout: 90_000, interval: 100 }).toEqual([2, 3, 3]);
  produce(5);
  await arrived();

  await third.bringToFront();
  const session = await browser.context.newCDPSession(frozen);
  await session.send('Page.setWebLifecycleState', { state: 'frozen' });
  await expect.poll(() => loads(third, 'frozen'), { timeout: 90_000, interval: 100 }).toEqual([0]);
  produce(20);
  await arrived();
  const before = await loads(third, 'other', 'third');
  const wokenAt = Date.now();
  await session.send('Page.setWebLifecycleState', { state: 'active' });
  await expect
    .poll(() => loads(third, 'frozen'), { timeout: 90_000, interval: 50 })
    .not.toEqual([0]);
  const backAt = Date.now();
  produce(5);
  await arrived();

  expect(before.reduce((sum, count) => sum + count, 0)).toBe(8);
  expect(
    handed.filter(({ tab, at }) => tab === 'frozen' && at >= wokenAt && at < backAt - 200),
  ).toEqual([]);
  expectEverything();
  await other.close();
});

let stores = 0;
const names = new WeakMap<object, string>();
let shown: Promise<Page> | undefined;
let shownIn: Profile | undefined;
afterAll(() => shownIn?.remove());

/** One page for the whole suite. */
async function openPage(): Promise<Page> {
  shownIn = await createProfile();
  return (await shownIn.open()).newPage(site.origin);
}

async function openIn(name: string): Promise<LeaseStore> {
  shown ??= openPage();
  const store = storeIn(await shown, name);
  names.set(store, name);
  return store;
}

testLeaseStore(
  'IndexedDB in Chromium',
  () => openIn(`store-${++stores}`),
  (store) => openIn(names.get(store) ?? ''),
);
