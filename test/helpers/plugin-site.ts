import { resolve } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { ClientOptions } from '../../src/client/types.ts';
import { serveOnLoopback } from './loopback-server.ts';
import { bundle, type PageServer } from './page-server.ts';
import { TEST_PACE, type World } from './world.ts';

const PAGES = resolve(import.meta.dirname, '../browser/pages');

/** Options that survive JSON. */
type SiteOptions = Omit<ClientOptions, 'capture' | 'cipher' | 'runtime'>;

/** Serves `plugin-page.ts` at `/`, the two service workers beside it as modules, and a page without a client at `/blank`. */
async function startPluginSite(options: SiteOptions): Promise<PageServer> {
  const scripts: Record<string, string> = {};
  for (const name of ['plugin-page', 'background-worker', 'capturing-worker']) {
    const code = await bundle(resolve(PAGES, `${name}.ts`), 'es');
    scripts[`/${name}.js`] = `globalThis.options = ${JSON.stringify(options)};\n${code}`;
  }
  const server = await serveOnLoopback((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const script = scripts[pathname];
    response
      .writeHead(200, {
        'content-type': script ? 'text/javascript; charset=utf-8' : 'text/html; charset=utf-8',
        'cache-control': 'no-store',
      })
      .end(script ?? (pathname === '/' ? html : html.replace(/<script.*script>/, '')));
  });
  return { url: `${server.origin}/`, stop: server.stop };
}

/** Registers the hooks of a test file that needs this site before its world's relay. */
export function usePluginSite(world: World): Pick<PageServer, 'url'> {
  let server: PageServer | undefined;

  beforeAll(async () => {
    const { relay, writeKey } = world.pipeline;
    server = await startPluginSite({ endpoint: relay.gate.url, writeKey, ...TEST_PACE });
  });

  afterAll(() => server?.stop());

  return {
    get url() {
      return server?.url ?? '';
    },
  };
}

const html = `<!doctype html>
<html lang="en">
  <head>
    <title>Test page</title>
    <link rel="icon" href="data:," />
    <script type="module" src="/plugin-page.js"></script>
  </head>
</html>
`;
