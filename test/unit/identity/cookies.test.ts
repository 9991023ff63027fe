import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CookieOptions, cookies } from '../../../src/identity/cookies.ts';
import { createMemoryStorage } from '../../helpers/test-client.ts';

const MAX_COOKIE_BYTES = 4096;

interface Jar extends NonNullable<CookieOptions['document']> {
  /** What was written, with its attributes. */
  readonly written: string[];
}

/** What a browser keeps for one page: as RFC 6265 has it, as far as it is asked for here. */
function createJar({ isBlocked = false, protocol = 'https:', host = 'www.shop.test' } = {}): Jar {
  const kept = new Map<string, string>();
  const written: string[] = [];
  return {
    written,
    location: { protocol } as Location,
    get cookie() {
      return [...kept.values()].join('; ');
    },
    set cookie(text) {
      const [pair = '', ...attributes] = text.split('; ');
      const [name = ''] = pair.split('=');
      const domain = attributes.find((each) => each.startsWith('domain='))?.slice(7);
      written.push(text);
      if (isBlocked || pair.length > MAX_COOKIE_BYTES) return;
      if (domain !== undefined && domain !== host && !host.endsWith(`.${domain}`)) return;
      // As browsers do, the older one first.
      const key = `${name} ${domain ?? ''}`;
      if (attributes.includes('max-age=0')) kept.delete(key);
      else kept.set(key, pair);
    },
  };
}

function open(options: Omit<CookieOptions, 'document'> & { document: Jar }) {
  const fallback = createMemoryStorage();
  return { storage: cookies({ fallback, ...options }), fallback };
}

describe('a visitor in a cookie', () => {
  test('is kept for 400 days, for all paths, and for no other site', () => {
    const document = createJar();
    const { storage } = open({ document });

    storage.setItem('rivulet', '{"clientId":"a"}');

    expect(document.written).toEqual([
      'rivulet={%22clientId%22:%22a%22}; path=/; max-age=34560000; samesite=lax; secure',
    ]);
    expect(storage.getItem('rivulet')).toBe('{"clientId":"a"}');
  });

  test('is shared with the subdomains of the domain that is given, for the days that are given', () => {
    const document = createJar({ protocol: 'http:' });
    const { storage } = open({ document, domain: 'shop.test', days: 7 });

    storage.setItem('rivulet', 'v');

    expect(document.written).toEqual([
      'rivulet=v; path=/; max-age=604800; samesite=lax; domain=shop.test',
    ]);
  });

  test('comes back as it was, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), (text) => {
        const document = createJar();
        const { storage, fallback } = open({ document });
        document.cookie = 'other=rivulet=no; path=/';
        document.cookie = 'rivulet2=no; path=/';

        storage.setItem('rivulet', text);

        expect(storage.getItem('rivulet')).toBe(text);
        expect(fallback.length).toBe(0);
        // RFC 6265, section 4.1.1.
        const [, value] = document.cookie.match(/(?:^|; )rivulet=([^;]*)/) ?? [];
        expect(value).toMatch(/^[!#-+\--:<-[\]-~]+$/);
      }),
      { seed: 5 },
    );
  });

  test('is nobody where there is none, and where the cookie is not ours to read', () => {
    const document = createJar();
    const { storage } = open({ document });

    expect(storage.getItem('rivulet')).toBeNull();
    document.cookie = 'rivulet=%E0%A4%A; path=/';
    expect(storage.getItem('rivulet')).toBeNull();
  });

  test('is taken out with the domain, without it, and of the fallback', () => {
    const document = createJar();
    open({ document }).storage.setItem('rivulet', 'of the host');
    const { storage, fallback } = open({ document, domain: 'shop.test' });
    document.cookie = 'rivulet=of the domain; domain=shop.test';
    fallback.setItem('rivulet', 'of before');

    storage.removeItem('rivulet');

    expect([document.cookie, fallback.length]).toEqual(['', 0]);
  });
});

describe('a visitor of before', () => {
  test('moves from localStorage into the cookie with the first write', () => {
    const document = createJar();
    const { storage, fallback } = open({ document });
    fallback.setItem('rivulet', 'old');

    expect(storage.getItem('rivulet')).toBe('old');
    storage.setItem('rivulet', 'old, seen again');

    expect([storage.getItem('rivulet'), fallback.length]).toEqual(['old, seen again', 0]);
  });

  test('gives way to the one whom another subdomain has put into the cookie', () => {
    const document = createJar();
    const { storage, fallback } = open({ document, domain: 'shop.test' });
    fallback.setItem('rivulet', 'of this host');
    document.cookie = 'rivulet=shared; domain=shop.test';

    expect(storage.getItem('rivulet')).toBe('shared');
  });

  test("moves from the host's own cookie into that of the domain, which it would hide", () => {
    const document = createJar();
    open({ document }).storage.setItem('rivulet', 'old');
    const { storage } = open({ document, domain: 'shop.test' });

    expect(storage.getItem('rivulet')).toBe('old');
    storage.setItem('rivulet', 'new');

    expect(document.cookie).toBe('rivulet=new');
    expect(document.written.at(-1)).toContain('domain=shop.test');
  });
});

describe('where the browser takes no cookie', () => {
  test.each<[string, Jar, Pick<CookieOptions, 'domain'>]>([
    ['because the user blocks it', createJar({ isBlocked: true }), {}],
    ['because the domain is not of this page', createJar(), { domain: 'other.test' }],
  ])('%s, localStorage has the visitor', (_, document, options) => {
    const { storage, fallback } = open({ document, ...options });

    storage.setItem('rivulet', 'v');

    expect(storage.getItem('rivulet')).toBe('v');
    expect(fallback.getItem('rivulet')).toBe('v');
    storage.removeItem('rivulet');
    expect(storage.getItem('rivulet')).toBeNull();
  });

  test.each([
    [MAX_COOKIE_BYTES - 'rivulet='.length, false],
    [MAX_COOKIE_BYTES - 'rivulet='.length + 1, true],
  ])('because it would hold %i bytes: %s', (length, isTooLarge) => {
    const document = createJar();
    const { storage, fallback } = open({ document });
    storage.setItem('rivulet', 'small');

    storage.setItem('rivulet', 'v'.repeat(length));

    // The small one must not stand for it.
    expect(storage.getItem('rivulet')).toHaveLength(length);
    expect(fallback.length).toBe(isTooLarge ? 1 : 0);
    expect(document.cookie === '').toBe(isTooLarge);
  });

  test('because reading it throws, as in a sandboxed frame', () => {
    const document = {
      location: { protocol: 'https:' } as Location,
      get cookie(): string {
        throw new DOMException('sandboxed', 'SecurityError');
      },
      set cookie(_) {
        throw new DOMException('sandboxed', 'SecurityError');
      },
    };
    const fallback = createMemoryStorage();
    const storage = cookies({ document, fallback });

    storage.setItem('rivulet', 'v');

    expect(storage.getItem('rivulet')).toBe('v');
    storage.removeItem('rivulet');
    expect(fallback.length).toBe(0);
  });
});
