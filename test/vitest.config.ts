import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: import.meta.dirname,
  test: {
    projects: ['unit', 'worker', 'node', 'integration', 'browser', 'build'].map(
      (kind) => `./${kind}/vitest.config.ts`,
    ),
  },
});
