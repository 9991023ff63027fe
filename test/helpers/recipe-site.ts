import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { compile, compileModule } from 'svelte/compiler';
import { build, type Plugin } from 'vite';
import { serveOnLoopback } from './loopback-server.ts';
import type { World } from './world.ts';

/** The recipes of the guide, built and served as their readers would. */

const ROOT = resolve(import.meta.dirname, '../..');
export const RECIPES: string = resolve(ROOT, 'test/recipes');
const SOURCE = resolve(ROOT, 'src');

export interface RecipeSite {
  /** Without a last slash. */
  readonly origin: string;
  readonly stop: () => Promise<void>;
}

/** The recipe's text, with this world's relay in the place of the one that it names. */
export function settle(world: World, text: string): string {
  const { relay, writeKey } = world.pipeline;
  return text
    .replaceAll(
      "endpoint: 'https://events.example.com',",
      `endpoint: '${relay.gate.url}', flushIntervalMs: 200,`,
    )
    .replaceAll("writeKey: 'shop'", `writeKey: '${writeKey}'`)
    .replaceAll(
      'data-endpoint="https://events.example.com"',
      `data-endpoint="${relay.gate.url}" data-flush-interval-ms="200"`,
    )
    .replaceAll('data-write-key="shop"', `data-write-key="${writeKey}"`);
}

/** The files that a recipe's entries become, by their names; those of a folder stay below it. */
export async function buildRecipe(
  world: World,
  recipe: string,
  entries: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const plugins: Plugin[] = [
    {
      name: 'recipe',
      enforce: 'pre',
      transform(code, id) {
        if (!id.startsWith(RECIPES)) return undefined;
        const text = settle(world, code);
        return id.endsWith('.svelte') ? compile(text, { generate: 'client' }).js : text;
      },
    },
    {
      name: 'svelte-modules',
      transform: (code, id) =>
        id.endsWith('.svelte.js') ? compileModule(code, { generate: 'client' }).js : undefined,
    },
  ];
  const files = new Map<string, string>();
  for (const entry of entries) {
    const result = await build({
      configFile: false,
      root: join(RECIPES, recipe),
      logLevel: 'error',
      // React's StrictMode does things twice only here.
      mode: 'development',
      define: { 'process.env.NODE_ENV': '"development"' },
      plugins,
      worker: { format: 'es', plugins: () => plugins },
      resolve: {
        conditions: ['module', 'browser', 'development'],
        alias: [
          { find: /^rivulet$/, replacement: join(SOURCE, 'index.ts') },
          { find: /^rivulet\/(\w+)$/, replacement: join(SOURCE, '$1/index.ts') },
          { find: '#app', replacement: join(RECIPES, 'nuxt/app.ts') },
        ],
      },
      build: {
        write: false,
        minify: false,
        target: 'es2022',
        modulePreload: false,
        rolldownOptions: {
          input: join(RECIPES, recipe, entry),
          output: { entryFileNames: '[name].js', codeSplitting: false },
        },
      },
    });
    for (const part of [result].flat().flatMap((one) => ('output' in one ? one.output : []))) {
      files.set(part.fileName, part.type === 'chunk' ? part.code : String(part.source));
    }
  }
  return files;
}

/** Serves these files, and at every other path the same page, as an application with routes of its own needs. */
export async function serveRecipe(
  files: ReadonlyMap<string, string>,
  body = '<div id="app"></div><script type="module" src="/main.js"></script>',
): Promise<RecipeSite> {
  const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Shop</title>
    <link rel="icon" href="data:," />
  </head>
  <body>${body}</body>
</html>
`;
  return serveOnLoopback((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const file = files.get(pathname.slice(1));
    const type = file === undefined ? 'text/html' : 'text/javascript';
    response.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(file ?? page);
  });
}

export async function readRecipe(world: World, file: string): Promise<string> {
  return settle(world, await readFile(join(RECIPES, file), 'utf8'));
}
