import type { AnswerCache } from '../runtime.ts';

/** Of its own: what visitors of the zone are answered from is another one. */
const CACHE_NAME = 'rivulet';

/**
 * The cache of this location, which its isolates share. On workers.dev, and behind Cloudflare Access, it keeps nothing.
 * `origin`: the Worker's own, which the platform wants of every key: developers.cloudflare.com/workers/runtime-apis/cache
 */
export function createAnswerCache(caches: Pick<CacheStorage, 'open'>, origin: string): AnswerCache {
  const addressOf = (key: string): string => `${origin}/answers/${encodeURIComponent(key)}`;
  return {
    async get(key) {
      const cache = await caches.open(CACHE_NAME);
      const kept = await cache.match(addressOf(key));
      return kept && new Uint8Array(await kept.arrayBuffer());
    },
    async put(key, value, lifeMs) {
      // It counts in whole seconds.
      const lifeSeconds = Math.floor(lifeMs / 1000);
      if (lifeSeconds < 1) return;
      const cache = await caches.open(CACHE_NAME);
      const headers = { 'cache-control': `max-age=${lifeSeconds}` };
      await cache.put(addressOf(key), new Response(value as Uint8Array<ArrayBuffer>, { headers }));
    },
  };
}
