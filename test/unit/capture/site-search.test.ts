import { describe, expect, test } from 'vitest';
import { siteSearch } from '../../../src/capture/site-search.ts';
import { createTestHost } from '../../helpers/capture-host.ts';
import { createTestPage } from '../../helpers/test-page.ts';

const TYPING_MS = 1000;

function open(url = 'https://shop.test/', parameters: readonly string[] | undefined = ['q', 's']) {
  const page = createTestPage(url);
  const host = createTestHost(page.window);
  const stop = siteSearch(parameters && { parameters }).start(host);
  return {
    ...page,
    host,
    stop,
    history: page.window.history,
    async searches() {
      await host.clock.advance(TYPING_MS);
      return host.captured.map(({ event, properties }) => [event, properties?.query]);
    },
  };
}

describe('site search', () => {
  test('is captured when a page is loaded with what somebody searches for', async () => {
    const { searches } = open('https://shop.test/search?q=rain+boots&token=secret');

    expect(await searches()).toEqual([['Site Searched', 'rain boots']]);
  });

  test.each([
    ['https://shop.test/search?q=boots', undefined],
    ['https://shop.test/search?q=boots', ['query']],
    ['https://shop.test/search?q=', ['q']],
    ['https://shop.test/search?q=%20', ['q']],
  ])('is not captured at %s with the parameters %o', async (url, parameters) => {
    const page = createTestPage(url);
    const host = createTestHost(page.window);
    siteSearch(parameters && { parameters }).start(host);
    await host.clock.advance(TYPING_MS);

    expect(host.captured).toEqual([]);
  });

  test('is refused with parameters that are no array', () => {
    expect(() => siteSearch({ parameters: 'q' as never })).toThrow(
      'parameters: expected an array, got q',
    );
  });

  test('follows the address from search to search, each once', async () => {
    const { history, searches } = open('https://shop.test/search?q=boots');
    await searches();
    history.pushState({}, '', '/search?q=boots&page=2');
    await searches();
    history.pushState({}, '', '/search?s=waders');
    await searches();
    history.pushState({}, '', '/');
    history.pushState({}, '', '/search?s=waders');

    expect(await searches()).toEqual([
      ['Site Searched', 'boots'],
      ['Site Searched', 'waders'],
      ['Site Searched', 'waders'],
    ]);
  });

  test('is one for what is written to the address letter by letter', async () => {
    const { history, searches } = open();
    for (const query of ['b', 'bo', 'boo', 'boot']) {
      history.replaceState({}, '', `/search?q=${query}`);
    }

    expect(await searches()).toEqual([['Site Searched', 'boot']]);
  });

  test('is captured of who follows a result at once', async () => {
    const { history, host } = open();
    history.pushState({}, '', '/search?q=boots');
    history.pushState({}, '', '/boots');

    expect(host.captured).toMatchObject([{ properties: { query: 'boots' } }]);
  });

  test.each(['pagehide', 'visibilitychange'])('is captured and written at %s', async (type) => {
    const { fire, host } = open('https://shop.test/search?q=boots');
    fire('window', type);
    fire('window', type);

    expect(host.captured).toHaveLength(1);
    expect(host.writes()).toBe(1);
  });

  test('is cut at 200 characters', async () => {
    const { searches } = open(`https://shop.test/?q=${'x'.repeat(300)}`);

    expect(await searches()).toEqual([['Site Searched', 'x'.repeat(200)]]);
  });

  test('leaves nothing when it stops', async () => {
    const { history, host, stop, searches } = open('https://shop.test/?q=boots');
    stop();
    history.pushState({}, '', '/?q=waders');

    expect(await searches()).toEqual([]);
    expect(host.clock.timers()).toEqual([]);
    expect(Object.hasOwn(history, 'pushState')).toBe(false);
  });
});
