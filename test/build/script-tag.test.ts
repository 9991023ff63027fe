import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LOADER_BYTES } from './budgets.ts';

const dist = resolve(import.meta.dirname, '../../dist');
const read = (name: string): string => readFileSync(resolve(dist, name), 'utf8');

describe('what a page loads as it is', () => {
  const integrity: Readonly<Record<string, string>> = JSON.parse(read('integrity.json'));

  test.each(['rivulet.js', 'rivulet-small.js'])(
    '%s asks to be compiled before its functions are called, in its first line',
    (file) => {
      expect(read(file).split('\n')[0]).toBe('//# allFunctionsCalledOnLoad');
    },
  );

  test.each(['rivulet.js', 'rivulet-small.js', 'rivulet-debug.js', 'rivulet-loader.js'])(
    'has the hash of %s that its integrity needs',
    (name) => {
      const hash = createHash('sha384').update(read(name)).digest('base64');

      expect(integrity[name]).toBe(`sha384-${hash}`);
    },
  );

  test('has a snippet of no more bytes than it promises', () => {
    expect(Buffer.byteLength(read('rivulet-loader.js'))).toBeLessThanOrEqual(LOADER_BYTES);
  });

  test('has a snippet that can stand in a page: one line that ends no element and leaves no name', () => {
    const snippet = read('rivulet-loader.js');

    expect(snippet).toBe(snippet.trim());
    expect(snippet).not.toMatch(/\n|<\/|<!--|sourceMappingURL/);
    expect(snippet).toMatch(/^\{.*\}$/);
  });

  test.each(['README.md', 'src/capture/README.md'])(
    'has in %s the snippet as it is built',
    (path) => {
      const text = readFileSync(resolve(dist, '..', path), 'utf8');
      const shown = [...text.matchAll(/^<script>(.*rivuletCalls.*)<\/script>$/gm)].map(
        ([, snippet]) => snippet,
      );

      expect(new Set([...shown, read('rivulet-loader.js')]).size).toBe(1);
    },
  );

  test('loads nothing more, and evaluates no text', () => {
    expect(read('rivulet.js')).not.toMatch(
      /\bimport\(|\beval\(|new Function\b|innerHTML|document\.write/,
    );
  });

  test('is written in what browsers of 2022 understand', () => {
    // Later than Safari 15.4, Chrome 93 and Firefox 92: static blocks, look-behind, private names asked for by `in`.
    expect(read('rivulet.js')).not.toMatch(/static\s*\{|\(\?<[=!]|#\w+ in /);
  });
});
