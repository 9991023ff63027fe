/**
 * Entry of the script tag: creates the client as `window.rivulet` from the tag's own attributes.
 *
 *     <script async src="rivulet.js" data-endpoint="https://events.example.com" data-write-key="shop" data-capture="pages clicks"></script>
 */

import { clicks } from './capture/clicks.ts';
import { pageViews } from './capture/page-views.ts';
import type { CaptureSource } from './capture/types.ts';
import { createClient } from './client/client.ts';
import type { Client, ClientOptions } from './client/types.ts';
import { isRivuletError, RivuletError } from './errors.ts';

/** A call that a page made before this file had loaded. */
type Call = readonly [method: string, ...args: unknown[]];

/** What `window.rivulet` is: an array of calls at first, then the client, which takes such calls too. */
type Global = readonly Call[] | (Client & { readonly push: (...calls: Call[]) => void });

const sources: Readonly<Record<string, () => CaptureSource>> = { pages: pageViews, clicks };

/** The simple options, which have an attribute each, such as `data-pending-in`. Others of the page's own are passed over. */
const texts = ['clientId', 'consent', 'databaseName', 'dropPolicy', 'pendingIn'] as const;
const numbers = [
  'flushIntervalMs',
  'maxEventsPerSecond',
  'maxQueueAgeMs',
  'maxQueueBytes',
  'maxQueueEvents',
  'sampleAbove',
  'sampleRate',
] as const;

function optionsOf(
  dataset: DOMStringMap,
  names: readonly (keyof ClientOptions)[],
  read: (text: string) => unknown,
): Partial<ClientOptions> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const text = dataset[name];
      return text === undefined ? [] : [[name, read(text)]];
    }),
  );
}

function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}

function report(error: unknown): void {
  console.error('rivulet:', isRivuletError(error) ? error.code : '', error);
}

function sourcesOf(names = ''): CaptureSource[] {
  return wordsOf(names).map((name) => {
    const create = Object.hasOwn(sources, name) && sources[name];
    if (create) return create();
    const known = Object.keys(sources).join(' ');
    throw new RivuletError('invalid_option', `data-capture: expected ${known}, got "${name}"`);
  });
}

function start(page: { rivulet?: Global }): void {
  const waiting = page.rivulet ?? [];
  // A second tag of the same page finds the first one's client.
  if (!Array.isArray(waiting)) return;
  // A module has no `currentScript`: then it is the one that carries our attribute.
  const script =
    document.currentScript ?? document.querySelector<HTMLElement>('script[data-write-key]');
  const { endpoint, writeKey, capture, privacySignals, ...rest } = script?.dataset ?? {};
  const client = createClient({
    endpoint: endpoint as string,
    writeKey: writeKey as string,
    capture: sourcesOf(capture),
    ...(privacySignals !== undefined && { privacySignals: wordsOf(privacySignals) as never }),
    ...optionsOf(rest, texts, String),
    ...optionsOf(rest, numbers, Number),
  });

  function push(...calls: Call[]): void {
    for (const call of calls) {
      try {
        const [method, ...args] = call;
        (client as unknown as Record<string, (...args: unknown[]) => unknown>)[method]?.(...args);
      } catch (error) {
        report(error);
      }
    }
  }

  page.rivulet = { ...client, push };
  push(...(waiting as Call[]));
}

try {
  start(globalThis as { rivulet?: Global });
} catch (error) {
  report(error);
}
