import { describe, expect, test } from 'vitest';
import { type PageViewOptions, pageViews } from '../../../src/capture/page-views.ts';
import type { CaptureHost } from '../../../src/capture/types.ts';
import { createTestPage } from '../../helpers/test-page.ts';

function open(options?: PageViewOptions) {
  const page = createTestPage('https://shop.test/');
  const views: [path: string, referrer: unknown][] = [];
  const stop = pageViews(options).start({
    window: page.window,
    track: () => {},
    page: (_: unknown, properties?: { referrer?: unknown }) => {
      const { pathname, hash } = page.window.location;
      views.push([pathname + hash, properties?.referrer]);
    },
    write: () => {},
    on: () => () => {},
  } as unknown as CaptureHost);
  return { ...page, history: page.window.history, views, stop };
}

describe('page views', () => {
  test('begin with the page that is loaded', () => {
    expect(open().views).toEqual([['/', undefined]]);
  });

  test('follow the history, and know the page before', () => {
    const { history, views } = open();
    history.pushState({}, '', '/boots');
    history.replaceState({}, '', '/waders');

    expect(views.slice(1)).toEqual([
      ['/boots', 'https://shop.test/'],
      ['/waders', 'https://shop.test/boots'],
    ]);
  });

  test('are not counted twice for one address', () => {
    const { history, views, fire } = open();
    history.replaceState({ scroll: 10 }, '', '/');
    history.pushState({}, '', '/#reviews');
    fire('window', 'popstate');

    expect(views).toHaveLength(1);
  });

  test('follow the fragment where it is asked for', () => {
    const { history, views } = open({ hash: true });
    history.pushState({}, '', '#/boots');
    history.pushState({}, '', '#/waders');

    expect(views.map(([path]) => path)).toEqual(['/', '/#/boots', '/#/waders']);
  });

  test('follow the back button', () => {
    const { window, history, views, fire } = open();
    history.pushState({}, '', '/boots');
    // As the browser does before it tells: the address is the old one again.
    Reflect.deleteProperty(history, 'replaceState');
    history.replaceState({}, '', '/');
    fire('window', 'popstate');

    expect(window.location.pathname).toBe('/');
    expect(views.at(-1)).toEqual(['/', 'https://shop.test/boots']);
  });

  test('count a page that comes back from the back-forward cache, and not its first load', () => {
    const { views, fire } = open();
    fire('window', 'pageshow', { persisted: false });
    expect(views).toHaveLength(1);
    fire('window', 'pageshow', { persisted: true });

    expect(views).toHaveLength(2);
  });

  test('wait for a page that is rendered ahead', () => {
    const page = createTestPage('https://shop.test/');
    Object.defineProperty(page.window.document, 'prerendering', { value: true });
    let views = 0;
    pageViews().start({ window: page.window, page: () => views++ } as unknown as CaptureHost);
    expect(views).toBe(0);
    page.fire('document', 'prerenderingchange');

    expect(views).toBe(1);
  });

  test('leave the history as it was when they stop', () => {
    const { history, views, stop } = open();
    stop();
    stop();
    history.pushState({}, '', '/boots');

    expect(Object.hasOwn(history, 'pushState')).toBe(false);
    expect(Object.hasOwn(history, 'replaceState')).toBe(false);
    expect(views).toHaveLength(1);
  });

  test('leave alone what somebody else has wrapped since, and count no more', () => {
    const { history, views, stop } = open();
    const ours = history.pushState;
    const theirs: History['pushState'] = (...args) => ours.apply(history, args);
    history.pushState = theirs;
    stop();
    history.pushState({}, '', '/boots');

    expect(history.pushState).toBe(theirs);
    expect(views).toHaveLength(1);
  });
});
