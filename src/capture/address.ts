/** How one document goes from address to address, and which of them are pages of their own. */

import { patch } from './patch.ts';

export interface AddressOptions {
  /**
   * Whether another fragment is another page: for applications that route by it.
   * @default false
   */
  readonly hash?: boolean;
  /**
   * Whether another query is another page; the parameters of campaigns and clicks aside, which many a page takes out of its
   * address.
   * @default false: a filter, a tab or a cursor makes no other page, and of the query little leaves this one
   */
  readonly query?: boolean;
}

const CAMPAIGN = /&(utm_\w+|\w*clk?id)=[^&#]*/g;

/** What addresses of the same page have in common. */
export function addressOf(href: string, { hash, query }: AddressOptions): string {
  const address = hash ? href : href.replace(/#.*/, '');
  return query
    ? address.replace('?', '&').replace(CAMPAIGN, '')
    : // An application that routes by the fragment may have its query there.
      address.replace(/\?[^#]*/g, '');
}

/** Calls at once, or when a page that is rendered ahead of its visit is shown. */
export function whenShown({ document }: Window, signal: AbortSignal, show: () => void): void {
  // Not in every browser.
  if ((document as { prerendering?: boolean }).prerendering) {
    document.addEventListener('prerenderingchange', show, { signal });
  } else show();
}

/**
 * Calls when the document has another entry of the history, of which the address may be the same. `isReplaced`: in the last
 * one's place. By the Navigation API, whose `currententrychange` comes once for each, in the very call that made it:
 * `navigatesuccess` comes late, and not where an application gives up half way. Without it by the History API's own methods.
 * https://html.spec.whatwg.org/multipage/nav-history-apis.html#navigation-api
 */
export function followAddress(
  page: Window,
  signal: AbortSignal,
  onChange: (isReplaced: boolean) => void,
): void {
  const { navigation, history } = page;
  // A document of an opaque origin has the API, and never an event of it.
  if (navigation?.currentEntry) {
    navigation.addEventListener(
      'currententrychange',
      ({ navigationType }) => onChange(navigationType === 'replace'),
      { signal },
    );
    return;
  }
  page.addEventListener('popstate', () => onChange(false), { signal });
  for (const name of ['pushState', 'replaceState'] as const) {
    const restore = patch(
      history,
      name,
      (original) =>
        function follow(this: History, ...call) {
          original.apply(this, call);
          if (!signal.aborted) onChange(name === 'replaceState');
        },
    );
    signal.addEventListener('abort', restore);
  }
}
