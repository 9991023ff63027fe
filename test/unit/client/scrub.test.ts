import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createScrub } from '../../../src/client/scrub.ts';
import { createTestClient } from '../../helpers/test-client.ts';
import { createTestPage } from '../../helpers/test-page.ts';

const BASE = 'https://shop.test/boots/waders?q=1#top';

const scrubBy = (allowed: readonly string[], baseURI = BASE) => createScrub(allowed, { baseURI });

describe('an address', () => {
  test.each<[string, string | undefined]>([
    ['https://shop.test/a?q=mail%40shop.test&utm_source=letter', '?utm_source=letter'],
    ['https://shop.test/a?utm_source=a&utm_source=b', '?utm_source=a&utm_source=b'],
    [
      'https://shop.test/a?utm_source=%D0%BA%D0%BB%D1%8E%D1%87',
      '?utm_source=%D0%BA%D0%BB%D1%8E%D1%87',
    ],
    ['https://shop.test/a?utm_source', '?utm_source='],
    ['https://shop.test/a?&&=&?utm_source=1', ''],
    ['https://shop.test/a?UTM_SOURCE=1', ''],
    ['https://shop.test/a?', ''],
    ['https://ada:lovelace@shop.test/a', ''],
    ['https://shop.test/a#access_token=secret', ''],
    ['https://shop.test/a#top', ''],
    ['https://shop.test/a#/boots/7?mail=a%40shop.test', '#/boots/7'],
    ['https://shop.test/a#!/boots', '#!/boots'],
    ['https://shop.test/a#/access_token=secret&state=1', '#/access_token'],
    ['https://shop.test/a?q=1#/boots?utm_source=1', '#/boots'],
  ])('%s keeps what may leave', (address, rest) => {
    expect(scrubBy(['utm_*'])(address)).toBe(`https://shop.test/a${rest}`);
  });

  test.each([
    ['data:text/html,<p>secret', 'data:'],
    ['javascript:alert(1)', 'javascript:'],
    ['mailto:a@shop.test?subject=secret', 'mailto:'],
    ['blob:https://shop.test/6f0c', 'blob:'],
    ['file:///home/ada/notes.html?utm_source=a#/x', 'file:'],
    ['about:blank', 'about:'],
    ['capacitor://localhost/boots?q=1', 'capacitor://localhost/boots'],
    ['chrome-extension://abcdef/popup.html#/x', 'chrome-extension://abcdef/popup.html#/x'],
    ['http://[::1]:8080/a', 'http://[::1]:8080/a'],
  ])('%s says %s', (address, said) => {
    expect(scrubBy(['utm_*'])(address)).toBe(said);
  });

  test.each([
    ['../hats', 'https://shop.test/hats'],
    ['?utm_source=a&q=2', 'https://shop.test/boots/waders?utm_source=a'],
    ['//cdn.test/x', 'https://cdn.test/x'],
    ['', 'https://shop.test/boots/waders'],
  ])('%j is the page’s own', (address, said) => {
    expect(scrubBy(['utm_*'])(address)).toBe(said);
  });

  test('that is relative follows the page', () => {
    const page = { baseURI: BASE };
    const scrub = createScrub([], page);

    page.baseURI = 'https://shop.test/hats/';

    expect(scrub('felt')).toBe('https://shop.test/hats/felt');
  });

  test.each([['http://'], ['https://shop.test:99999/']])('%j is none', (address) => {
    expect(scrubBy([])(address)).toBeUndefined();
  });

  test('is none where it is relative and there is no page', () => {
    expect(createScrub([], undefined)('boots')).toBeUndefined();
  });

  test.each<[string[], string]>([
    [['*'], '?q=1&utm_source=2&ref=3'],
    [['ref', 'q'], '?q=1&ref=3'],
    [['utm_source'], '?utm_source=2'],
    [['u'], ''],
    [[], ''],
  ])('with allowedQuery %j keeps %j of its query', (allowed, query) => {
    expect(scrubBy(allowed)('https://shop.test/?q=1&utm_source=2&ref=3')).toBe(
      `https://shop.test/${query}`,
    );
  });
});

const word = fc.stringMatching(/^[\w@ %+.-]{0,12}$/);
const address = fc.oneof(
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  fc.string({ unit: 'binary' }),
  fc
    .tuple(
      fc.constantFrom('https', 'ftp', 'app', 'file', 'blob', 'data'),
      fc.constantFrom('', 'ada:SECRET@', 'SECRET@'),
      fc.dictionary(
        word,
        word.map((value) => `SECRET${value}`),
      ),
      fc.constantFrom('', '#SECRET', '#/a?SECRET', '#/a=SECRET', '#?/SECRET'),
    )
    .map(
      ([scheme, user, query, hash]) =>
        `${scheme}://${user}shop.test/a?${new URLSearchParams(query)}${hash}`,
    ),
);

test('no address of any kind says what it should not, or throws', () => {
  const scrub = scrubBy(['utm_*']);
  fc.assert(
    fc.property(address, (given) => {
      const said = scrub(given);

      if (said === undefined) return;
      const url = new URL(said);
      expect(url.username + url.password).toBe('');
      expect([...url.searchParams.keys()].filter((name) => !name.startsWith('utm_'))).toEqual([]);
      if (!given.includes('utm_')) expect(said).not.toContain('SECRET');
      // What has been scrubbed once stays as it is.
      expect(scrub(said)).toBe(said);
    }),
    { seed: 11, numRuns: 3000 },
  );
});

describe('of a page', () => {
  test('that is a file nothing leaves but the scheme', async () => {
    const { window } = createTestPage('file:///home/ada/notes.html', 'Notes');
    const { client, relay } = createTestClient({ runtime: { page: window } });

    client.track('One');
    await client.flush();

    const { page } = JSON.parse(relay.batches[0]?.segments[0]?.context ?? '');
    expect(page).toMatchObject({ url: 'file:', path: '', search: '' });
  });

  test('the referrer leaves as its address does', async () => {
    const { window } = createTestPage('https://shop.test/a/b?utm_source=x&q=1#/c/d?e');
    Object.defineProperty(window.document, 'referrer', {
      value: 'https://ada:x@search.test/?q=secret&utm_source=y',
    });
    const { client, relay } = createTestClient({ runtime: { page: window } });

    client.track('One');
    await client.flush();

    const { page } = JSON.parse(relay.batches[0]?.segments[0]?.context ?? '');
    expect(page).toMatchObject({
      url: 'https://shop.test/a/b?utm_source=x#/c/d',
      path: '/a/b',
      search: '?utm_source=x',
      referrer: 'https://search.test/?utm_source=y',
    });
  });
});
