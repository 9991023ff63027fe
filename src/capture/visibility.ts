import { IGNORED, ownProperties } from './element.ts';
import type { CaptureHost, CaptureSource } from './types.ts';

export interface VisibilityOptions {
  /**
   * What is watched.
   * @default '[data-rivulet-view]'
   */
  readonly selector?: string;
  /**
   * The part of the element that has to be seen at once, above 0 to 1; of one larger than the window, the part of the window
   * that it has to fill.
   * @default 0.5
   */
  readonly threshold?: number;
  /**
   * How long without a break, in milliseconds.
   * @default 1000
   */
  readonly minimumMs?: number;
  /**
   * Whether elements count that come into the page later. The source then looks for new ones at most twice a second, while
   * the page changes.
   * @default true
   */
  readonly added?: boolean;
}

const RESCAN_MS = 500;
/** Of an element that is larger than the window only a fraction can be seen: these are when to look again. */
const FRACTIONS = [1, 1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 32];

/**
 * Captures `Element Viewed`, or what `data-rivulet-view` names, once for each element that was seen long enough in a visible
 * page: its `tag`, `id` and `data-rivulet-*` attributes. Never its text. The defaults are what advertising calls viewable:
 * https://www.iab.com/wp-content/uploads/2015/06/MRC-Viewable-Ad-Impression-Measurement-Guideline.pdf
 */
export function visibility(options: VisibilityOptions = {}): CaptureSource {
  return { name: 'visibility', start: (host) => watchElements(host, options) };
}

function watchElements(
  { window, track, runtime }: CaptureHost,
  {
    selector = '[data-rivulet-view]',
    threshold = 0.5,
    minimumMs = 1_000,
    added = true,
  }: VisibilityOptions,
): () => void {
  const { document } = window;
  // Missing in some test environments, and before Safari 12.1.
  if (!window.IntersectionObserver) return () => {};
  const known = new WeakSet<Element>();
  /** Seen enough of, and not yet for long enough: how not to count it. */
  const counting = new Map<Element, () => void>();
  let cancelScan: (() => void) | undefined;

  function judge(entries: readonly IntersectionObserverEntry[]): void {
    for (const entry of entries) {
      const target = entry.target as HTMLElement;
      counting.get(target)?.();
      counting.delete(target);
      if (isEnough(entry)) {
        counting.set(
          target,
          runtime.delay(() => view(target), minimumMs),
        );
      }
    }
    if (document.hidden) turn();
  }

  function view(element: HTMLElement): void {
    counting.delete(element);
    sight.unobserve(element);
    track(element.dataset.rivuletView || 'Element Viewed', {
      tag: element.localName,
      id: element.id || undefined,
      ...ownProperties(element),
    });
  }

  function scan(): void {
    cancelScan = undefined;
    for (const element of document.querySelectorAll(selector)) {
      if (known.has(element) || element.closest(IGNORED)) continue;
      known.add(element);
      sight.observe(element);
    }
  }

  function isEnough(entry: IntersectionObserverEntry): boolean {
    const { isIntersecting, intersectionRatio, intersectionRect, rootBounds } = entry;
    // Unknown in a frame of another origin.
    const { width = Infinity, height = Infinity } = rootBounds ?? {};
    const part = (intersectionRect.width * intersectionRect.height) / (width * height);
    return isIntersecting && Math.max(intersectionRatio, part) >= threshold;
  }

  /** Who looks at another tab sees nothing; what is in sight is looked at anew afterwards. */
  function turn(): void {
    for (const [element, cancel] of counting) {
      cancel();
      sight.unobserve(element);
      if (!document.hidden) sight.observe(element);
    }
  }

  const sight = new window.IntersectionObserver(judge, {
    threshold: FRACTIONS.map((fraction) => fraction * threshold),
  });
  const changes = new window.MutationObserver(() => {
    cancelScan ??= runtime.delay(scan, RESCAN_MS);
  });
  const stopping = new AbortController();
  const { signal } = stopping;
  document.addEventListener('visibilitychange', turn, { signal });
  document.addEventListener('DOMContentLoaded', scan, { signal });
  if (added) changes.observe(document, { childList: true, subtree: true });
  scan();

  return () => {
    stopping.abort();
    changes.disconnect();
    sight.disconnect();
    cancelScan?.();
    for (const cancel of counting.values()) cancel();
  };
}
