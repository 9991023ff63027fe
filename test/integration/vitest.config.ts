import { defineConfig } from 'vitest/config';

/** Real processes on loopback: kinesis-local, the relay under wrangler, the fault proxy. */
export default defineConfig({
  test: {
    name: 'integration',
    environment: 'node',
    include: ['**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two cores: one pipeline at a time.
    fileParallelism: false,
  },
});
