import type { Page } from 'playwright-core';
import type { Client, ClientStats } from '../../src/client/types.ts';

/** What a test does inside a page of the page server, as verbs. */

declare global {
  interface Window {
    readonly client: Client;
  }
}

/**
 * Captures `count` events of that name in one task, numbered from 1 in `properties.n`, and resolves when the log says that
 * all of them are written.
 */
export function captureDurably(page: Page, event: string, count: number): Promise<void> {
  return page.evaluate(
    ([event, count]) =>
      new Promise<void>((resolve) => {
        let left = count;
        window.client.on('logged', (range) => {
          left -= range.count;
          if (left <= 0) resolve();
        });
        for (let n = 1; n <= count; n += 1) window.client.track(event, { n });
      }),
    [event, count] as const,
  );
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
