import type { Properties } from '../protocol/event.ts';
import type { CaptureHost } from './types.ts';

const MAX_TITLE_LENGTH = 500;

/** What may be told of a page of this document, under the names that an event's context has for it. */
export function placeOf({ scrub }: CaptureHost, href: string, title: string): Properties {
  const url = scrub(href);
  return {
    url,
    // Of the address that may be told: a file's is its owner's.
    path: url?.replace(/^[^:]*:(\/\/[^/]*)?|[?#].*/g, ''),
    title: title.slice(0, MAX_TITLE_LENGTH),
  };
}
