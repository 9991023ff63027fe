import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * Loaded before a recipe by `node --import`: `rivulet/…` is this tree's sources, and parts of the recipe's text are the
 * test's, from the variable RECIPE_REPLACE: `{ "https://warehouse.example.com": "http://127.0.0.1:…" }`.
 */
const replacements = Object.entries(JSON.parse(process.env.RECIPE_REPLACE ?? '{}'));

registerHooks({
  resolve(specifier, context, next) {
    const [isOurs, room] = /^rivulet(?:\/([\w-]+))?$/.exec(specifier) ?? [];
    if (isOurs === undefined) return next(specifier, context);
    const path = room === undefined ? 'index.ts' : `${room}/index.ts`;
    return next(new URL(`../../src/${path}`, import.meta.url).href, context);
  },
  load(url, context, next) {
    if (!url.includes('/test/recipes/')) return next(url, context);
    let source = readFileSync(fileURLToPath(url), 'utf8');
    for (const [part, ours] of replacements) source = source.replaceAll(part, `${ours}`);
    return { ...next(url, context), source };
  },
});
