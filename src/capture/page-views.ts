import type { Properties } from '../protocol/event.ts';
import { type AddressOptions, addressOf, followAddress, whenShown } from './address.ts';
import { placeOf } from './place.ts';
import type { CaptureHost, CaptureSource } from './types.ts';

export interface PageViewOptions extends AddressOptions {
  /**
   * Names the page at that address.
   * @default none
   */
  readonly name?: (url: URL) => string | undefined;
  /**
   * More properties of the view of that address.
   * @default none
   */
  readonly properties?: (url: URL) => Properties | undefined;
}

/** Frameworks set the title when they have rendered, which the address does not wait for. A page that has none waits no longer. */
const TITLE_WAIT_MS = 300;

interface View {
  /** What it is known by. */
  readonly address: string;
  href: string;
}

/**
 * Captures a `page` when one is loaded, when its document goes to another address, and when it comes back from the
 * back-forward cache; a page that is rendered ahead of its visit, when it is shown. A view waits until the page's title has
 * changed, for 300 ms at most, and never past another event or the page's end; an address that is replaced meanwhile was on
 * the way to another. Sends the page's address, title and referrer, as the context has them, and the page before as
 * `referrer`; never of a query what `allowedQuery` does not name.
 */
export function pageViews(options: PageViewOptions = {}): CaptureSource {
  return { name: 'pages', start: (host) => watchViews(host, options) };
}

function watchViews(
  host: CaptureHost,
  { name, properties, ...options }: PageViewOptions,
): () => void {
  const { window } = host;
  const { document, location } = window;
  const stopping = new AbortController();
  const { signal } = stopping;
  let last: View | undefined;
  let next: View | undefined;
  let undo: readonly (() => void)[] = [];

  function view(): void {
    if (!next) return;
    const { href } = next;
    // Inside an application `document.referrer` stays what it was at the load.
    const referrer = last && host.scrub(last.href);
    last = next;
    forget();
    let event: string | undefined;
    let more: Properties | undefined;
    try {
      const url = new URL(href);
      event = name?.(url);
      more = properties?.(url);
    } catch (cause) {
      host.fail('pages: expected a name and properties, got an error', cause);
    }
    host.capture('page', {
      event,
      properties: { referrer, ...more },
      // The document may be at another address by now, and the context's own is of that one.
      context: location.href === href ? undefined : { page: placeOf(host, href, document.title) },
    });
  }

  function forget(): void {
    next = undefined;
    for (const step of undo) step();
    undo = [];
  }

  function arrive(isReplaced: boolean, waitMs = TITLE_WAIT_MS): void {
    const { href } = location;
    const address = addressOf(href, options);
    if (address === next?.address) {
      next.href = href;
      return;
    }
    if (isReplaced) forget();
    else view();
    // The same page, or back at once where it came from.
    if (address === last?.address) return;
    next = { address, href };
    const { title, head } = document;
    // Some take the old one away before they set the new one.
    const titles = new window.MutationObserver(
      () => document.title && document.title !== title && view(),
    );
    if (head) titles.observe(head, { childList: true, subtree: true, characterData: true });
    undo = [
      host.use((event, pass) => {
        // Of this page; what is said of another one does not wait for it.
        if (!event.context?.page) view();
        pass();
      }),
      host.runtime.delay(view, waitMs),
      () => titles.disconnect(),
    ];
  }

  function leave(): void {
    if (!next) return;
    view();
    host.write();
  }

  whenShown(window, signal, () => {
    followAddress(window, signal, arrive);
    // Before the client hears of it, and sends what it has.
    for (const type of ['visibilitychange', 'pagehide']) {
      window.addEventListener(type, leave, { signal, capture: true });
    }
    window.addEventListener(
      'pageshow',
      ({ persisted }) => {
        if (!persisted) return;
        last = undefined;
        arrive(false, 0);
      },
      { signal },
    );
    // Not at once: sources that start later describe the page too.
    arrive(false, document.title ? 0 : TITLE_WAIT_MS);
  });

  return () => {
    stopping.abort();
    forget();
  };
}
