import type { VisitorStorage } from '../client/types.ts';
import { attempt, platformRuntime } from '../runtime.ts';

export interface CookieOptions {
  /**
   * The domain that shares the visitor with its subdomains, such as `example.com`.
   * @default the page's own host, and no other
   */
  readonly domain?: string;
  /**
   * How long the visitor is kept after the last visit, in days. Safari keeps what a script has written for seven, wherever
   * it is kept: webkit.org/blog/10218/full-third-party-cookie-blocking-and-more.
   * @default 400, which is the most that browsers grant
   */
  readonly days?: number;
  /**
   * Where the cookies are: a test's own document.
   * @default the page's
   */
  readonly document?: Pick<Document, 'cookie' | 'location'>;
  /**
   * Where a visitor comes from who is in no cookie, and goes to whom the browser takes no cookie of.
   * @default localStorage
   */
  readonly fallback?: VisitorStorage | undefined;
}

const SECONDS_PER_DAY = 86_400;

/** What a cookie's value may hold as it is: RFC 6265, section 4.1.1, without `%`, which escapes the rest. */
const ESCAPED = /[^!#$&-+\--:<-[\]-~]/gu;

/**
 * Keeps the visitor in one first-party cookie, which subdomains can share:
 * `createClient({ visitorStorage: cookies({ domain: 'example.com' }) })`. A visitor that `localStorage` holds moves into it
 * and stays the same; where cookies are blocked, or the visitor is too large for one (4 KiB), `localStorage` goes on. The
 * browser sends the cookie with each request to the site: about 250 bytes, and what sources remember.
 */
export function cookies({
  domain,
  days = 400,
  document = globalThis.document,
  fallback = platformRuntime().storage,
}: CookieOptions = {}): VisitorStorage {
  function read(name: string): string | undefined {
    const start = `${encodeURIComponent(name)}=`;
    // A sandboxed frame may not even look.
    const cookies = attempt(() => document.cookie.split('; ')) ?? [];
    const found = cookies.find((cookie) => cookie.startsWith(start)) ?? '';
    return attempt(() => decodeURIComponent(found.slice(start.length))) || undefined;
  }

  function write(name: string, value: string, days: number, domain?: string): void {
    attempt(() => {
      const scope = domain === undefined ? '' : `; domain=${domain}`;
      const secure = document.location.protocol === 'https:' ? '; secure' : '';
      const life = `; path=/; max-age=${days * SECONDS_PER_DAY}; samesite=lax`;
      document.cookie = `${encodeURIComponent(name)}=${value.replace(ESCAPED, encodeURIComponent)}${life}${scope}${secure}`;
    });
  }

  function remove(name: string): void {
    write(name, '', 0, domain);
    // One of before there was a domain hides the one that has it.
    if (domain !== undefined) write(name, '', 0);
  }

  return {
    getItem: (name) => read(name) ?? fallback?.getItem(name) ?? null,
    setItem(name, value) {
      write(name, value, days, domain);
      if (read(name) !== value) {
        remove(name);
        write(name, value, days, domain);
      }
      if (read(name) === value) fallback?.removeItem(name);
      else {
        remove(name);
        fallback?.setItem(name, value);
      }
    },
    removeItem(name) {
      remove(name);
      fallback?.removeItem(name);
    },
  };
}
