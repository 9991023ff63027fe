import type { VisitorStorage } from '../client/types.ts';

export interface CookieOptions {
  /**
   * The domain that shares the visitor with its subdomains, such as `example.com`.
   * @default the page's own host, and no other
   */
  readonly domain?: string;
  /**
   * How long the visitor is kept after the last visit, in days.
   * @default 400, which is the most that browsers grant
   */
  readonly days?: number;
  /**
   * Where the cookies are: a test's own document.
   * @default the page's
   */
  readonly document?: Pick<Document, 'cookie'>;
}

const SECONDS_PER_DAY = 86_400;

/** Keeps the visitor in a first-party cookie, which subdomains can share: `createClient({ visitorStorage: cookies({ domain }) })`. */
export function cookies({
  domain,
  days = 400,
  document = globalThis.document,
}: CookieOptions = {}): VisitorStorage {
  function write(name: string, value: string, maxAge: number): void {
    const scope = domain === undefined ? '' : `; domain=${domain}`;
    document.cookie = `${encodeURIComponent(name)}=${encodeURIComponent(value)}; path=/; max-age=${maxAge}; samesite=lax${scope}`;
  }

  return {
    getItem(name) {
      const start = `${encodeURIComponent(name)}=`;
      const found = document.cookie.split('; ').find((cookie) => cookie.startsWith(start));
      return found === undefined ? null : decodeURIComponent(found.slice(start.length));
    },
    setItem: (name, value) => write(name, value, days * SECONDS_PER_DAY),
    removeItem: (name) => write(name, '', 0),
  };
}
