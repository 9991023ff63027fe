/** Where a visitor has come from, as far as the address of the page before tells. */

export interface Origin {
  readonly source?: string;
  readonly medium: string;
}

/** The first group is the source's name. Mail and documents of a search engine's maker are no search. */
const SEARCH =
  /^(?:(?:www|html|lite|search|\w{1,2})\.)*(google|bing|duckduckgo|yahoo|baidu|yandex|ya|ecosia|qwant|startpage|brave|kagi|naver|seznam|sogou)\./;
const SOCIAL =
  /(?:^|\.)(?:(facebook|instagram|linkedin|pinterest|reddit|tiktok|tumblr|twitter|youtube|snapchat|threads|weibo|vk|quora|discord|whatsapp)\.[a-z.]+|(t\.co|x\.com|lnkd\.in|fb\.me|t\.me|bsky\.app|news\.ycombinator\.com|mastodon\.[a-z]+))$/;

export function originOf({ hostname }: URL): Origin {
  const [, engine] = SEARCH.exec(hostname) ?? [];
  if (engine) return { source: engine, medium: 'organic' };
  const [, network, address] = SOCIAL.exec(hostname) ?? [];
  return network || address
    ? { source: network ?? address ?? '', medium: 'social' }
    : { source: hostname, medium: 'referral' };
}

/** Whether both are one site's: the same host, or one a subdomain of the other. */
export function isSameSite(one: string, other: string): boolean {
  const [a, b] = [`.${withoutWww(one)}`, `.${withoutWww(other)}`];
  return a.endsWith(b) || b.endsWith(a);
}

function withoutWww(host: string): string {
  return host.replace(/^www\./, '');
}
