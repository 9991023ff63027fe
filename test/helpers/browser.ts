import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { findChromium } from './chromium.ts';

const START_MS = 20_000;

const ARGUMENTS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--remote-debugging-port=0',
] as const;

/** A folder that a browser keeps its storage in, from one start to the next. */
export interface Profile {
  /** Where it lies. */
  readonly folder: string;
  /** Starts a browser on the profile. One at a time. */
  readonly open: (options?: BrowserOptions) => Promise<OpenBrowser>;
  /** The pages of the open browser. */
  readonly pages: () => readonly Page[];
  /** Ends the browser if one is open, and deletes the profile. */
  readonly remove: () => Promise<void>;
}

export interface BrowserOptions {
  /**
   * Whether a tab behind another is hidden, and can be frozen, as in a person's hands.
   * @default false: each tab counts as the one in front
   */
  readonly hasHiddenTabs?: boolean;
  /** More of the command line, such as an extension to load. */
  readonly flags?: readonly string[];
}

export interface OpenBrowser {
  readonly context: BrowserContext;
  readonly newPage: (url: string) => Promise<Page>;
  /** As a person closes the window. */
  readonly close: () => Promise<void>;
  /** SIGKILL to every process of the browser: no handler runs, nothing is flushed. */
  readonly kill: () => Promise<void>;
}

/** `prepare` is called with each browser that is opened, before it opens a page. */
export async function createProfile(
  prepare: (context: BrowserContext) => Promise<void> = async () => {},
): Promise<Profile> {
  const folder = await mkdtemp(join(tmpdir(), 'rivulet-browser-'));
  let open: OpenBrowser | undefined;
  return {
    folder,
    open: async ({ hasHiddenTabs = false, flags = [] } = {}) => {
      open = await openBrowser(folder, hasHiddenTabs, flags);
      await prepare(open.context);
      return open;
    },
    pages: () => open?.context.pages() ?? [],
    remove: async () => {
      await open?.kill();
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

/** A browser at that address that nobody drives: one under a debugger renders no page ahead of its visit. The answer ends it. */
export async function openUnattended(url: string): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'rivulet-browser-'));
  const child = spawn(
    findChromium() ?? '',
    [
      ...ARGUMENTS.filter((argument) => !argument.startsWith('--remote-debugging')),
      ...[`--user-data-dir=${folder}`, url],
    ],
    { detached: true, stdio: 'ignore' },
  );
  const exited = once(child, 'exit');
  return async () => {
    process.kill(-(child.pid ?? 0), 'SIGKILL');
    await exited;
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
}

async function openBrowser(
  folder: string,
  hasHiddenTabs: boolean,
  flags: readonly string[],
): Promise<OpenBrowser> {
  const executable = findChromium();
  if (!executable)
    throw new Error('browser: expected Chromium on this machine; npm test finds or installs it');
  await rm(join(folder, 'DevToolsActivePort'), { force: true });
  // A group of its own, so that one signal reaches all of the browser's processes.
  const child = spawn(
    executable,
    [...ARGUMENTS, ...flags, `--user-data-dir=${folder}`, 'about:blank'],
    {
      detached: true,
      stdio: 'ignore',
    },
  );
  const exited = once(child, 'exit');
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  const browser = await chromium.connectOverCDP(await debuggerAddress(folder, child), {
    noDefaults: hasHiddenTabs,
  });
  const [context] = browser.contexts();
  if (!context) throw new Error('browser: expected its own context, got none');

  return {
    context,
    newPage: async (url) => {
      const page = await context.newPage();
      await page.goto(url);
      return page;
    },
    close: async () => {
      if (!isRunning()) return;
      const session = await browser.newBrowserCDPSession();
      // The answer may not come: the browser is gone.
      await Promise.race([session.send('Browser.close').catch(() => {}), exited]);
      await exited;
    },
    kill: async () => {
      if (!isRunning()) return;
      process.kill(-(child.pid ?? 0), 'SIGKILL');
      await exited;
    },
  };
}

/** Chromium writes the port it got into its profile. */
async function debuggerAddress(folder: string, child: ChildProcess): Promise<string> {
  const end = Date.now() + START_MS;
  while (Date.now() < end && child.exitCode === null) {
    const text = await readFile(join(folder, 'DevToolsActivePort'), 'utf8').catch(() => '');
    const [port] = text.split('\n');
    if (port && text.includes('\n')) return `http://127.0.0.1:${port}`;
    await sleep(20);
  }
  throw new Error(
    `browser: expected Chromium to start within ${START_MS} ms, exit ${child.exitCode}`,
  );
}
