/** What sources may say of an element. */

/** What is left alone, with all that is inside. */
const IGNORED = '.rivulet-ignore,[data-rivulet-ignore]';
/** What a person has written or wants hidden, and what is not read by one. */
const UNREAD =
  '[data-private],input,textarea,select,[contenteditable],script,style,noscript,template';
const MAX_TEXT_LENGTH = 80;
const NODE_FILTER_SHOW_TEXT = 4;

export function matches(node: EventTarget | undefined, selector: string): node is Element {
  // A form answers with its own control where one is named "matches".
  return typeof (node as Element)?.matches === 'function' && (node as Element).matches(selector);
}

/** Whether the application wants nothing captured of it. `path`: as `composedPath()` tells it, which goes through open shadow roots. */
export function isIgnored(path: readonly EventTarget[]): boolean {
  return path.some((node) => matches(node, IGNORED));
}

/** Whether its text is nobody's business. */
export function isPrivate(path: readonly EventTarget[]): boolean {
  return path.some((node) => matches(node, UNREAD));
}

/** What a person reads there, or hears where nothing is written; without what is private inside. At most 80 characters. */
export function textOf(element: Element): string | undefined {
  const texts = element.ownerDocument.createTreeWalker(element, NODE_FILTER_SHOW_TEXT);
  let text = '';
  while (texts.nextNode()) {
    const { currentNode } = texts;
    if (!currentNode.parentElement?.closest(UNREAD)) text += `${currentNode.nodeValue} `;
    // A table of 10,000 rows may stand in what was clicked.
    if (text.length > MAX_TEXT_LENGTH * 4) break;
  }
  const read = text.replace(/\s+/g, ' ').trim() || element.getAttribute('aria-label');
  return read?.slice(0, MAX_TEXT_LENGTH) || undefined;
}
