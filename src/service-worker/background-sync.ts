import type { CaptureHost, CaptureSource } from '../capture/types.ts';

export interface BackgroundSyncOptions {
  /**
   * The client's, where it is not the default one: the sync's tag.
   * @default 'rivulet'
   */
  readonly databaseName?: string;
  /**
   * Asks for a sync now and then too, at this gap at least, in milliseconds. Browsers grant it to installed applications
   * that are used; where it is not granted, nothing happens.
   * @default never
   */
  readonly periodicMs?: number;
}

/** The parts of a `ServiceWorkerRegistration` that not every browser has: wicg.github.io/background-sync/spec */
interface SyncRegistration {
  readonly sync?: { readonly register: (tag: string) => Promise<void> };
  readonly periodicSync?: {
    readonly register: (tag: string, options: { minInterval: number }) => Promise<void>;
  };
}

/**
 * Asks the browser to wake the page's service worker when there is a network: as soon as events wait that cannot be sent,
 * and as the page goes out of sight with events that wait. There `deliverInBackground` sends them. Does nothing where there
 * is no worker or no Background Sync, as in Firefox and Safari: there the next page sends.
 */
export function backgroundSync(options: BackgroundSyncOptions = {}): CaptureSource {
  return { name: 'background-sync', start: (host) => watchEnd(host, options) };
}

function watchEnd(
  { window, on }: CaptureHost,
  { databaseName = 'rivulet', periodicMs }: BackgroundSyncOptions,
): () => void {
  const { document, navigator } = window;
  const stopping = new AbortController();
  const { signal } = stopping;
  let registration: SyncRegistration | undefined;
  let lane = '';
  let captured = 0;
  /** What another tab sends, this one does not hear of: then it asks once too often. */
  let settled = 0;
  /** Why nothing is sent now. */
  let obstacle: string | undefined;
  let isAsked = false;

  // Found ahead: the end of a page leaves no time to look for it.
  async function findRegistration(): Promise<void> {
    registration = (await navigator.serviceWorker.ready) as SyncRegistration;
    askIfStuck();
    if (periodicMs !== undefined && !signal.aborted) {
      await registration.periodicSync?.register(databaseName, { minInterval: periodicMs });
    }
  }

  function ask(): void {
    if (!registration || signal.aborted || settled >= captured || obstacle === 'consent') return;
    isAsked = true;
    // A user may have switched it off.
    registration.sync?.register(databaseName).catch(() => {});
  }

  /** Not only as the page goes: of 15 pages that were closed, Chromium 156 found 2 gone before it had heard them ask. */
  function askIfStuck(): void {
    if (obstacle && obstacle !== 'follower' && !isAsked) ask();
  }

  // No worker, none allowed, or none granted.
  findRegistration().catch(() => {});
  window.addEventListener('pagehide', ask, { signal });
  document.addEventListener('visibilitychange', () => document.hidden && ask(), { signal });
  const stopListening = [
    on('captured', (position) => {
      lane = position.lane;
      captured = position.seq;
      askIfStuck();
    }),
    on('receipt', ({ receipt }) => {
      if (receipt.lane !== lane || receipt.status === 'retry') return;
      settled = Math.max(settled, receipt.first + receipt.count - 1);
      isAsked = false;
    }),
    on('paused', ({ reason }) => {
      obstacle = reason;
      askIfStuck();
    }),
    on('resumed', () => {
      obstacle = undefined;
    }),
  ];
  return () => {
    stopping.abort();
    for (const stop of stopListening) stop();
  };
}
