import type { DeliveryLoop } from './delivery-loop.ts';

/** What the end of a page, its coming back and its network mean to the client. */
export interface PageLifecycle {
  /** The page may end with this very task, or timers may not fire any more. */
  readonly isLeaving: () => boolean;
  /** The page is about to be followed by another one of its origin, which sends what this one leaves. */
  readonly isReplaced: () => boolean;
  readonly stop: () => void;
}

export interface LifecycleHandlers {
  /** The page is out of sight: it may never come back, and on most phones does not. `isLast`: it stands still from now on. */
  readonly onHide: (isLast: boolean) => void;
  /** The page stands still, in the back-forward cache or a frozen tab, or ends. */
  readonly onSuspend: () => void;
  readonly onResume: () => void;
}

/**
 * Listens to `pagehide` and to `visibilitychange`: on a cross-site navigation the second alone did not come. Never to
 * `unload`, which costs the page its place in the back-forward cache.
 */
export function watchPage(
  page: Window,
  { online, offline }: Pick<DeliveryLoop, 'online' | 'offline'>,
  handlers: LifecycleHandlers,
): PageLifecycle {
  const { document } = page;
  const stopping = new AbortController();
  let isSuspended = false;
  let isReplaced = false;

  function listen(target: EventTarget, type: string, handler: (event: Event) => void): void {
    target.addEventListener(type, handler, { capture: true, signal: stopping.signal });
  }
  function suspend(): void {
    isSuspended = true;
    handlers.onHide(true);
    handlers.onSuspend();
  }
  function resume(): void {
    isSuspended = isReplaced = false;
    handlers.onResume();
  }

  listen(page, 'pagehide', suspend);
  listen(document, 'freeze', suspend);
  listen(page, 'pageshow', resume);
  listen(document, 'resume', resume);
  listen(document, 'visibilitychange', () => document.hidden && handlers.onHide(isSuspended));
  // Missing in older browsers. A navigation that never ends the page, such as a download, is forgotten with the next.
  if (page.navigation) {
    listen(page.navigation, 'navigate', (event) => {
      const { destination, downloadRequest } = event as NavigateEvent;
      isReplaced =
        !destination.sameDocument &&
        downloadRequest === null &&
        new URL(destination.url).origin === page.location.origin;
    });
  }
  listen(page, 'online', online);
  listen(page, 'offline', offline);
  return {
    isLeaving: () => isSuspended || document.hidden,
    isReplaced: () => isReplaced,
    stop: () => stopping.abort(),
  };
}
