/** Pages by place, read once for all who ask for them: who comes while one is read waits for it, who comes later gets it again. */

import { createHmac } from 'node:crypto';
import { KinesisError } from '../kinesis/call.ts';
import type { RelayRuntime } from '../runtime.ts';
import { claimAt, decodePage, encodePage, type Page } from './page.ts';

export interface SharedPages {
  /** The key's page: as it is remembered, as somebody else is reading it, or as `read` brings it. Rejects as `read` does. */
  readonly get: (key: string, read: () => Promise<Page>) => Promise<Page>;
  /** What is remembered, however old. */
  readonly last: (key: string) => Page | undefined;
  readonly keep: (key: string, page: Page) => void;
}

/** Of an isolate's 128 MB, of which batches may take 32 MiB. */
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_PAGES = 2000;

/** A page larger than this is given to those who wait for it, and kept for nobody else. */
const MAX_PAGE_BYTES = 4 * 1024 * 1024;

/**
 * On Cloudflare's network a read ends with the request that began it, when its reader goes away, and nobody is told. Who has
 * waited so long reads by itself.
 */
const JOIN_MS = 5000;

/** How long another isolate is believed to be reading: a call takes less. */
const CLAIM_MS = 1000;
const LOOK_AGAIN_MS = 50;

/** A cache that fails, fails for every read: one line of the log in so long is enough. */
const TELL_EVERY_MS = 60_000;

interface Flight {
  readonly at: number;
  readonly page: Promise<Page>;
}

export function createSharedPages(
  { cache, now, delay, log }: RelayRuntime,
  secret: string,
): SharedPages {
  /** The one that was kept longest ago comes first. */
  const pages = new Map<string, Page>();
  const flights = new Map<string, Flight>();
  let bytes = 0;
  let toldAt = Number.NEGATIVE_INFINITY;

  function drop(key: string): void {
    bytes -= pages.get(key)?.records.length ?? 0;
    pages.delete(key);
  }

  function keep(key: string, page: Page): void {
    drop(key);
    if (page.records.length > MAX_PAGE_BYTES) return;
    pages.set(key, page);
    bytes += page.records.length;
    for (const oldest of pages.keys()) {
      if (bytes <= MAX_BYTES && pages.size <= MAX_PAGES) break;
      drop(oldest);
    }
  }

  const isFresh = ({ at, lifeMs }: Page): boolean => now() - at < lifeMs;

  /**
   * What another isolate has read, or is reading: who shares reads comes at the same moments, so that all isolates would ask
   * within one call's time. A cache that fails is one that knows nothing.
   */
  async function recall(key: string): Promise<Page | undefined> {
    if (!cache) return undefined;
    const patientUntil = now() + CLAIM_MS;
    try {
      for (;;) {
        const found = await cache.get(cacheKey(key));
        const page = found && decodePage(found);
        if (page && isFresh(page)) return page;
        const isClaimed = page && page.lifeMs === 0 && now() - page.at < CLAIM_MS;
        if (!isClaimed || now() >= patientUntil) break;
        await delay(LOOK_AGAIN_MS);
      }
      await cache.put(cacheKey(key), encodePage(claimAt(now())), CLAIM_MS);
    } catch (error) {
      tell(error);
    }
    return undefined;
  }

  async function tellOthers(key: string, page: Page): Promise<void> {
    if (!cache || page.lifeMs === 0 || page.records.length > MAX_PAGE_BYTES) return;
    try {
      await cache.put(cacheKey(key), encodePage(page), page.lifeMs);
    } catch (error) {
      tell(error);
    }
  }

  /** Says nothing of the place, and cannot be guessed. */
  function cacheKey(key: string): string {
    return createHmac('sha256', secret).update(`page:${key}`).digest('base64url');
  }

  function tell(error: unknown): void {
    if (now() - toldAt < TELL_EVERY_MS) return;
    toldAt = now();
    const reason = error instanceof Error ? error.message : String(error);
    log(JSON.stringify({ at: 'cache', reason }));
  }

  async function lead(key: string, read: () => Promise<Page>): Promise<Page> {
    let isNew = false;
    const page = (async () => {
      const recalled = await recall(key);
      if (recalled) return recalled;
      isNew = true;
      return read();
    })();
    const flight = { at: now(), page };
    flights.set(key, flight);
    if (flights.size > MAX_PAGES) forgetLostFlights();
    try {
      keep(key, await page);
    } finally {
      if (flights.get(key) === flight) flights.delete(key);
    }
    if (isNew) await tellOthers(key, await page);
    return page;
  }

  function forgetLostFlights(): void {
    for (const [key, { at }] of flights) if (now() - at >= JOIN_MS) flights.delete(key);
  }

  /** Another's page. Nothing when it takes too long, or its reader came with an iterator that had expired, as ours has not. */
  async function join({ page }: Flight): Promise<Page | undefined> {
    try {
      return await Promise.race([page, delay(JOIN_MS).then(() => undefined)]);
    } catch (error) {
      if (error instanceof KinesisError && error.name === 'ExpiredIteratorException') return;
      throw error;
    }
  }

  async function get(key: string, read: () => Promise<Page>): Promise<Page> {
    for (;;) {
      const known = pages.get(key);
      if (known && isFresh(known)) return known;
      const flight = flights.get(key);
      if (!flight || now() - flight.at >= JOIN_MS) return lead(key, read);
      const joined = await join(flight);
      if (joined) return joined;
    }
  }

  return { get, last: (key) => pages.get(key), keep };
}
