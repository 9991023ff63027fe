import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

/** The relay's own tests once more, in Node: what it runs on changes nothing of what it does. */
export default defineConfig({
  root: resolve(import.meta.dirname, '../worker'),
  test: {
    name: 'node',
    environment: 'node',
    include: ['**/*.test.ts'],
    setupFiles: ['./secrets.setup.ts'],
    exclude: [
      // Bindings of Cloudflare's.
      'cloudflare.test.ts',
      'consumer-cron.test.ts',
      // They count turns of the event loop, of which Node's cryptography takes some for itself.
      'in-flight.test.ts',
      'read-door-*.test.ts',
      // Half a minute, once.
      'fuzz.test.ts',
    ],
  },
});
