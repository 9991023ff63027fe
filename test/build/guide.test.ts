import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readReadme } from '../helpers/readme-samples.ts';

const recipes = resolve(import.meta.dirname, '../recipes');

/** The samples that name a file of the recipes. */
const shown = [
  ...readReadme('src/capture/README.md').matchAll(/^```\w+ (\S+)\n([\s\S]*?)^```$/gm),
].map(([, file = '', code = '']) => ({ file, code }));

describe("the web developer's guide", () => {
  test('shows of every recipe what the tests run', () => {
    const folders = readdirSync(recipes, { withFileTypes: true }).filter((one) =>
      one.isDirectory(),
    );

    const missing = folders.filter(({ name }) =>
      shown.every(({ file }) => !file.startsWith(`${name}/`)),
    );

    expect(folders.length).toBeGreaterThan(7);
    expect(missing.map(({ name }) => name)).toEqual([]);
  });

  test.each(shown)('has $file as it stands there', ({ file, code }) => {
    expect(code).toBe(readFileSync(join(recipes, file), 'utf8'));
  });
});
