import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import type { RivuletGlobal } from '../../src/script.ts';
import { serveOnLoopback } from './loopback-server.ts';
import { bundle } from './page-server.ts';
import { TEST_PACE, type World } from './world.ts';

const SOURCE = resolve(import.meta.dirname, '../../src');

/** A page as it is served; its parts may stand on what is known when the site runs. */
export interface TagPage {
  readonly html: (site: TagSite) => string;
  readonly headers?: (site: TagSite) => Readonly<Record<string, string>>;
}

/** A site that has the script tag's files, as a web developer would serve them. */
export interface TagSite {
  /** Without a last slash. */
  readonly origin: string;
  /** Of the relay. */
  readonly endpoint: string;
  /** Attributes that every tag needs. */
  readonly attributes: string;
  /** The snippet as an inline script holds it, and its hash as a policy names it. */
  readonly loader: string;
  readonly loaderHash: string;
  /** Of the script tag's file. */
  readonly scriptHash: string;
  /** What becomes of requests for the file from now on. Those that are held break off with the next call. */
  readonly setScript: (answer: 'ok' | 'missing' | 'held') => void;
}

/** Registers the hooks of a test file that serves these pages by their paths. */
export function useTagSite(world: World, pages: Readonly<Record<string, TagPage>>): TagSite {
  const site = {} as { -readonly [Part in keyof TagSite]: TagSite[Part] };
  let stop: () => Promise<void> = async () => {};

  beforeAll(async () => {
    const script = await bundle(resolve(SOURCE, 'script.ts'));
    const loader = (await bundle(resolve(SOURCE, 'loader.ts'), 'es')).trim();
    const { relay, writeKey } = world.pipeline;
    const pace = Object.entries(TEST_PACE).map(
      ([name, value]) =>
        `data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}="${value}"`,
    );
    let answer: 'ok' | 'missing' | 'held' = 'ok';
    const held = new Set<ServerResponse>();
    const server = await serveOnLoopback((request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://localhost');
      const send = (status: number, type: string, body: string, headers = {}): void => {
        response
          .writeHead(status, {
            'content-type': `${type}; charset=utf-8`,
            'cache-control': 'no-store',
            ...headers,
          })
          .end(body);
      };
      if (pathname === '/rivulet.js') {
        if (answer === 'held') held.add(response);
        else send(answer === 'ok' ? 200 : 404, 'text/javascript', answer === 'ok' ? script : '');
      } else if (pathname === '/rivulet-loader.js') {
        send(200, 'text/javascript', loader);
      } else if (pathname.endsWith('.js')) {
        const page = pages[pathname];
        send(page ? 200 : 404, 'text/javascript', page?.html(site) ?? '');
      } else {
        const page = pages[pathname];
        send(
          page ? 200 : 404,
          'text/html',
          page ? document(page.html(site)) : '',
          page?.headers?.(site),
        );
      }
    });
    stop = server.stop;
    Object.assign(site, {
      origin: server.origin,
      endpoint: relay.gate.url,
      attributes: `data-endpoint="${relay.gate.url}" data-write-key="${writeKey}" ${pace.join(' ')}`,
      loader,
      loaderHash: hashOf(loader),
      scriptHash: hashOf(script),
      setScript(next: typeof answer) {
        answer = next;
        // A browser would wait for them with every later request of the same file, for 20 s.
        for (const response of held) response.destroy();
        held.clear();
      },
    } satisfies TagSite);
  });

  afterAll(() => stop());

  return site;
}

/** Waits until the tag has made its client, under which name the verbs of a test's page find it too. */
export async function whenStarted(
  page: Pick<Page, 'waitForFunction' | 'evaluate'>,
  name = 'rivulet',
): Promise<void> {
  await page.waitForFunction(
    (name) => 'writeKey' in ((window as never as Record<string, RivuletGlobal>)[name] ?? {}),
    name,
  );
  await page.evaluate((name) => {
    Object.assign(window, { client: (window as never as Record<string, RivuletGlobal>)[name] });
  }, name);
}

function hashOf(text: string): string {
  return `sha384-${createHash('sha384').update(text).digest('base64')}`;
}

function document(body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Test page</title><link rel="icon" href="data:,"></head><body>${body}</body></html>`;
}
