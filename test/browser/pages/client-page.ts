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

/** Tells the test, where one listens, how far the lane is: once for each task that moves it, and what it has sent. */
export function tell(client: Client): void {
  const { tellTest } = window;
  let told: Told = { lane: '', captured: 0, logged: 0, sent: 0, answered: 0 };
  let isDue = false;
  let inLog = 0;
  let isOnDisk = true;

  function know(news: Partial<Told>): void {
    told = { ...told, ...news };
    if (!tellTest || isDue || !told.lane) return;
    isDue = true;
    queueMicrotask(() => {
      isDue = false;
      // A page that goes away gets no answer.
      tellTest(told).catch(() => {});
    });
  }

  // A page that has captured nothing yet may send what others left.
  client.stats().then(({ lane }) => know({ lane }));
  client.on('captured', ({ lane, seq }) => know({ lane, captured: seq }));
  client.on('logged', ({ lane, first, count }) => {
    inLog = first + count - 1;
    if (isOnDisk) know({ lane, logged: inLog });
  });
  // What only memory holds ends with the page, and does not count as logged.
  client.on('storage', ({ inMemory }) => {
    isOnDisk = inMemory === 0;
    if (isOnDisk) know({ logged: inLog });
  });
  client.on('sending', ({ ranges }) =>
    know({ sent: ranges.reduce((sum, { count }) => sum + count, told.sent) }),
  );
  client.on('receipt', ({ receipt }) => know({ answered: told.answered + receipt.count }));
}

/** Captures `count` events of that name in this very task: numbered, and each unlike every other whatever its id. */
export function capture(event: string, count: number): void {
  const by = Math.random();
  for (let n = 1; n <= count; n += 1) window.client.track(event, { n, by });
}
