import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { DebugPage } from '../browser/pages/debug-page.ts';
import { createProfile, type OpenBrowser, type Profile } from './browser.ts';
import { type DebugPageServer, startDebugPage } from './debug-page.ts';

declare global {
  var debugPage: DebugPage;
}

export const SIZES = { wide: [1280, 800], medium: [700, 900], narrow: [320, 640] } as const;

/** The debug view alone in Chromium, on a scripted stream: one browser a file, a fresh page for each `open`. */
export interface DebugView {
  /** The page that is open. */
  readonly page: () => Page;
  readonly open: (size?: keyof typeof SIZES, colorScheme?: 'light' | 'dark') => Promise<Page>;
  readonly text: (selector: string) => Promise<string>;
}

/** Browsers share the machine with other suites, which can make them slow. */
export const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 20_000 });

/**
 * @param entry a module of `test/browser/pages`; one that needs more than `debug-page.ts` imports it and adds to it
 * @param policy the page's Content-Security-Policy. Default: none
 */
export function useDebugView(entry = 'debug-page.ts', policy?: string): DebugView {
  let server: DebugPageServer;
  let profile: Profile;
  let browser: OpenBrowser;
  let page: Page;

  beforeAll(async () => {
    server = await startDebugPage(entry, policy);
    profile = await createProfile();
    browser = await profile.open();
  });

  afterEach(() => page?.close());

  afterAll(async () => {
    await profile?.remove();
    await server?.stop();
  });

  return {
    page: () => page,
    open: async (size = 'wide', colorScheme = 'light') => {
      page = await browser.newPage('about:blank');
      const [width, height] = SIZES[size];
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      await page.goto(server.url);
      await page.locator('rivulet-debug .view').waitFor();
      return page;
    },
    text: (selector) => page.locator(`rivulet-debug ${selector}`).innerText(),
  };
}
