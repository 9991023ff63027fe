import { defineConfig } from 'vitest/config';

/** Pure code and the client's parts: a page by happy-dom, a database by fake-indexeddb, a clock of the test's own. */
export default defineConfig({
  test: {
    name: 'unit',
    environment: 'happy-dom',
    include: ['**/*.test.ts'],
    // Properties take their time where the machine is busy.
    testTimeout: 30_000,
  },
});
