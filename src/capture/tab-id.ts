import { attempt } from '../runtime.ts';
import { whenShown } from './address.ts';
import type { CaptureHost, CaptureSource } from './types.ts';

const KEY = 'rivulet-tab';
const ID_LENGTH = 10;
/** A page that is rendered ahead is shown at once. */
const HAND_OVER_MS = 1000;

/**
 * Describes the tab, in the context of every event: `tabId`, random, the same for all its pages of the origin, reloads
 * included. It lies in the tab's storage between two pages only, because a tab that is duplicated takes along what lies
 * there, and is another. Nothing is stored while the client may store nothing: then each page has an id of its own.
 */
export function tabId(): CaptureSource {
  return { name: 'tab', start: describeTab };
}

function describeTab({ window, runtime, mayStore, describe, on }: CaptureHost): () => void {
  const stopping = new AbortController();
  const { signal } = stopping;
  let id = '';
  let cancel: (() => void) | undefined;

  // The user's settings may refuse even to look.
  const forget = (): void => attempt(() => window.sessionStorage.removeItem(KEY));
  function take(): void {
    const kept = mayStore() ? attempt(() => window.sessionStorage.getItem(KEY)) : undefined;
    id ||=
      kept ||
      runtime
        .random()
        .toString(36)
        .slice(2, 2 + ID_LENGTH);
    if (kept) forget();
    describe({ tabId: id });
  }
  function leave(): void {
    if (mayStore()) attempt(() => window.sessionStorage.setItem(KEY, id));
  }

  const stopHearing = on('consent', ({ consent }) => consent === 'denied' && forget());
  // A page that is rendered ahead of its visit has a copy of the storage, not its own.
  whenShown(window, signal, () => {
    take();
    window.addEventListener('pagehide', leave, { signal });
    window.addEventListener('pageshow', ({ persisted }) => persisted && forget(), { signal });
    // A tab that is discarded to save memory comes back with a new page.
    window.document.addEventListener('freeze', leave, { signal });
    window.document.addEventListener('resume', forget, { signal });
    // A page that was rendered ahead gets what lies there now, and nothing that is put there in `pagehide` (Chromium 156).
    window.navigation?.addEventListener(
      'navigate',
      ({ destination }) => {
        if (destination.sameDocument) return;
        leave();
        cancel?.();
        // It may be a download.
        cancel = runtime.delay(forget, HAND_OVER_MS);
      },
      { signal },
    );
  });

  return () => {
    stopping.abort();
    cancel?.();
    stopHearing();
    describe({ tabId: undefined });
  };
}
