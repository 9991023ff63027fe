/** Where a visitor has come from, as far as the address of the page before tells. */

export interface Origin {
  readonly source?: string;
  readonly medium: string;
}

/** Mail and documents of a search engine's maker are no search. */
const SEARCH =
  /^(?:(?:www|html|lite|search|\w{1,2})\.)*(google|bing|duckduckgo|yahoo|baidu|yandex|ecosia|qwant|startpage|brave|kagi|naver)\./;
const SOCIAL =
  /(?:^|\.)((?:facebook|instagram|linkedin|pinterest|reddit|tiktok|twitter|youtube|snapchat|threads)(?=\.)|(?:t\.co|x\.com|lnkd\.in|t\.me|bsky\.app)$)/;

export function originOf({ hostname }: URL): Origin {
  const engine = hostname.match(SEARCH);
  const network = hostname.match(SOCIAL);
  const [, source = hostname] = engine ?? network ?? [];
  return { source, medium: engine ? 'organic' : network ? 'social' : 'referral' };
}

/** Whether both are one site's: the same host, or one a subdomain of the other. */
export function isSameSite(one: string, other: string): boolean {
  const [a, b] = [`.${withoutWww(one)}`, `.${withoutWww(other)}`];
  return a.endsWith(b) || b.endsWith(a);
}

function withoutWww(host: string): string {
  return host.replace(/^www\./, '');
}
