import { createClient } from '../client/client.ts';
import { resolveOptions } from '../client/options.ts';
import type { ClientOptions } from '../client/types.ts';

/** Those of the page's client: the same relay, source, database and cipher. */
export type BackgroundOptions = Omit<ClientOptions, 'capture'>;

/** What a `SyncEvent` and a `PeriodicSyncEvent` have in common: wicg.github.io/background-sync/spec */
interface SyncEvent extends Event {
  readonly tag: string;
  readonly waitUntil: (work: Promise<unknown>) => void;
}

/**
 * For a service worker's first turn: sends what pages have left in the log when the browser says that it is time to, by
 * Background Sync or Periodic Background Sync. A tab that sends for all goes on doing so, and is told to. While
 * something is left, the browser is asked to try again: how often and when is its own rule. Throws a {@link RivuletError}
 * where an option is wrong.
 *
 * It hears nothing of what a user decides in a page. Where events wait for consent in the log (`pendingIn: 'log'`), register
 * the worker when the user has agreed.
 *
 * @example
 * deliverInBackground({ endpoint: 'https://events.example.com', writeKey: 'shop' });
 */
export function deliverInBackground(options: BackgroundOptions): void {
  const { databaseName, runtime } = resolveOptions(options);
  const deliver = (event: Event): void => {
    const { tag } = event as SyncEvent;
    const { locks } = runtime;
    // Where there are no locks, no browser has such an event either.
    if (tag !== databaseName || !locks) return;
    // Asked for here and not by the client, which would wait for it as long as a tab is open.
    const work = locks.request(databaseName, { ifAvailable: true }, (lock) =>
      drain({ ...options, runtime: { ...options.runtime, locks: standIn(locks, lock) } }),
    );
    (event as SyncEvent).waitUntil(work);
  };
  addEventListener('sync', deliver);
  addEventListener('periodicsync', deliver);
}

/** Rejects while something is left: that is how a worker asks for another try. */
async function drain(options: BackgroundOptions): Promise<void> {
  const client = createClient(options);
  const { queued } = await client.flush();
  await client.close();
  if (queued > 0) throw new Error(`log: expected to be empty, got ${queued} events`);
}

/** Answers for a lock that is held already, or is another's. */
function standIn(locks: LockManager, lock: Lock | null): LockManager {
  const request = async (
    _name: string,
    _options: LockOptions,
    callback: (lock: Lock) => unknown,
  ): Promise<unknown> => (lock ? callback(lock) : new Promise(() => {}));
  return { request, query: () => locks.query() } as LockManager;
}
