import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Pure code and the client's parts: a page by happy-dom, a database by fake-indexeddb, a clock of the test's own. */
export default defineConfig({
  // The recipes name the package.
  resolve: {
    alias: [
      {
        find: /^rivulet\/(\w+)$/,
        replacement: resolve(import.meta.dirname, '../../src/$1/index.ts'),
      },
    ],
  },
  test: {
    name: 'unit',
    environment: 'happy-dom',
    include: ['**/*.test.ts'],
    // Properties take their time where the machine is busy.
    testTimeout: 30_000,
  },
});
