import { type AddressOptions, addressOf, followAddress, whenShown } from './address.ts';
import { placeOf } from './place.ts';
import type { CaptureHost, CaptureSource } from './types.ts';

export interface PageLeaveOptions extends AddressOptions {
  /**
   * After so many milliseconds without a sign of somebody, time does not count as engaged: neither a pointer, a key, scrolling
   * nor media that can be heard.
   * @default 30000
   */
  readonly idleMs?: number;
  /**
   * A selector of the element that scrolls, where that is not the document.
   * @default the document
   */
  readonly scroller?: string;
}

/** When a page has been laid out, about; and while it is scrolled, so often: to ask for it may cost a layout. */
const LAID_OUT_MS = 500;
const SCROLLED_MS = 200;
/** A second visit to the tab that was shorter waits for the next. */
const LEAST_MS = 1000;
/** An address that is replaced so soon was on the way to another. */
const REDIRECT_MS = 300;

const SIGNS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'scroll', 'timeupdate'] as const;

/**
 * Captures `Page Left` when a page ends, when its document goes to another address, and each time that the page is hidden,
 * which on a phone is the last one hears of it. `engagedMs` (visible, focused, and somebody active in the last 30 s) and
 * `totalMs` count from the last `Page Left` of the same page on, so that their sums are the page's; `scrollDepth` is the part
 * of the page (0 to 1) that was seen so far. Sends the address and the title of the page that was left.
 */
export function pageLeave(options: PageLeaveOptions = {}): CaptureSource {
  return { name: 'leave', start: (host) => watchLeave(host, options) };
}

function watchLeave(
  host: CaptureHost,
  { idleMs = 30_000, scroller, ...options }: PageLeaveOptions,
): () => void {
  const { window } = host;
  const { monotonic, delay } = host.runtime;
  const { document, location } = window;
  const stopping = new AbortController();
  const { signal } = stopping;
  let cancel: (() => void) | undefined;

  let href = '';
  let address = '';
  let title: string | undefined;
  let beganAt = 0;
  let isContinued = false;
  /** Nothing has happened since it was told. */
  let isTold = true;
  let engagedMs = 0;
  let activeAt = 0;
  /** Since when somebody may be there, as far as it is not counted yet. */
  let since: number | undefined;
  let seen = 0;
  let height = 0;

  function begin(): void {
    ({ href } = location);
    address = addressOf(href, options);
    cancel?.();
    cancel = delay(measure, LAID_OUT_MS);
    title = undefined;
    beganAt = activeAt = monotonic();
    isContinued = isTold = false;
    engagedMs = seen = height = 0;
    since = undefined;
    count(beganAt);
  }

  /** Takes the time that all that is told together is told of. */
  function count(now: number): void {
    if (since !== undefined) engagedMs += Math.max(0, Math.min(now, activeAt + idleMs) - since);
    since = !document.hidden && document.hasFocus() ? now : undefined;
  }

  function onSign({ type, target }: Event): void {
    if (type === 'timeupdate' && (target as HTMLMediaElement).muted) return;
    const now = monotonic();
    if (now > activeAt + idleMs) count(now);
    activeAt = now;
    if (type === 'scroll') cancel ??= delay(measure, SCROLLED_MS);
  }

  function measure(): void {
    cancel = undefined;
    ({ title } = document);
    const element = scroller ? document.querySelector(scroller) : document.scrollingElement;
    if (!element) return;
    seen = Math.max(seen, element.scrollTop + element.clientHeight);
    height = element.scrollHeight;
  }

  function leave(): void {
    const now = monotonic();
    count(now);
    if (isTold || (isContinued && engagedMs < LEAST_MS)) return;
    const page = placeOf(host, href, title ?? document.title);
    host.capture('track', {
      event: 'Page Left',
      properties: {
        ...page,
        engagedMs: Math.round(engagedMs),
        totalMs: Math.round(now - beganAt),
        scrollDepth: height ? Math.min(1, Math.round((seen / height) * 100) / 100) : undefined,
      },
      // The document may be at another address by now, and the context's own is of that one.
      context: location.href === href ? undefined : { page },
    });
    isTold = isContinued = true;
    engagedMs = 0;
    beganAt = now;
  }

  function onTurn(): void {
    if (document.hidden) {
      end();
      return;
    }
    const now = monotonic();
    count(now);
    activeAt = now;
    isTold = false;
  }

  function end(): void {
    if (isTold) return;
    measure();
    leave();
    host.write();
  }

  function start(): void {
    const listen = (types: readonly string[], handler: (event: Event) => void): void => {
      for (const type of types)
        window.addEventListener(type, handler, { signal, capture: true, passive: true });
    };
    followAddress(window, signal, (isReplaced) => {
      if (addressOf(location.href, options) === address) return;
      if (!isReplaced || monotonic() - beganAt >= REDIRECT_MS) leave();
      begin();
    });
    listen(SIGNS, onSign);
    // Before the client hears of it, and sends what it has.
    listen(['visibilitychange', 'focus', 'blur'], onTurn);
    listen(['pagehide'], end);
    listen(['pageshow'], (event) => (event as PageTransitionEvent).persisted && begin());
    begin();
  }

  // Tells of a selector that is none while there is somebody to hear it.
  if (scroller) document.querySelector(scroller);
  whenShown(window, signal, start);
  return () => {
    stopping.abort();
    cancel?.();
  };
}
