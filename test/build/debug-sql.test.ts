import { readFileSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProfile, type OpenBrowser, type Profile } from '../helpers/browser.ts';
import { type LoopbackServer, serveOnLoopback } from '../helpers/loopback-server.ts';

const root = resolve(import.meta.dirname, '../..');
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

let profile: Profile;
let browser: OpenBrowser;

beforeAll(async () => {
  profile = await createProfile();
  browser = await profile.open();
});
afterAll(() => profile?.remove());

/** A page with the view on it, and a folder of files for it. */
function serve(script: string, find: (name: string) => string | Uint8Array | undefined) {
  return serveOnLoopback((request, response) => {
    const name = (request.url ?? '/').slice(1).split('?')[0] ?? '';
    const file = name === '' ? pageWith(script) : find(name);
    response
      .writeHead(file === undefined ? 404 : 200, {
        'content-type': TYPES[extname(name)] ?? 'text/html; charset=utf-8',
        'content-security-policy': "script-src 'self' 'wasm-unsafe-eval'",
      })
      .end(file);
  });
}

const pageWith = (script: string): string => `<!doctype html>
<title>Debug view</title>
<link rel="icon" href="data:," />
<script type="module" src="/${script}"></script>
<rivulet-debug style="display: block; block-size: 700px"></rivulet-debug>`;

/** What SQLite says through the view's own drawer. */
async function askVersion(server: LoopbackServer): Promise<string> {
  const page: Page = await browser.newPage(`${server.origin}/`);
  const view = page.locator('rivulet-debug');
  await view.locator('.chart-plot').focus();
  await page.keyboard.press('s');
  await view.locator('.sql-text').fill('SELECT sqlite_version() AS version');
  await page.keyboard.press('Control+Enter');
  await page.waitForFunction(() =>
    /rows? ·|✕/.test(
      document
        .querySelector('rivulet-debug')
        ?.shadowRoot?.querySelector('.sql-answer [role="status"]')?.textContent ?? '',
    ),
  );
  const answer = await view.locator('.sql-answer').innerText();
  await page.close();
  await server.stop();
  return answer;
}

describe('SQL of the built debug view', () => {
  it('runs from the files that a script tag loads', async () => {
    const server = await serve('rivulet-debug.js', (name) => {
      try {
        return readFileSync(resolve(root, 'dist', name));
      } catch {
        // It is not there: 404.
        return undefined;
      }
    });

    expect(await askVersion(server)).toMatch(/^3\.\d+\.\d+$/m);
  });

  it('runs in an application that bundles the package, with SQLite as its own dependency', async () => {
    const program = '\0program';
    const result = await build({
      configFile: false,
      root,
      logLevel: 'error',
      plugins: [
        {
          name: 'program',
          resolveId(id) {
            if (id === 'program') return program;
            // Vite does not resolve a package's own name; Node does.
            return id === 'rivulet/debug'
              ? this.resolve(fileURLToPath(import.meta.resolve(id)))
              : undefined;
          },
          load: (id) => (id === program ? `import 'rivulet/debug';` : undefined),
        },
      ],
      build: {
        write: false,
        target: 'es2022',
        rolldownOptions: { input: 'program', output: { entryFileNames: 'program.js' } },
      },
    });
    const files = new Map(
      [result]
        .flat()
        .flatMap((part) => ('output' in part ? part.output : []))
        .map((file) => [file.fileName, file.type === 'chunk' ? file.code : file.source]),
    );

    const answer = await askVersion(await serve('program.js', (name) => files.get(name)));

    expect(answer).toMatch(/^3\.\d+\.\d+$/m);
  });

  it('is loaded by nothing but its drawer', () => {
    const entry = readFileSync(resolve(root, 'dist/rivulet-debug.js'), 'utf8');

    expect(entry).not.toMatch(/sqlite|sql-worker/);
  });
});
