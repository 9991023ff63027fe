import type { JSHandle, Page } from 'playwright-core';
import type { Client, ClientEvents, ClientStats } from '../../src/client/types.ts';

/** What a test does inside a page of the page server, as verbs. */

declare global {
  interface Window {
    readonly client: Client;
    /** Whether the page was shown last from the back-forward cache. */
    persisted?: boolean | undefined;
    stopCapturing: () => void;
    readonly rivulet: typeof import('../browser/pages/client-page.ts');
  }
}

/** Captures `count` events of that name in one task. */
export function capture(page: Page, event: string, count: number): Promise<void> {
  return page.evaluate(([event, count]) => window.rivulet.capture(event, count), [
    event,
    count,
  ] as const);
}

/** The same, and resolves when the log says that all of them are written. */
export function captureDurably(page: Page, event: string, count: number): Promise<void> {
  return page.evaluate(
    ([event, count]) =>
      new Promise<void>((resolve) => {
        let left = count;
        window.client.on('logged', (range) => {
          left -= range.count;
          if (left <= 0) resolve();
        });
        window.rivulet.capture(event, count);
      }),
    [event, count] as const,
  );
}

/** Captures `count` events of that name every `everyMs`, until the page ends or the answer is called. */
export async function keepCapturing(
  page: Page,
  event: string,
  { count, everyMs }: { readonly count: number; readonly everyMs: number },
): Promise<() => Promise<void>> {
  await page.evaluate(
    ([event, count, everyMs]) => {
      const timer = setInterval(() => window.rivulet.capture(event, count), everyMs);
      window.stopCapturing = () => clearInterval(timer);
    },
    [event, count, everyMs] as const,
  );
  return () => page.evaluate(() => window.stopCapturing());
}

/** Sends until the log of the whole origin is empty. */
export function drain(page: Page): Promise<void> {
  return page.evaluate(async () => {
    for (;;) {
      const { queued } = await window.client.flush();
      if (queued === 0) return;
      // A client that waits for its turn answers at once.
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });
}

export function readStats(page: Page): Promise<ClientStats> {
  return page.evaluate(() => window.client.stats());
}

/** What the client tells under that name from now on. It lives in the page. */
export function listen<Name extends keyof ClientEvents>(
  page: Page,
  name: Name,
): Promise<JSHandle<readonly ClientEvents[Name][]>> {
  return page.evaluateHandle<readonly ClientEvents[Name][], string>((name) => {
    const heard: ClientEvents[Name][] = [];
    window.client.on(name as Name, (detail) => heard.push(detail));
    return heard;
  }, name);
}

/** Resolves when the client's account is as asked for. */
export async function untilStats(
  page: Page,
  isReached: (stats: ClientStats) => boolean,
): Promise<ClientStats> {
  for (;;) {
    const stats = await readStats(page);
    if (isReached(stats)) return stats;
    await page.waitForTimeout(20);
  }
}
