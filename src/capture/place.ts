import type { Properties } from '../protocol/event.ts';
import type { CaptureHost } from './types.ts';

const MAX_TITLE_LENGTH = 500;

/** What may be told of a page of this document, under the names that an event's context has for it. */
export function placeOf({ scrub }: CaptureHost, href: string, title: string): Properties {
  return {
    url: scrub(href),
    path: new URL(href).pathname,
    title: title.slice(0, MAX_TITLE_LENGTH),
  };
}
