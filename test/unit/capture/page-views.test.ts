import { describe, expect, test } from 'vitest';
import { type PageViewOptions, pageViews } from '../../../src/capture/page-views.ts';
import { createTestHost } from '../../helpers/capture-host.ts';
import { createTestPage, type TestPage } from '../../helpers/test-page.ts';

const TITLE_WAIT_MS = 300;

function open({ page = createTestPage('https://shop.test/', 'Shop'), ...options }: Setting = {}) {
  const host = createTestHost(page.window);
  const stop = pageViews(options).start(host);
  const { history } = page.window;
  return {
    ...page,
    host,
    history,
    stop,
    go(url: string) {
      history.pushState({}, '', url);
    },
    async views(): Promise<readonly (string | undefined)[]> {
      await host.clock.advance(TITLE_WAIT_MS);
      return host.captured.map(({ properties }) => properties?.referrer as string | undefined);
    },
  };
}

type Setting = PageViewOptions & { readonly page?: TestPage };

/** A page of which the browser has the Navigation API, and the history does as the browser's own. */
function createModernPage(): TestPage {
  const page = createTestPage('https://shop.test/', 'Shop');
  const { history, navigation } = page.window;
  Object.assign(navigation, { currentEntry: {} });
  for (const [name, navigationType] of [
    ['pushState', 'push'],
    ['replaceState', 'replace'],
  ] as const) {
    const original = history[name];
    history[name] = (...call) => {
      original.apply(history, call);
      const event = new (page.window as unknown as typeof globalThis).Event('currententrychange');
      navigation.dispatchEvent(Object.assign(event, { navigationType }));
    };
  }
  return page;
}

describe('page views', () => {
  test('begin with the page that is loaded, when all sources have started', async () => {
    const { host, views } = open();
    expect(host.captured).toEqual([]);

    expect(await views()).toEqual([undefined]);
    expect(host.captured).toMatchObject([{ type: 'page' }]);
  });

  describe.each([
    { api: 'the History API', create: () => createTestPage('https://shop.test/', 'Shop') },
    { api: 'the Navigation API', create: createModernPage },
  ])('by $api', ({ create }) => {
    test('follow the history, and know the page before, without its query', async () => {
      const { host, go, history, views } = open({ page: create() });
      await views();
      go('/boots?token=secret');
      await views();
      go('/waders');
      await views();
      history.replaceState({}, '', '/kettles');

      expect(await views()).toEqual([
        undefined,
        'https://shop.test/',
        'https://shop.test/boots',
        'https://shop.test/waders',
      ]);
      expect(host.captured.filter(({ context }) => context)).toEqual([]);
    });

    test('are not counted twice for one address', async () => {
      const { history, go, views, fire } = open({ page: create() });
      history.replaceState({ scroll: 10 }, '', '/');
      go('/#reviews');
      fire('window', 'popstate');
      history.replaceState({ scroll: 20 }, '', '/?sort=price');

      expect(await views()).toHaveLength(1);
    });

    test('are one for a router that writes to the entry before and after it makes one', async () => {
      const { history, go, views } = open({ page: create() });
      await views();
      history.replaceState({ scroll: 10 }, '', '/');
      go('/boots');
      history.replaceState({ scroll: 0 }, '', '/boots');

      expect(await views()).toEqual([undefined, 'https://shop.test/']);
    });

    test('leave out an address that was on the way to another', async () => {
      const { host, history, go, views } = open({ page: create() });
      await views();
      go('/account');
      history.replaceState({}, '', '/login');
      await views();
      go('/somewhere');
      history.replaceState({}, '', '/login');

      expect(await views()).toEqual([undefined, 'https://shop.test/']);
      expect(host.window.location.pathname).toBe('/login');
    });

    test('are written under their own address where the next one follows at once', async () => {
      const { host, go, views } = open({ page: create() });
      await views();
      go('/boots?token=secret');
      go('/waders');

      expect(await views()).toEqual([undefined, 'https://shop.test/', 'https://shop.test/boots']);
      expect(host.captured.map(({ context }) => context)).toEqual([
        undefined,
        { page: { url: 'https://shop.test/boots', path: '/boots', title: 'Shop' } },
        undefined,
      ]);
    });
  });

  test('follow the back button', async () => {
    const { window, history, go, views, fire } = open();
    go('/boots');
    await views();
    // As the browser does before it tells: the address is the old one again.
    Reflect.deleteProperty(history, 'replaceState');
    history.replaceState({}, '', '/');
    fire('window', 'popstate');

    expect(window.location.pathname).toBe('/');
    expect((await views()).at(-1)).toBe('https://shop.test/boots');
  });

  test('leave the methods of the history alone where the Navigation API tells', () => {
    const page = createModernPage();
    const { pushState, replaceState } = page.window.history;
    open({ page });

    expect(page.window.history).toMatchObject({ pushState, replaceState });
  });

  test.each([
    [{}, ['/#/boots', '/?page=2', '/?page=3'], 0],
    [{ hash: true }, ['/#/boots', '/#/waders', '/#/waders?page=2', '/?page=3#/waders'], 2],
    [{ query: true }, ['/?page=2', '/?page=3', '/?page=3#top', '/'], 3],
    [{ query: true }, ['/?utm_source=mail&gclid=x', '/?msclkid=y', '/?fbclid=z&page=2'], 1],
    [{ hash: true, query: true }, ['/#/boots?page=2', '/#/boots?page=3'], 2],
  ])('with %o count of %o %d', async (options, urls, count) => {
    const { go, views } = open(options);
    for (const url of urls) {
      go(url);
      await views();
    }

    expect(await views()).toHaveLength(1 + count);
  });

  test('wait for the title that the application sets when it has rendered', async () => {
    const { host, go, window, views } = open();
    await views();
    go('/boots');
    await host.clock.advance(100);
    expect(host.captured).toHaveLength(1);
    window.document.title = 'Boots';
    await host.clock.settle();

    expect(host.captured).toHaveLength(2);
    expect(await views()).toHaveLength(2);
  });

  test('do not take the place of a title that was taken away for the next one', async () => {
    const { host, go, window, views } = open();
    await views();
    go('/boots');
    window.document.title = '';
    await host.clock.settle();
    expect(host.captured).toHaveLength(1);
    window.document.title = 'Boots';
    await host.clock.settle();

    expect(host.captured).toHaveLength(2);
  });

  test('wait at most 300 ms for a title that stays as it is', async () => {
    const { host, go, views } = open();
    await views();
    go('/boots');
    await host.clock.advance(TITLE_WAIT_MS - 1);
    expect(host.captured).toHaveLength(1);
    await host.clock.advance(1);

    expect(host.captured).toHaveLength(2);
  });

  test('wait for the first title of a page that has none yet', async () => {
    const { host, window } = open({ page: createTestPage('https://shop.test/') });
    await host.clock.advance(1);
    expect(host.captured).toEqual([]);
    window.document.title = 'Shop';
    await host.clock.settle();

    expect(host.captured).toHaveLength(1);
  });

  test('come before whatever else is captured on the page', async () => {
    const { host, go, views } = open();
    host.track('Signed Up');
    go('/boots');
    host.track('Product Added');

    expect(host.captured.map(({ type }) => type)).toEqual(['page', 'track', 'page', 'track']);
    expect(await views()).toHaveLength(4);
  });

  test('come after what is captured of the page before', async () => {
    const { host, go, views } = open();
    await views();
    go('/boots');
    host.capture('track', {
      ...{ event: 'Page Left', context: { page: {} } },
    });
    await views();

    expect(host.captured.map(({ type }) => type)).toEqual(['page', 'track', 'page']);
  });

  test.each([
    ['hidden', (page: TestPage) => page.setHidden(true)],
    ['left', (page: TestPage) => page.fire('window', 'pagehide')],
  ])('do not wait, and are written, when the page is %s', async (_, end) => {
    const page = createTestPage('https://shop.test/', 'Shop');
    const { host, go } = open({ page });
    go('/boots');
    end(page);

    expect(host.captured).toHaveLength(2);
    expect(host.writes()).toBe(1);
    end(page);
    expect(host.writes()).toBe(1);
  });

  test('carry the name and the properties that the application has for an address', async () => {
    const { host, go, views } = open({
      name: ({ pathname }) => (pathname === '/' ? 'Home' : undefined),
      properties: ({ searchParams }) => ({ sort: searchParams.get('sort') ?? undefined }),
    });
    await views();
    go('/boots?sort=price');
    await views();

    expect(host.captured).toEqual([
      { type: 'page', event: 'Home', properties: {} },
      { type: 'page', properties: { referrer: 'https://shop.test/', sort: 'price' } },
    ]);
  });

  test('are captured all the same where the application fails to name them', async () => {
    const { host, views } = open({
      name: () => {
        throw new Error('no');
      },
    });

    expect(await views()).toHaveLength(1);
    expect(host.failures).toEqual(['pages: expected a name and properties, got an error']);
  });

  test('count a page that comes back from the back-forward cache, and not its first load', async () => {
    const { go, views, fire } = open();
    go('/boots');
    await views();
    fire('window', 'pageshow', { persisted: false });
    expect(await views()).toHaveLength(2);
    fire('window', 'pageshow', { persisted: true });

    expect(await views()).toEqual([undefined, 'https://shop.test/', undefined]);
  });

  test('wait for a page that is rendered ahead to be shown', async () => {
    const page = createTestPage('https://shop.test/', 'Shop');
    Object.defineProperty(page.window.document, 'prerendering', { value: true });
    const { go, views, fire } = open({ page });
    go('/boots');
    expect(await views()).toEqual([]);
    fire('document', 'prerenderingchange');

    expect(await views()).toEqual([undefined]);
  });

  test('leave everything as it was when they stop', async () => {
    const { host, history, go, views, stop } = open();
    go('/boots');
    await views();
    go('/waders');
    stop();
    stop();
    go('/kettles');

    expect(await views()).toHaveLength(2);
    expect(Object.hasOwn(history, 'pushState')).toBe(false);
    expect(Object.hasOwn(history, 'replaceState')).toBe(false);
    expect(host.attached()).toBe(0);
    expect(host.clock.timers()).toEqual([]);
  });

  test('put back what stood at the history before', () => {
    const page = createTestPage('https://shop.test/', 'Shop');
    const theirs: History['pushState'] = () => {};
    page.window.history.pushState = theirs;
    open({ page }).stop();

    expect(page.window.history.pushState).toBe(theirs);
  });

  test('leave alone what somebody else has wrapped since, and count no more', async () => {
    const { history, go, views, stop } = open();
    await views();
    const ours = history.pushState;
    const theirs: History['pushState'] = (...call) => ours.apply(history, call);
    history.pushState = theirs;
    stop();
    go('/boots');

    expect(history.pushState).toBe(theirs);
    expect(await views()).toHaveLength(1);
  });
});
