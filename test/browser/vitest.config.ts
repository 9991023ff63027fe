import { defineConfig } from 'vitest/config';

/** Real Chromium on the whole pipeline, driven from Node so that a test can kill it. */
export default defineConfig({
  test: {
    name: 'browser',
    environment: 'node',
    include: ['**/*.test.ts'],
    globalSetup: ['./accounts.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
});
