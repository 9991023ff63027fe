import type { Properties } from '../protocol/event.ts';
import { isIgnored, isPrivate, matches, textOf } from './element.ts';
import type { CaptureHost, CaptureSource } from './types.ts';

/** What a person means to press. The nearest one around the target is the one that is captured. */
const MEANINGFUL =
  'a,button,summary,label,input:is([type=submit],[type=button],[type=checkbox],[type=radio]),[role=button],[role=link],[role=menuitem],[role=tab],[data-rivulet-event]';
/** What may end the page with this very click. */
const LEAVING = 'a[href],area[href],[type=submit],button:not([type])';
const PREFIX = 'rivulet';

/** Captures clicks on what can be pressed: never the value of an input, nor text inside `[data-private]`. */
export function clicks(): CaptureSource {
  return { name: 'clicks', start: watchClicks };
}

function watchClicks({ window, track, write }: CaptureHost): () => void {
  function onClick(event: Event): void {
    // The path and not the ancestors of the target: it goes through open shadow roots.
    const path = event.composedPath();
    const element = path.find((node) => matches(node, MEANINGFUL)) as HTMLElement | undefined;
    if (!element) return;
    const { control } = element as HTMLLabelElement;
    // The browser clicks a label's control next, and that click is captured.
    if (control && matches(control, MEANINGFUL)) return;
    if (isIgnored(path)) return;
    track(element.dataset.rivuletEvent || 'Element Clicked', describe(element, isPrivate(path)));
    if (path.some((node) => matches(node, LEAVING))) write();
  }

  const { document } = window;
  const setting = { capture: true, passive: true };
  document.addEventListener('click', onClick, setting);
  return () => document.removeEventListener('click', onClick, setting);
}

function describe(element: HTMLElement, hasPrivateText: boolean): Properties {
  return {
    tag: element.localName,
    text: hasPrivateText ? undefined : textOf(element),
    id: element.id || undefined,
    href: hrefOf(element),
    ...ownProperties(element.dataset),
  };
}

/** Where a link leads, without what may be secret in it: the query, the fragment, and the address of a `mailto:`. */
function hrefOf(element: HTMLElement): string | undefined {
  const href = element.getAttribute('href');
  if (href === null) return undefined;
  try {
    const { protocol, origin, pathname } = new URL(href, element.baseURI);
    return protocol.startsWith('http') ? origin + pathname : protocol;
  } catch {
    // Not a URL: the browser does not follow it either.
    return undefined;
  }
}

/** `data-rivulet-sku="A-17"` becomes `{ sku: 'A-17' }`. */
function ownProperties(dataset: DOMStringMap): Properties {
  const properties: Record<string, string | undefined> = {};
  for (const key in dataset) {
    const name = key.slice(PREFIX.length);
    if (!key.startsWith(PREFIX) || !name || name === 'Event') continue;
    properties[name.charAt(0).toLowerCase() + name.slice(1)] = dataset[key];
  }
  return properties;
}
