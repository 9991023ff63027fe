import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { createLocalClient } from '../../demo/launcher/kinesis-local.ts';
import { type Pipeline, startPipeline } from '../../demo/launcher/pipeline.ts';
import type { ClientStats } from '../../src/client/types.ts';
import { createProfile, type OpenBrowser, type Profile } from './browser.ts';
import { openStreamTail, type StreamTail } from './stream-tail.ts';

/** Two cores carry the browser, the relay and the stream. */
export const PATIENCE_MS = 60_000;

/** The demo as `npm start` serves it. One pipeline a file; a fresh browser profile for each test. */
export interface DemoWorld {
  readonly pipeline: Pipeline;
  readonly tail: StreamTail;
  readonly profile: Profile;
  /** Opens a page of the shop on a desktop's screen, in a new browser on the test's profile. */
  readonly visit: (path: string) => Promise<Page>;
  /** Closes that browser, as a person closes the window. */
  readonly leave: () => Promise<void>;
}

export function useDemo(): DemoWorld {
  let browser: OpenBrowser | undefined;
  const world = {
    async visit(path: string): Promise<Page> {
      browser = await world.profile.open();
      // Vite reloads a page whose sources change: not in the middle of a test.
      await browser.context.routeWebSocket(/./, () => {});
      const page = await browser.context.newPage();
      page.setDefaultTimeout(PATIENCE_MS);
      await page.setViewportSize({ width: 1440, height: 900 });
      await page.goto(`${world.pipeline.site?.url}${path}`);
      await page.locator('river-shop h1').waitFor();
      return page;
    },
    leave: async () => browser?.close(),
  } as { -readonly [Part in keyof DemoWorld]: DemoWorld[Part] };

  beforeAll(async () => {
    world.pipeline = await startPipeline({ site: true });
    const { kinesis, stream, region } = world.pipeline;
    world.tail = await openStreamTail(createLocalClient(kinesis?.url ?? '', region), stream);
  });

  afterAll(async () => {
    world.tail?.close();
    await world.pipeline?.stop();
  });

  beforeEach(async () => {
    world.pipeline.faults.set({ kinesis: 'ok', relay: 'ok' });
    world.profile = await createProfile();
  });

  afterEach(async () => {
    await world.profile.remove();
  });

  return world;
}

/** The account of the page's own client. */
export function readDemoStats(page: Page): Promise<ClientStats> {
  return page.evaluate(() => {
    const { rivuletDemo } = window as unknown as {
      rivuletDemo: { client: { stats: () => Promise<ClientStats> } };
    };
    return rivuletDemo.client.stats();
  });
}

/** Presses a scenario, or turns it over, as the page's own button does. */
export function play(page: Page, scenarioId: string): Promise<void> {
  return page.evaluate((id) => {
    const { rivuletDemo } = window as unknown as {
      rivuletDemo: { run: (scenarioId: string) => Promise<void> };
    };
    return rivuletDemo.run(id);
  }, scenarioId);
}

/** Waits until the live view has proven that everything this page captured has arrived. */
export async function waitForProof(page: Page): Promise<void> {
  await page.locator('rivulet-debug .verdict[data-tone="proven"]', { hasText: '0 lost' }).waitFor();
}

/** Presses Tab until the focus is on what carries the name, as a person without a mouse would. */
export async function tabTo(page: Page, name: RegExp, presses = 60): Promise<void> {
  for (let press = 0; press < presses; press += 1) {
    await page.keyboard.press('Tab');
    if (name.test(await focusedName(page))) return;
  }
  throw new Error(
    `tabTo: expected ${name} within ${presses} presses, got ${await focusedName(page)}`,
  );
}

function focusedName(page: Page): Promise<string> {
  return page.evaluate(() => {
    const focused = document.activeElement as HTMLInputElement | null;
    const label = focused?.labels?.[0]?.textContent;
    return (focused?.ariaLabel ?? label ?? focused?.textContent ?? '').replace(/\s+/g, ' ').trim();
  });
}
