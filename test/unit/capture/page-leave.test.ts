import { describe, expect, test } from 'vitest';
import { type PageLeaveOptions, pageLeave } from '../../../src/capture/page-leave.ts';
import { pageViews } from '../../../src/capture/page-views.ts';
import { createTestHost } from '../../helpers/capture-host.ts';
import { createTestPage } from '../../helpers/test-page.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

function open(options?: PageLeaveOptions) {
  const page = createTestPage('https://shop.test/boots?token=secret', 'Boots');
  const { document, history } = page.window;
  let isFocused = true;
  const scrolled = { scrollTop: 0, clientHeight: 800, scrollHeight: 4000 };
  document.hasFocus = () => isFocused;
  const scroller = document.createElement('main');
  for (const element of [scroller, document.documentElement]) {
    for (const name of ['scrollTop', 'clientHeight', 'scrollHeight'] as const) {
      Object.defineProperty(element, name, {
        get: () => (element === scroller || !options?.scroller ? scrolled[name] : 1),
      });
    }
  }
  Object.defineProperty(document, 'scrollingElement', {
    ...{ value: document.documentElement, configurable: true },
  });
  document.body.append(scroller);

  const host = createTestHost(page.window);
  const stop = pageLeave(options).start(host);
  return {
    ...page,
    host,
    history,
    stop,
    wait: host.clock.advance,
    focus(focused: boolean) {
      isFocused = focused;
      page.fire('window', focused ? 'focus' : 'blur');
    },
    async scroll(top: number, height = 4000) {
      Object.assign(scrolled, { scrollTop: top, scrollHeight: height });
      page.fire('window', 'scroll');
      await host.clock.advance(200);
    },
    left: () => host.captured.map(({ properties }) => properties),
  };
}

describe('a page that was left', () => {
  test('is captured with its address and title when the page ends, and written at once', async () => {
    const { host, wait, fire, left } = open();
    await wait(2 * SECOND);
    fire('window', 'pagehide');

    expect(host.captured[0]).toMatchObject({ type: 'track', event: 'Page Left' });
    expect(left()).toEqual([
      {
        ...{ url: 'https://shop.test/boots', path: '/boots', title: 'Boots' },
        ...{ engagedMs: 2000, totalMs: 2000, scrollDepth: 0.2 },
      },
    ]);
    expect(host.captured[0]?.context).toBeUndefined();
    expect(host.writes()).toBe(1);
  });

  test('is the one before where the document goes on to another', async () => {
    const { host, window, history, wait, fire, left } = open();
    await wait(2 * SECOND);
    history.pushState({}, '', '/waders');
    window.document.title = 'Waders';
    await wait(3 * SECOND);
    fire('window', 'pagehide');

    expect(left()).toMatchObject([
      { path: '/boots', title: 'Boots', totalMs: 2000 },
      { path: '/waders', title: 'Waders', totalMs: 3000 },
    ]);
    expect(host.captured.map(({ context }) => context)).toEqual([
      { page: { url: 'https://shop.test/boots', path: '/boots', title: 'Boots' } },
      undefined,
    ]);
  });

  test('stands before the view of the next page, and after its own', async () => {
    const page = open();
    const views = pageViews().start(page.host);
    await page.wait(SECOND);
    page.history.pushState({}, '', '/waders');
    page.fire('window', 'pagehide');
    views();

    expect(page.host.captured.map(({ type, context }) => [type, context?.page])).toMatchObject([
      ['page', undefined],
      ['track', { path: '/boots' }],
      ['page', undefined],
      ['track', undefined],
    ]);
  });

  test.each([
    [undefined, '/boots?page=2', 0],
    [undefined, '/boots#reviews', 0],
    [{ query: true }, '/boots?page=2', 1],
    [{ hash: true }, '/boots#/reviews', 1],
  ])('with %o is told for %s %d times', async (options, url, count) => {
    const { history, wait, left } = open(options);
    await wait(SECOND);
    history.pushState({}, '', url);

    expect(left()).toHaveLength(count);
  });

  test('is not one that was on the way to another', async () => {
    const { history, wait, left } = open();
    await wait(SECOND);
    history.pushState({}, '', '/account');
    history.replaceState({}, '', '/login');

    expect(left()).toMatchObject([{ path: '/boots' }]);
  });

  test('is told when it is hidden, once, because a phone tells nothing after that', async () => {
    const { host, wait, setHidden, fire, left } = open();
    await wait(2 * SECOND);
    setHidden(true);
    expect(host.writes()).toBe(1);
    await wait(MINUTE);
    fire('window', 'pagehide');

    expect(left()).toMatchObject([{ engagedMs: 2000, totalMs: 2000 }]);
  });

  test('is told again for each visit to its tab of a second or more, so that the sums are the whole', async () => {
    const { wait, setHidden, left } = open();
    await wait(2 * SECOND);
    setHidden(true);
    await wait(MINUTE);
    for (const visitMs of [500, 600, 3000]) {
      setHidden(false);
      await wait(visitMs);
      setHidden(true);
    }

    expect(left()).toMatchObject([
      { engagedMs: 2000, totalMs: 2000 },
      { engagedMs: 1100, totalMs: MINUTE + 1100 },
      { engagedMs: 3000, totalMs: 3000 },
    ]);
  });

  test('begins anew when it comes back from the back-forward cache', async () => {
    const { wait, fire, left } = open();
    await wait(2 * SECOND);
    fire('window', 'pagehide', { persisted: true });
    await wait(MINUTE);
    fire('window', 'pageshow', { persisted: true });
    await wait(100);
    fire('window', 'pagehide');

    expect(left()).toMatchObject([{ totalMs: 2000 }, { engagedMs: 100, totalMs: 100 }]);
  });

  test('begins when it is shown, where it is rendered ahead', async () => {
    const page = createTestPage('https://shop.test/', 'Shop');
    Object.defineProperty(page.window.document, 'prerendering', { value: true });
    const host = createTestHost(page.window);
    pageLeave().start(host);
    await host.clock.advance(MINUTE);
    page.fire('window', 'pagehide');
    expect(host.captured).toEqual([]);
    page.fire('document', 'prerenderingchange');
    await host.clock.advance(SECOND);
    page.fire('window', 'pagehide');

    expect(host.captured).toMatchObject([{ properties: { totalMs: 1000 } }]);
  });
});

describe('engaged time', () => {
  test('is all of the time where somebody was there, however long each reading of the clock takes', async () => {
    const { host, fire, stop } = open();
    stop();
    const { clock, runtime } = host;
    let spentMs = 0;
    const monotonic = (): number => {
      spentMs += 0.7;
      return runtime.monotonic() + spentMs;
    };
    pageLeave().start({ ...host, runtime: { ...runtime, monotonic } });

    await clock.advance(SECOND);
    fire('window', 'pagehide');

    const { engagedMs, totalMs } = host.captured.at(-1)?.properties ?? {};
    expect(totalMs).toBeGreaterThanOrEqual(SECOND);
    expect(engagedMs).toBe(totalMs);
  });

  test('ends 30 seconds after the last sign of somebody', async () => {
    const { wait, fire, left } = open();
    await wait(10 * SECOND);
    fire('window', 'pointermove');
    await wait(MINUTE);
    fire('window', 'keydown');
    await wait(5 * SECOND);
    fire('window', 'pagehide');

    expect(left()).toMatchObject([{ engagedMs: 45_000, totalMs: 75_000 }]);
  });

  test('ends so soon as the application says', async () => {
    const { wait, fire, left } = open({ idleMs: 5 * SECOND });
    await wait(MINUTE);
    fire('window', 'pagehide');

    expect(left()).toMatchObject([{ engagedMs: 5000, totalMs: 60_000 }]);
  });

  test('is that with the focus', async () => {
    const { wait, focus, fire, left } = open();
    await wait(2 * SECOND);
    focus(false);
    fire('window', 'pointermove');
    await wait(10 * SECOND);
    focus(true);
    await wait(3 * SECOND);
    fire('window', 'pagehide');

    expect(left()).toMatchObject([{ engagedMs: 5000, totalMs: 15_000 }]);
  });

  test.each([
    [false, 60_000],
    [true, 30_000],
  ])('counts who watches a film, muted %s', async (muted, engagedMs) => {
    const { window, wait, fire, left } = open();
    const film = window.document.createElement('video');
    Object.defineProperty(film, 'muted', { value: muted });
    window.document.body.append(film);
    for (let second = 0; second < 60; second += 10) {
      const { Event } = window as unknown as typeof globalThis;
      film.dispatchEvent(new Event('timeupdate'));
      await wait(10 * SECOND);
    }
    fire('window', 'pagehide');

    expect(left()).toMatchObject([{ engagedMs }]);
  });
});

describe('scroll depth', () => {
  test('is the farthest that was seen of the page', async () => {
    const { wait, scroll, fire, left } = open();
    await wait(SECOND);
    await scroll(2200);
    await scroll(0);
    fire('window', 'pagehide');

    expect(left()).toMatchObject([{ scrollDepth: 0.75 }]);
  });

  test('is that of the page as it has grown', async () => {
    const { wait, scroll, fire, left } = open();
    await wait(SECOND);
    await scroll(3200, 4000);
    await scroll(3200, 8000);
    fire('window', 'pagehide');

    expect(left()).toMatchObject([{ scrollDepth: 0.5 }]);
  });

  test('begins anew with each page, and asks nothing of a page that is rendered over it', async () => {
    const { wait, scroll, history, fire, left } = open();
    await wait(SECOND);
    await scroll(3200);
    history.pushState({}, '', '/waders');
    history.pushState({}, '', '/kettles');
    await scroll(0);
    fire('window', 'pagehide');

    expect(left().map((properties) => properties?.scrollDepth)).toEqual([1, undefined, 0.2]);
  });

  test('is asked for five times a second at most', async () => {
    const { wait, window, fire } = open();
    await wait(SECOND);
    let asked = 0;
    Object.defineProperty(window.document, 'scrollingElement', {
      get: () => {
        asked++;
        return null;
      },
    });
    for (let n = 0; n < 100; n++) {
      fire('window', 'scroll');
      await wait(10);
    }

    expect(asked).toBe(5);
  });

  test('is that of the element that scrolls, where the application names it', async () => {
    const { wait, scroll, fire, left } = open({ scroller: 'main' });
    await wait(SECOND);
    await scroll(1200);
    fire('window', 'pagehide');

    expect(left()).toMatchObject([{ scrollDepth: 0.5 }]);
  });

  test('is refused where the element is named by what is no selector', () => {
    const page = createTestPage('https://shop.test/');
    const host = createTestHost(page.window);

    expect(() => pageLeave({ scroller: ':::' }).start(host)).toThrow();
    expect(host.clock.timers()).toEqual([]);
  });
});

test('nothing is left of the source when it has stopped', async () => {
  const { host, history, fire, stop, left } = open();
  stop();
  fire('window', 'scroll');
  history.pushState({}, '', '/waders');
  fire('window', 'pagehide');

  expect(left()).toEqual([]);
  expect(Object.hasOwn(history, 'pushState')).toBe(false);
  expect(host.clock.timers()).toEqual([]);
  expect(host.attached()).toBe(0);
});
