import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readReadme } from '../helpers/readme-samples.ts';
import { DEBUG_GZIP_BYTES } from './budgets.ts';

const dist = resolve(import.meta.dirname, '../../dist');

const read = (file: string): string => readFileSync(join(dist, file), 'utf8');
const gzipBytes = (files: Iterable<string>): number =>
  [...files].reduce((sum, file) => sum + gzipSync(read(file), { level: 9 }).length, 0);

/** What is loaded with a file: itself, and what it imports without being asked. */
function loadedWith(...files: readonly string[]): Set<string> {
  const loaded = new Set<string>();
  const load = (file: string): void => {
    if (loaded.has(file)) return;
    loaded.add(file);
    for (const [, path = ''] of read(file).matchAll(/(?:from|import)\s*["'](\.[^"']+)["']/g)) {
      load(join(dirname(file), path));
    }
  };
  for (const file of files) load(file);
  return loaded;
}

const chunks = readdirSync(join(dist, 'rivulet-debug'))
  .filter((file) => file.endsWith('.js'))
  .map((file) => `rivulet-debug/${file}`);
const chunk = (name: string): string => {
  const found = chunks.find((file) => file.startsWith(`rivulet-debug/${name}-`));
  if (!found) throw new Error(`dist/rivulet-debug: expected ${name}, got ${chunks}`);
  return found;
};

describe('rivulet-debug.js', () => {
  const bubble = loadedWith('rivulet-debug.js');
  const panels = ['view', 'shards-body', 'queue-body', 'ledger-body'].map(chunk);
  const open = loadedWith(...bubble, ...panels);
  /** Those that come when somebody asks for SQL, or brings a client of the AWS SDK's. */
  const apart = chunks.filter((file) => /\/(sql-|sdk-commands)/.test(file));
  const whole = new Set(['rivulet-debug.js', ...chunks.filter((file) => !apart.includes(file))]);

  test.each([
    ['bubble', bubble],
    ['open', open],
    ['whole', whole],
  ] as const)('%s stays within its budget, which the guide quotes', (name, files) => {
    const budget = DEBUG_GZIP_BYTES[name];

    expect(gzipBytes(files)).toBeLessThanOrEqual(budget);
    expect(readReadme('src/debug/README.md')).toContain(`${(budget / 1000).toFixed(1)} kB`);
  });

  test('is nowhere in what a page loads that only captures', () => {
    for (const file of ['rivulet.js', 'rivulet-small.js', 'index.js']) {
      expect(read(file)).not.toMatch(/rivulet-debug|LitElement/);
    }
  });

  test('evaluates no text outside the worker of its editor', () => {
    const evaluating = [...whole].filter((file) => /\beval\(|new Function\b/.test(read(file)));

    expect(evaluating.every((file) => file.includes('code-runner'))).toBe(true);
  });
});
