import { resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import type { StreamRecord } from '../../src/protocol/event.ts';
import { drain, readStats } from './client-page.ts';
import { serveOnLoopback } from './loopback-server.ts';
import { bundle, type PageOptions } from './page-server.ts';
import { TEST_PACE, type World } from './world.ts';

const ENTRY = resolve(import.meta.dirname, '../browser/pages/capture-page.ts');

/** One address of the site: a page with a client, or anything else that a page loads. */
export interface SiteAnswer {
  /**
   * JavaScript, an array's contents: such as `sources.clicks(), sources.forms({ … })`. The client is `window.client`, from
   * the page's first script on. Absent for an answer without a client.
   */
  readonly capture?: string;
  /** More options of the client; they have to survive JSON. */
  readonly options?: Partial<Omit<PageOptions, 'captures'>>;
  /** Options that do not survive it, as JavaScript: such as `sessionRules: [identity.atMidnight()]`. */
  readonly more?: string;
  readonly head?: string;
  /** Of a page the HTML of its body, else the whole answer. */
  readonly body?: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Before it answers. */
  readonly waitMs?: number;
}

export interface CaptureSite {
  /** Without a last slash. */
  readonly origin: string;
  /** Another origin that gives the same answers. */
  readonly otherOrigin: string;
}

/** Registers the hooks of a test file that serves these answers by their paths. */
export function useCaptureSite(
  world: World,
  answers: Readonly<Record<string, SiteAnswer>>,
): CaptureSite {
  const origins: string[] = [];
  const stops: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    const script = await bundle(ENTRY);
    const { relay, writeKey } = world.pipeline;
    const options = { endpoint: relay.gate.url, writeKey, ...TEST_PACE };
    for (let n = 0; n < 2; n++) {
      const server = await serveOnLoopback((request, response) => {
        const { pathname } = new URL(request.url ?? '/', 'http://localhost');
        const answer = answers[pathname];
        const isPage = answer?.capture !== undefined;
        const send = (status: number, type: string, body: string): void => {
          response
            .writeHead(status, {
              ...{ 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-cache' },
              ...answer?.headers,
            })
            .end(body);
        };
        if (pathname === '/rivulet-client.js') {
          send(200, 'text/javascript', script);
          return;
        }
        const body = isPage ? pageOf(answer, options) : (answer?.body ?? '');
        const type = isPage ? 'text/html' : 'text/plain';
        const status = answer ? (answer.status ?? 200) : 404;
        setTimeout(() => send(status, type, body), answer?.waitMs ?? 0);
      });
      origins.push(server.origin);
      stops.push(server.stop);
    }
  });

  afterAll(async () => {
    for (const stop of stops) await stop();
  });

  return {
    get origin() {
      return origins[0] ?? '';
    },
    get otherOrigin() {
      return origins[1] ?? '';
    },
  };
}

/** Sends what the page has captured, and answers with the records of its client that lie in the stream, in their order. */
export async function recordsOf(world: World, page: Page): Promise<readonly StreamRecord[]> {
  await drain(page);
  const { clientId } = await readStats(page);
  return recordsOfClient(world, clientId);
}

/** Of all its lanes: one lane after the other, each in its order, and once. */
export async function recordsOfClient(
  world: World,
  clientId: string,
): Promise<readonly StreamRecord[]> {
  const records = new Map<string, StreamRecord>();
  for (const { event } of await world.tail.readToEnd()) {
    // What a page sends as it ends the next one sends again, where nobody heard the receipt.
    if (event.anonymousId === clientId && !records.has(event.messageId))
      records.set(event.messageId, event);
  }
  return [...records.values()];
}

function pageOf(
  { capture, options, more = '', head = '', body = '' }: SiteAnswer,
  base: object,
): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Test page</title>
    <link rel="icon" href="data:," />
    <script src="/rivulet-client.js"></script>
    <script>
      const { sources, identity } = rivulet;
      window.client = rivulet.createClient({
        ...${JSON.stringify({ ...base, ...options })},
        capture: [${capture}],
        ${more}
      });
      window.errors = [];
      client.on('error', (error) => errors.push(error.code + ': ' + error.message));
    </script>
    ${head}
  </head>
  <body>${body}</body>
</html>
`;
}
