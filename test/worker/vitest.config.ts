import { resolve } from 'node:path';
import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

/** The relay inside workerd, and bindings as Cloudflare has them, for those tests that ask for them. */
export default defineConfig({
  plugins: [
    cloudflareTest({
      wrangler: { configPath: resolve(import.meta.dirname, '../../wrangler.toml') },
      miniflare: {
        kvNamespaces: ['RELAY_STORE'],
        ratelimits: {
          RELAY_SOURCE_LIMIT: rateLimit(100),
          RELAY_CLIENT_LIMIT: rateLimit(3),
          RELAY_SESSION_LIMIT: rateLimit(5),
        },
        analyticsEngineDatasets: { RELAY_POINTS: { dataset: 'rivulet' } },
        d1Databases: ['LEASES'],
      },
    }),
  ],
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
    name: 'worker',
    include: ['**/*.test.ts'],
    setupFiles: ['./secrets.setup.ts'],
  },
});

function rateLimit(limit: number) {
  return { namespace_id: String(limit), simple: { limit, period: 60 as const } };
}
