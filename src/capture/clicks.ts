import type { Properties } from '../protocol/event.ts';
import {
  isIgnored,
  isPrivate,
  LINK,
  matches,
  nearest,
  ownProperties,
  PRESSABLE,
  textOf,
} from './element.ts';
import type { CaptureHost, CaptureSource } from './types.ts';

export interface ClickOptions {
  /**
   * What is captured: the nearest element around the target that this selector means. `[data-rivulet-event]` for those
   * alone that the page names. One that is no selector is reported as `capture_failed`.
   * @default links, buttons, labels, tabs, menu items, and what has `data-rivulet-event`
   */
  readonly selector?: string;
  /**
   * Links to files with these endings are downloads, besides those with a `download` attribute: alternatives of a regular
   * expression, such as `pdf|docx?`.
   * @default documents, tables, archives, programs, sound and film: pdf, docx, csv, zip, dmg, mp4 and others
   */
  readonly downloads?: string;
}

const DOWNLOADS = 'pdf|docx?|xlsx?|pptx?|csv|txt|epub|zip|gz|tar|rar|7z|exe|dmg|pkg|apk|mp[34]|mov';
/** What may end the page with this very click. */
const LEAVING = `${LINK},[type=submit],button:not([type])`;

/**
 * Captures each click on what can be pressed, by pointer or keyboard, as one `Element Clicked` or as what
 * `data-rivulet-event` names: `tag`, `text`, `id`, and its `data-rivulet-*` attributes as properties; of a link `href`, and
 * `outbound: true` where it leads to another host, `download: true` to a file. The middle button counts on links. Never the
 * value of an input, nor text inside `[data-private]`.
 */
export function clicks(options: ClickOptions = {}): CaptureSource {
  return { name: 'clicks', start: (host) => watchClicks(host, options) };
}

function watchClicks(
  { window, track, write, scrub }: CaptureHost,
  { selector = PRESSABLE, downloads = DOWNLOADS }: ClickOptions,
): () => void {
  const { document, location } = window;
  const files = new RegExp(`\\.(${downloads})$`, 'i');
  // Throws now what would throw in each click.
  matches(document.createElement('a'), selector);

  function aim(link: Partial<HTMLAnchorElement> = {}): Properties {
    const { href, host, pathname } = link;
    // Inside an SVG it says all this in another way.
    if (pathname === undefined || href === undefined) return {};
    return {
      href: scrub(href),
      // An address of mail has no host.
      outbound: (host && host !== location.host) || undefined,
      download: link.hasAttribute?.('download') || files.test(pathname) || undefined,
    };
  }

  function onClick(event: Event): void {
    // The path and not the ancestors of the target: it goes through open shadow roots.
    const path = event.composedPath();
    const element = nearest(path, selector);
    const link = nearest(path, LINK);
    const { button } = event as MouseEvent;
    // The right button opens a menu, and the middle one a tab where there is a link.
    if (!element || button > (link ? 1 : 0) || isIgnored(path)) return;
    const { control } = element as Partial<HTMLLabelElement>;
    // The browser clicks a label's control next, and that click is captured.
    if (control && matches(control, selector)) return;
    track(element.dataset.rivuletEvent || 'Element Clicked', {
      tag: element.localName,
      text: isPrivate(path) ? undefined : textOf(element),
      id: element.id || undefined,
      ...ownProperties(element),
      ...aim(link),
    });
    if (nearest(path, LEAVING)) write();
  }

  const stopping = new AbortController();
  const setting = { capture: true, passive: true, signal: stopping.signal };
  document.addEventListener('click', onClick, setting);
  document.addEventListener('auxclick', onClick, setting);
  return () => stopping.abort();
}
