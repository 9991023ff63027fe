import { afterEach, describe, expect, test } from 'vitest';
import { type VisibilityOptions, visibility } from '../../../src/capture/visibility.ts';
import { createTestHost } from '../../helpers/capture-host.ts';
import { createTestPage, type TestPage } from '../../helpers/test-page.ts';

const WINDOW = { width: 1000, height: 800 };

let page: TestPage;
let stop: () => void = () => {};

/** What is watched, and how much of it is seen: an `IntersectionObserver` that is told. */
const sight = {
  watched: new Set<Element>(),
  thresholds: [] as number[],
  tell: (_: readonly object[]) => {},
};

function show(html: string, options?: VisibilityOptions) {
  page = createTestPage('https://shop.test/');
  page.window.document.body.innerHTML = html;
  sight.watched.clear();
  function IntersectionObserver(
    tell: (entries: readonly object[]) => void,
    { threshold }: { threshold: number[] },
  ) {
    sight.tell = tell;
    sight.thresholds = threshold;
    return {
      observe: (element: Element) => sight.watched.add(element),
      unobserve: (element: Element) => sight.watched.delete(element),
      disconnect: () => sight.watched.clear(),
    };
  }
  Object.assign(page.window, { IntersectionObserver });
  const host = createTestHost(page.window);
  stop = visibility(options).start(host);
  return host;
}

const $ = (selector: string) => page.window.document.querySelector(selector) as HTMLElement;

/** So much of the element is seen, and of the window filled. */
function see(selector: string, part: number, { width = 100, height = 100 } = {}): void {
  sight.tell([
    {
      target: $(selector),
      isIntersecting: part > 0,
      intersectionRatio: part,
      intersectionRect: { width, height },
      rootBounds: WINDOW,
    },
  ]);
}

afterEach(() => stop());

describe('an element', () => {
  test('is viewed when half of it was seen for a second, once', async () => {
    const host = show(
      '<section id="x" data-rivulet-view data-rivulet-list="cross-sell">Hello Ada</section>',
    );
    see('#x', 0.5);
    await host.clock.advance(999);
    expect(host.captured).toEqual([]);
    await host.clock.advance(1);

    expect(host.captured).toEqual([
      {
        ...{ type: 'track', event: 'Element Viewed' },
        properties: { tag: 'section', id: 'x', list: 'cross-sell' },
      },
    ]);
    expect(sight.watched.size).toBe(0);
  });

  test('names its own view', async () => {
    const host = show('<b id="x" data-rivulet-view="Banner Viewed" data-rivulet-event="No"></b>');
    see('#x', 1);
    await host.clock.advance(1000);

    expect(host.captured).toMatchObject([
      { event: 'Banner Viewed', properties: { tag: 'b', id: 'x' } },
    ]);
  });

  test('of which less than half is seen, or for less than a second, is not viewed', async () => {
    const host = show('<b id="x" data-rivulet-view></b>');
    see('#x', 0.49);
    await host.clock.advance(5000);
    see('#x', 0.8);
    await host.clock.advance(900);
    see('#x', 0.2);
    await host.clock.advance(5000);
    see('#x', 0.8);
    await host.clock.advance(900);

    expect(host.captured).toEqual([]);
  });

  test('larger than the window is viewed when it fills half of that', async () => {
    const host = show('<main id="x" data-rivulet-view></main>');
    see('#x', 0.1, { width: 1000, height: 399 });
    await host.clock.advance(5000);
    expect(host.captured).toEqual([]);
    see('#x', 0.11, { width: 1000, height: 400 });
    await host.clock.advance(1000);

    expect(host.captured).toHaveLength(1);
    // The browser tells of it only when one of these is passed.
    expect(sight.thresholds).toEqual([0.5, 0.25, 0.125, 0.0625, 0.03125, 0.015625]);
  });

  test('is viewed by as much and as long as the application says', async () => {
    const host = show('<b id="x"></b>', { selector: '#x', threshold: 1, minimumMs: 0 });
    see('#x', 0.9);
    await host.clock.advance(0);
    expect(host.captured).toEqual([]);
    see('#x', 1);
    await host.clock.advance(0);

    expect(host.captured).toHaveLength(1);
  });

  test('in a hidden page is not viewed; the time begins when the page is back', async () => {
    const host = show('<b id="x" data-rivulet-view></b>');
    see('#x', 1);
    await host.clock.advance(500);
    page.setHidden(true);
    await host.clock.advance(5000);
    expect(host.captured).toEqual([]);
    expect(sight.watched.size).toBe(0);
    page.setHidden(false);
    expect(sight.watched.size).toBe(1);
    see('#x', 1);
    await host.clock.advance(999);
    expect(host.captured).toEqual([]);
    await host.clock.advance(1);

    expect(host.captured).toHaveLength(1);
  });

  test('that comes into sight while the page is hidden waits as well', async () => {
    const host = show('<b id="x" data-rivulet-view></b>');
    page.setHidden(true);
    see('#x', 1);
    await host.clock.advance(5000);

    expect(host.captured).toEqual([]);
    expect(host.clock.timers()).toEqual([]);
  });

  test('that comes into the page later is watched, at most twice a second', async () => {
    const host = show('<b data-rivulet-view></b>');
    $('body').insertAdjacentHTML('beforeend', '<i data-rivulet-view></i>');
    await host.clock.settle();
    $('body').insertAdjacentHTML('beforeend', '<i data-rivulet-view></i>');
    await host.clock.settle();
    expect(host.clock.timers()).toEqual([500]);
    expect(sight.watched.size).toBe(1);
    await host.clock.advance(500);

    expect(sight.watched.size).toBe(3);
    expect(host.clock.timers()).toEqual([]);
  });

  test('that comes later is passed over where the application says so', async () => {
    const host = show('<b data-rivulet-view></b>', { added: false });
    $('body').insertAdjacentHTML('beforeend', '<i data-rivulet-view></i>');
    await host.clock.advance(1000);

    expect(sight.watched.size).toBe(1);
  });

  test('of a page that is still read is watched when the page is there', () => {
    show('', { added: false });
    $('body').insertAdjacentHTML('beforeend', '<i data-rivulet-view></i>');
    page.fire('document', 'DOMContentLoaded');

    expect(sight.watched.size).toBe(1);
  });

  test('that is to be left alone is not watched', () => {
    show('<p data-rivulet-ignore><b data-rivulet-view></b></p><b class="rivulet-ignore x"></b>', {
      selector: 'b',
    });

    expect(sight.watched.size).toBe(0);
  });

  test('is viewed no more when the source has stopped', async () => {
    const host = show('<b id="x" data-rivulet-view></b>');
    see('#x', 1);
    $('body').append('more');
    await host.clock.settle();
    stop();
    expect(host.clock.timers()).toEqual([]);
    expect(sight.watched.size).toBe(0);
    page.setHidden(true);
    page.setHidden(false);
    await host.clock.advance(1000);

    expect(host.captured).toEqual([]);
  });
});

test('nothing is watched where there is no IntersectionObserver', () => {
  page = createTestPage('https://shop.test/');
  Object.assign(page.window, { IntersectionObserver: undefined });
  const host = createTestHost(page.window);

  expect(() => visibility().start(host)()).not.toThrow();
});

test('a selector that is none is not watched', () => {
  expect(() => show('', { selector: 'a[' })).toThrow();
});
