import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { budgets, SCRIPT_TAG_BROTLI_BYTES, SMALL_SCRIPT_TAG_BROTLI_BYTES } from './budgets.ts';
import { brotliBytes, bundle } from './bundle.ts';

const root = resolve(import.meta.dirname, '../..');
const readme = readFileSync(resolve(root, 'README.md'), 'utf8');

describe('the size of', () => {
  test.each(budgets)('$name stays within its budget', async ({ program, external, ...budget }) => {
    const code = await bundle(program, external);

    expect(code).not.toBe('');
    expect(brotliBytes(code)).toBeLessThanOrEqual(budget.brotliBytes);
  });

  test.each([
    ['rivulet.js', SCRIPT_TAG_BROTLI_BYTES],
    ['rivulet-small.js', SMALL_SCRIPT_TAG_BROTLI_BYTES],
  ])('%s stays within its budget, which the README quotes', (file, bytes) => {
    const code = readFileSync(resolve(root, 'dist', file), 'utf8');

    expect(brotliBytes(code)).toBeLessThanOrEqual(bytes);
    expect(readme).toContain(`| \`${file}\` | ${(bytes / 1000).toFixed(1)} kB |`);
  });

  test.each(budgets)(
    '$name is quoted by the README as its budget says',
    ({ name, brotliBytes }) => {
      const kilobytes = (brotliBytes / 1000).toLocaleString('en', { minimumFractionDigits: 1 });

      expect(readme).toContain(`| \`${name.replace(/^capture: /, '')}\` | ${kilobytes} kB |`);
    },
  );
});
