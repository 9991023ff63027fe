import { resolve } from 'node:path';
import { build } from 'vite';
import type { ClientOptions } from '../../src/client/types.ts';
import { idbWithoutProxies, treeshake } from '../../vite.config.ts';
import { serveOnLoopback } from './loopback-server.ts';

const TEST = resolve(import.meta.dirname, '..');

/** Options that survive JSON. Captures are named as the entry exports them. */
export type PageOptions = Partial<Omit<ClientOptions, 'capture' | 'runtime'>> &
  Pick<ClientOptions, 'endpoint' | 'writeKey'> & {
    readonly captures?: readonly ('clicks' | 'pageViews')[];
  };

export interface PageServer {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/**
 * Serves one page that has a client as `window.client` from its first script on, and a button to click. More options for
 * the client may stand in the address, as JSON behind the `#`.
 */
export async function startPageServer(options: PageOptions): Promise<PageServer> {
  const script = await bundle(resolve(TEST, 'browser/pages/client-page.ts'));
  const html = pageWith(options);
  const server = await serveOnLoopback((request, response) => {
    const isScript = request.url === '/client.js';
    response
      .writeHead(200, {
        'content-type': isScript ? 'text/javascript; charset=utf-8' : 'text/html; charset=utf-8',
        'cache-control': 'no-store',
      })
      .end(isScript ? script : html);
  });
  return { url: `${server.origin}/`, stop: server.stop };
}

/** One script out of a module and all that it imports. */
export async function bundle(entry: string, format: 'iife' | 'es' = 'iife'): Promise<string> {
  const result = await build({
    configFile: false,
    root: TEST,
    logLevel: 'error',
    // As it is built for users.
    plugins: [idbWithoutProxies],
    build: {
      rolldownOptions: { treeshake },
      write: false,
      minify: false,
      target: 'es2022',
      lib: { entry, formats: [format], name: 'rivulet' },
    },
  });
  const outputs = [result].flat().flatMap((part) => ('output' in part ? part.output : []));
  const [chunk] = outputs.filter((output) => output.type === 'chunk');
  if (!chunk) throw new Error('bundle: expected a script, got none');
  return chunk.code;
}

function pageWith({ captures = [], ...options }: PageOptions): string {
  const capture = captures.map((name) => `rivulet.${name}()`).join(', ');
  return `<!doctype html>
<html lang="en">
  <head>
    <title>Test page</title>
    <link rel="icon" href="data:," />
    <script src="/client.js"></script>
    <script>
      window.client = rivulet.createClient({
        ...${JSON.stringify(options)},
        ...JSON.parse(decodeURIComponent(location.hash.slice(1)) || '{}'),
        capture: [${capture}],
      });
      rivulet.tell(window.client);
      addEventListener('pageshow', ({ persisted }) => { window.persisted = persisted; });
    </script>
  </head>
  <body>
    <button id="buy">Buy the kettle</button>
  </body>
</html>
`;
}
