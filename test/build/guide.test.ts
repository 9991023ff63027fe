import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readReadme } from '../helpers/readme-samples.ts';

const recipes = resolve(import.meta.dirname, '../recipes');

/** The samples of a guide that name a file of the recipes. */
const shownIn = (guide: string) =>
  [...readReadme(guide).matchAll(/^```\w+ (\S+)\n([\s\S]*?)^```$/gm)].map(
    ([, file = '', code = '']) => ({ file, code }),
  );

describe("the web developer's guide", () => {
  const shown = shownIn('src/capture/README.md');

  test('shows of every recipe what the tests run', () => {
    const folders = readdirSync(recipes, { withFileTypes: true }).filter(
      (one) => one.isDirectory() && one.name !== 'consumer',
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

describe("the data engineer's guide", () => {
  const shown = shownIn('src/consumer/README.md');

  test('shows every file of its recipes', () => {
    const files = readdirSync(join(recipes, 'consumer')).map((name) => `consumer/${name}`);

    expect(files.length).toBeGreaterThan(7);
    expect(shown.map(({ file }) => file).sort()).toEqual(files.sort());
  });

  test.each(shown)('has $file as it stands there', ({ file, code }) => {
    expect(code).toBe(readFileSync(join(recipes, file), 'utf8'));
  });
});
