import { isIgnored, LINK, matches, nearest, PRESSABLE } from './element.ts';
import { describeSpot } from './spot.ts';
import type { CaptureHost, CaptureSource } from './types.ts';

export interface DeadClickOptions {
  /**
   * How long the page may take to show anything, in milliseconds.
   * @default 1000
   */
  readonly withinMs?: number;
  /**
   * What may stay as it is when it is clicked, as a selector. One that is no selector is reported as `capture_failed`.
   * @default none
   */
  readonly except?: string;
}

/** They answer by themselves, and not all of them in a way that is seen. */
const FIELDS = 'label,input,select,textarea,[contenteditable],canvas,video,audio,object,embed';
/** How a page answers besides a change of its document and its address. */
const ANSWERS =
  'beforeprint copy cut fullscreenchange input invalid pagehide pause play reset scroll submit toggle visibilitychange volumechange';
const SHADOW_ROOT = 11;

/**
 * Captures `Dead Clicked` where a click on what can be pressed, or shows the pointer of what can be, changed nothing: no
 * node, address, focus or selection, no scrolling, no other page. It says the `tag` of what was clicked, and its `place` in
 * the page, such as `#cart>ul>li>img`; never text. A page that changes by itself all the time, such as one with a running
 * clock, has none.
 */
export function deadClicks(options: DeadClickOptions = {}): CaptureSource {
  return { name: 'dead-clicks', start: (host) => watchAnswers(host, options) };
}

function watchAnswers(
  { window, track, runtime }: CaptureHost,
  { withinMs = 1_000, except = '' }: DeadClickOptions,
): () => void {
  const { document, location } = window;
  const excepted = except ? `${FIELDS},${except}` : FIELDS;
  // Throws now what would throw in each click.
  matches(document.createElement('a'), excepted);
  /** What belongs to the press that an answer is awaited of. */
  let waiting = new AbortController();
  let isDown = false;
  let hasAnswer = false;
  let address = '';

  /** A link to `#` changes that and nothing else. */
  function addressNow(): string {
    return location.href.replace(/#$/, '');
  }

  function answer(): void {
    hasAnswer = true;
    waiting.abort();
  }

  function begin(path: readonly EventTarget[]): void {
    waiting.abort();
    waiting = new AbortController();
    const { signal } = waiting;
    hasAnswer = false;
    address = addressNow();

    const observer = new window.MutationObserver(answer);
    const parts = { subtree: true, childList: true, attributes: true, characterData: true };
    for (const root of [document, ...path] as Node[]) {
      if (root === document || root.nodeType === SHADOW_ROOT) observer.observe(root, parts);
    }
    signal.addEventListener('abort', () => observer.disconnect());

    const listen = { capture: true, passive: true, signal };
    for (const type of ANSWERS.split(' ')) window.addEventListener(type, answer, listen);
    // To another window, a dialog of the browser, a frame; and not from the field before.
    window.addEventListener('blur', ({ target }) => target === window && answer(), listen);
    window.addEventListener(
      'focusin',
      // What is pressed is focused, too, and that is no answer.
      (event) => path.includes(event.composedPath()[0] as EventTarget) || answer(),
      listen,
    );
    // To a fragment it leads nowhere, or is followed by scrolling.
    window.navigation?.addEventListener(
      'navigate',
      (event) => event.hashChange || answer(),
      listen,
    );
  }

  function onDown(event: Event): void {
    isDown = true;
    // Menus open here, before the click.
    begin(event.composedPath());
  }

  function onClick(event: MouseEvent): void {
    const path = event.composedPath();
    // By the keyboard, or by a script.
    if (!isDown) begin(path);
    isDown = false;
    const { signal } = waiting;
    if (hasAnswer || nearest(path, excepted) || isIgnored(path)) return;
    const at = runtime.monotonic();
    const cancel = runtime.delay(() => {
      waiting.abort();
      const isLate = runtime.monotonic() - at > withinMs * 2;
      // Something else held the page up, such as an alert: who knows what was seen.
      if (!isLate && isDead(event, path)) track('Dead Clicked', describeSpot(path));
    }, withinMs);
    signal.addEventListener('abort', cancel);
  }

  function isDead(event: Event, path: readonly EventTarget[]): boolean {
    if (addressNow() !== address || window.getSelection()?.type === 'Range') return false;
    const link = nearest(path, LINK) as HTMLAnchorElement | undefined;
    if (link && !event.defaultPrevented && leads(link)) return false;
    const target = nearest(path, '*');
    return (
      nearest(path, PRESSABLE) !== undefined ||
      (target !== undefined && window.getComputedStyle(target).cursor === 'pointer')
    );
  }

  /** To another page, program or tab, or into a file, which may take its time; and not to a place in this page. */
  function leads({ href }: HTMLAnchorElement): boolean {
    const [page] = String(href).split('#');
    return page !== location.href.split('#')[0] && !/^javascript:/i.test(String(href));
  }

  const stopping = new AbortController();
  const { signal } = stopping;
  const setting = { capture: true, passive: true, signal };
  window.addEventListener('pointerdown', onDown, setting);
  window.addEventListener('click', onClick, setting);
  return () => {
    stopping.abort();
    waiting.abort();
  };
}
