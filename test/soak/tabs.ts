import type { CDPSession, Page } from 'playwright-core';
import type { OpenBrowser, Profile } from '../helpers/browser.ts';
import { drain, keepCapturing, readStats } from '../helpers/client-page.ts';
import { inTime } from './in-time.ts';

const TABS = 3;
/** 40 events a second of each tab, and a write for each tick. */
const PACE = { count: 20, everyMs: 500 } as const;

/** Tabs that capture all the time, and what may happen to one. */
export interface Tabs {
  readonly start: () => Promise<void>;
  readonly pages: () => readonly Page[];
  readonly reload: (index: number) => Promise<void>;
  readonly crash: (index: number) => Promise<void>;
  /** The answer ends it. */
  readonly freeze: (index: number) => Promise<() => Promise<void>>;
  readonly loseHandles: (index: number) => Promise<void>;
  readonly killBrowser: () => Promise<void>;
  readonly setOffline: (isOffline: boolean) => Promise<void>;
  readonly queued: () => Promise<number>;
  /** Captures no more, and sends all. */
  readonly drain: () => Promise<void>;
  /** Tabs that have ended without a word. */
  readonly kills: () => number;
}

export function createTabs({ profile, url }: { profile: Profile; url: string }): Tabs {
  let browser: OpenBrowser | undefined;
  let pages: Page[] = [];
  let kills = 0;

  async function openTab(): Promise<Page> {
    const { context } = browser as OpenBrowser;
    const page = await context.newPage();
    await page.addInitScript(() => {
      const { transaction } = IDBDatabase.prototype;
      const handles = new Set<IDBDatabase>();
      IDBDatabase.prototype.transaction = function (...args: Parameters<typeof transaction>) {
        handles.add(this);
        return transaction.apply(this, args);
      };
      window.loseHandles = () => {
        for (const handle of handles) handle.close();
        handles.clear();
      };
    });
    await page.goto(url);
    await keepCapturing(page, 'Soak', PACE);
    return page;
  }

  async function start(): Promise<void> {
    browser = await profile.open({ hasHiddenTabs: true });
    pages = [];
    for (let tab = 0; tab < TABS; tab += 1) pages.push(await openTab());
  }

  const at = (index: number): Page => pages[index % TABS] as Page;

  return {
    start,
    pages: () => pages,
    async reload(index) {
      await inTime(at(index).reload());
      await inTime(keepCapturing(at(index), 'Soak', PACE));
    },
    async crash(index) {
      kills += 1;
      const page = at(index);
      const session = await page.context().newCDPSession(page);
      const crashed = page.waitForEvent('crash');
      // Nobody is left to answer.
      session.send('Page.crash').catch(() => {});
      await inTime(crashed);
      await inTime(page.close());
      pages[index % TABS] = await openTab();
    },
    async freeze(index) {
      const page = at(index);
      const session: CDPSession = await page.context().newCDPSession(page);
      const set = async (state: 'frozen' | 'active'): Promise<void> => {
        await inTime(session.send('Page.setWebLifecycleState', { state }));
      };
      await set('frozen');
      return () => set('active');
    },
    async loseHandles(index) {
      await inTime(at(index).evaluate(() => window.loseHandles()));
    },
    async killBrowser() {
      kills += TABS;
      await browser?.kill();
      await start();
    },
    async setOffline(isOffline) {
      await browser?.context.setOffline(isOffline);
    },
    async queued() {
      const all = await Promise.all(pages.map((page) => inTime(readStats(page))));
      return Math.max(0, ...all.map((stats) => stats?.queue.events ?? 0));
    },
    async drain() {
      const [page] = pages;
      for (const each of pages) await each.evaluate(() => window.stopCapturing());
      if (page) await drain(page);
    },
    kills: () => kills,
  };
}

declare global {
  interface Window {
    loseHandles: () => void;
  }
}
