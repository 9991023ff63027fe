/** What the pages of the browser tests run: the client as a bundler would take it. */

import type { Client } from '../../../src/client/types.ts';
import type { Told } from '../../helpers/witness.ts';

export { clicks, pageViews } from '../../../src/capture/index.ts';
export { createClient } from '../../../src/index.ts';

declare global {
  interface Window {
    readonly tellTest?: (told: Told) => Promise<void>;
  }
}

/** Tells the test, where one listens, how far the lane is: once for each task that moves it. */
export function tell(client: Client): void {
  const { tellTest } = window;
  let told: Told = { lane: '', captured: 0, logged: 0 };
  let isDue = false;

  function know(news: Partial<Told>): void {
    told = { ...told, ...news };
    if (!tellTest || isDue) return;
    isDue = true;
    queueMicrotask(() => {
      isDue = false;
      // A page that goes away gets no answer.
      tellTest(told).catch(() => {});
    });
  }

  client.on('captured', ({ lane, seq }) => know({ lane, captured: seq }));
  client.on('logged', ({ lane, first, count }) => know({ lane, logged: first + count - 1 }));
}

/** Captures `count` events of that name in this very task: numbered, and each unlike every other whatever its id. */
export function capture(event: string, count: number): void {
  const by = Math.random();
  for (let n = 1; n <= count; n += 1) window.client.track(event, { n, by });
}
