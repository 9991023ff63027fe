/** A service worker such as an extension's: it has no page, and captures by itself. */

import { createClient } from '../../../src/index.ts';

declare const options: Parameters<typeof createClient>[0];

interface Message extends MessageEvent {
  readonly waitUntil: (work: Promise<unknown>) => void;
}

const client = createClient(options);

/** Captures as many as it is told to, and answers with what came of them. */
addEventListener('message', (event) => {
  const { data, ports, waitUntil } = event as Message;
  const work = async (): Promise<void> => {
    for (let n = 1; n <= data.count; n += 1) client.track(data.name, { n });
    const flushed = await client.flush();
    ports[0]?.postMessage({ flushed, stats: await client.stats() });
  };
  waitUntil.call(event, work());
});
