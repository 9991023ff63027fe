import type { AnswerCache } from '../runtime.ts';

/** No request from outside has an address under it, so that none finds what is kept there. */
const NOBODYS_HOST = 'https://rivulet.invalid/';

/** The cache of this location, which its isolates share. On workers.dev it keeps nothing. */
export function createAnswerCache(cache: Pick<Cache, 'match' | 'put'>): AnswerCache {
  const addressOf = (key: string): string => `${NOBODYS_HOST}${encodeURIComponent(key)}`;
  return {
    async get(key) {
      const kept = await cache.match(addressOf(key));
      return kept && new Uint8Array(await kept.arrayBuffer());
    },
    async put(key, value, lifeMs) {
      // It counts in whole seconds.
      const lifeSeconds = Math.floor(lifeMs / 1000);
      if (lifeSeconds < 1) return;
      const headers = { 'cache-control': `max-age=${lifeSeconds}` };
      await cache.put(addressOf(key), new Response(value as Uint8Array<ArrayBuffer>, { headers }));
    },
  };
}
