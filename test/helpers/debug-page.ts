import { resolve } from 'node:path';
import { build } from 'vite';
import { sqlWorker } from '../../vite.config.ts';
import { serveOnLoopback } from './loopback-server.ts';

const TEST = resolve(import.meta.dirname, '..');

export interface DebugPageServer {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/**
 * Serves the debug view alone, filling the window, on the scripted stream of a module of `test/browser/pages`.
 *
 * @param policy the Content-Security-Policy of all files. Default: none
 */
export async function startDebugPage(
  entry = 'debug-page.ts',
  policy?: string,
): Promise<DebugPageServer> {
  const files = await bundle(entry);
  const server = await serveOnLoopback((request, response) => {
    const name = (request.url ?? '/').slice(1);
    const file = files.get(name);
    const script = name.endsWith('.wasm') ? 'application/wasm' : 'text/javascript';
    response
      .writeHead(200, {
        'content-type': file ? script : 'text/html; charset=utf-8',
        ...(policy ? { 'content-security-policy': policy } : {}),
      })
      .end(file ?? PAGE);
  });
  return { url: `${server.origin}/`, stop: server.stop };
}

async function bundle(entry: string): Promise<ReadonlyMap<string, string | Uint8Array>> {
  const result = await build({
    configFile: false,
    root: TEST,
    logLevel: 'error',
    plugins: [sqlWorker('sql-worker', true)],
    // In library mode Vite leaves it to the application, and a page has no `process`.
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      write: false,
      target: 'es2022',
      lib: {
        entry: resolve(TEST, 'browser/pages', entry),
        formats: ['es'],
        fileName: 'page',
      },
    },
  });
  const outputs = [result].flat().flatMap((part) => ('output' in part ? part.output : []));
  return new Map(
    outputs.map((output) => [
      output.fileName,
      output.type === 'chunk' ? output.code : output.source,
    ]),
  );
}

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <title>Debug view</title>
    <meta name="viewport" content="width=device-width" />
    <link rel="icon" href="data:," />
    <style>
      :root { color-scheme: light dark; }
      body { margin: 0; }
      h1 { position: absolute; clip-path: inset(50%); }
      main { block-size: 100dvh; }
    </style>
    <script type="module" src="/page.js"></script>
  </head>
  <body><main><h1>Debug view</h1></main></body>
</html>
`;
