import { defineConfig } from 'vitest/config';

/** The repository's own claims: import arrows, exports, byte budgets, README samples. Reads `dist`. */
export default defineConfig({
  test: { name: 'build', environment: 'node', include: ['**/*.test.ts'], testTimeout: 60_000 },
});
