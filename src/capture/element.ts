import type { Properties } from '../protocol/event.ts';

/** What sources may say of an element. */

/** What is left alone, with all that is inside. */
export const IGNORED = '.rivulet-ignore,[data-rivulet-ignore]';
/** Not so much as its name is told. A password that is shown has another type. */
export const SECRET: string = `[data-private],[type=password],[name*="passw" i],[autocomplete*="cc-" i],[autocomplete*="-password" i],[autocomplete*="one-time-code" i],${IGNORED}`;
/** What a person means to press. */
export const PRESSABLE =
  'a,button,summary,label,input:is([type=submit],[type=button],[type=checkbox],[type=radio]),[role=button],[role=link],[role=menuitem],[role=tab],[data-rivulet-event]:not(form)';
export const LINK = 'a[href],area[href]';
/** What a person has written or wants hidden, and what is not read by one. */
const UNREAD =
  '[data-private],input,textarea,select,[contenteditable],script,style,noscript,template';
const PREFIX = 'rivulet';
/** These say what is captured, and nothing of the thing. */
const NAMING = /^(event|view|form|submit)?$/;
const MAX_TEXT_LENGTH = 80;
/** Of `NodeFilter`, which is a global. */
const SHOW_ELEMENTS_AND_TEXTS = 5;
const ACCEPT = 1;
const REJECT = 2;

export function matches(node: EventTarget | undefined, selector: string): node is Element {
  // A form answers with its own control where one is named "matches".
  return typeof (node as Element)?.matches === 'function' && (node as Element).matches(selector);
}

/** The nearest of a path that the selector means. */
export function nearest(
  path: readonly EventTarget[],
  selector: string,
): HTMLElement | SVGElement | undefined {
  return path.find((node) => matches(node, selector)) as HTMLElement | undefined;
}

/** Whether the application wants nothing captured of it. `path`: as `composedPath()` tells it, which goes through open shadow roots. */
export function isIgnored(path: readonly EventTarget[]): boolean {
  return nearest(path, IGNORED) !== undefined;
}

/** Whether its text is nobody's business. */
export function isPrivate(path: readonly EventTarget[]): boolean {
  return nearest(path, UNREAD) !== undefined;
}

/** What a person reads there, or hears where nothing is written; without what is private inside. At most 80 characters. */
export function textOf(element: Element): string | undefined {
  const nodes = element.ownerDocument.createTreeWalker(element, SHOW_ELEMENTS_AND_TEXTS, (node) =>
    matches(node, UNREAD) ? REJECT : ACCEPT,
  );
  let text = '';
  // A table of 10,000 rows may stand in what was clicked.
  while (text.length <= MAX_TEXT_LENGTH * 4 && nodes.nextNode()) {
    text += `${nodes.currentNode.nodeValue ?? ''} `;
  }
  const read = text.replace(/\s+/g, ' ').trim() || element.getAttribute('aria-label');
  return read?.slice(0, MAX_TEXT_LENGTH) || undefined;
}

/** `data-rivulet-sku="A-17"` becomes `{ sku: 'A-17' }`. */
export function ownProperties({ dataset }: HTMLElement | SVGElement): Properties {
  const properties: Record<string, string | undefined> = {};
  for (const key in dataset) {
    const name = key.slice(PREFIX.length);
    const own = name.charAt(0).toLowerCase() + name.slice(1);
    if (key.startsWith(PREFIX) && !NAMING.test(own)) properties[own] = dataset[key];
  }
  return properties;
}
