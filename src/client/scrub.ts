import { attempt } from '../runtime.ts';

/** A path that an application routes by; any other fragment may be a token. */
const ROUTE = /^#!?\/[^?&=]*/;

/** Of a query, where the application does not say otherwise: what a campaign's own link has put there. */
export const DEFAULT_ALLOWED_QUERY: readonly string[] = ['utm_*'];

/** Makes what may leave the page of an address: see `CaptureHost.scrub`. `allowed`: names of parameters, or their beginnings and `*`. */
export function createScrub(
  allowed: readonly string[],
  page: Pick<Document, 'baseURI'> | undefined,
): (address: string) => string | undefined {
  const isAllowed = ([name]: readonly [name: string, value: string]): boolean =>
    allowed.some((each) =>
      each.endsWith('*') ? name.startsWith(each.slice(0, -1)) : each === name,
    );

  return (address) => {
    const url = attempt(() => new URL(address, page?.baseURI));
    if (!url) return undefined;
    const { protocol, host, pathname, searchParams, hash } = url;
    if (!host) return protocol;
    const query = `${new URLSearchParams([...searchParams].filter(isAllowed))}`;
    const [route = ''] = hash.match(ROUTE) ?? [];
    return `${protocol}//${host}${pathname}${query && `?${query}`}${route}`;
  };
}
