import { isIgnored, matches, nearest } from './element.ts';
import { describeSpot } from './spot.ts';
import type { CaptureHost, CaptureSource } from './types.ts';

export interface RageClickOptions {
  /**
   * So many clicks in a row are a burst.
   * @default 3
   */
  readonly clicks?: number;
  /**
   * In milliseconds from the first of them to the last.
   * @default 1000
   */
  readonly withinMs?: number;
  /**
   * So many CSS pixels from one to the next at most.
   * @default 30
   */
  readonly withinPx?: number;
  /**
   * What is made to be clicked fast, as a selector: `.stepper button`. One that is no selector is reported as
   * `capture_failed`.
   * @default none
   */
  readonly except?: string;
}

interface Click {
  readonly x: number;
  readonly y: number;
  readonly at: number;
}

/** Several clicks here are how one writes, chooses, plays or draws. */
const FIELDS =
  'label,select,textarea,[contenteditable],canvas,video,audio,input:not([type=submit],[type=button])';

/**
 * Captures `Rage Clicked`, once for each burst of clicks in one place: the `tag` of what was clicked, and its `place` in the
 * page, such as `#cart>ul>li>img`. Clicks by keyboard do not count, nor those in fields, nor those that select text. Never text.
 */
export function rageClicks(options: RageClickOptions = {}): CaptureSource {
  return { name: 'rage-clicks', start: (host) => watchBursts(host, options) };
}

function watchBursts(
  { window, track, runtime }: CaptureHost,
  { clicks = 3, withinMs = 1_000, withinPx = 30, except = '' }: RageClickOptions,
): () => void {
  const { document } = window;
  const calm = except ? `${FIELDS},${except}` : FIELDS;
  // Throws now what would throw in each click.
  matches(document.createElement('a'), calm);
  /** The last ones of this burst. */
  let burst: readonly Click[] = [];
  let isTold = false;

  function onClick(event: MouseEvent): void {
    const path = event.composedPath();
    // By the keyboard, or by a script.
    if (!event.detail || nearest(path, calm) || isIgnored(path)) return;
    const { clientX: x, clientY: y } = event;
    const at = runtime.monotonic();
    const last = burst.at(-1);
    const isNear =
      last && at - last.at <= withinMs && Math.hypot(x - last.x, y - last.y) <= withinPx;
    if (!isNear) {
      burst = [];
      isTold = false;
    }
    burst = [...burst, { x, y, at }].slice(-clicks);
    const [first] = burst;
    if (isTold || !first || burst.length < clicks || at - first.at > withinMs) return;
    // Three clicks select a paragraph, where the pointer is that of text.
    if (window.getSelection()?.type === 'Range' && isText(path)) return;
    isTold = true;
    track('Rage Clicked', describeSpot(path));
  }

  function isText([target]: readonly EventTarget[]): boolean {
    return /auto|text/.test(window.getComputedStyle(target as Element).cursor);
  }

  const stopping = new AbortController();
  const { signal } = stopping;
  document.addEventListener('click', onClick, { capture: true, passive: true, signal });
  return () => stopping.abort();
}
