import { describe, expect, test } from 'vitest';
import { tabId } from '../../../src/capture/tab-id.ts';
import { createTestHost } from '../../helpers/capture-host.ts';
import { seededRandom } from '../../helpers/seeded-random.ts';
import { createTestPage } from '../../helpers/test-page.ts';

const random = seededRandom(7);

/** A page in a tab: with the tab's storage, as the page before has left it. */
function open({ mayStore = true, storage = new Map<string, string>() } = {}) {
  const page = createTestPage('https://shop.test/');
  Object.defineProperty(page.window, 'sessionStorage', {
    value: {
      getItem: (key: string) => storage.get(key) ?? null,
      setItem: (key: string, value: string) => storage.set(key, value),
      removeItem: (key: string) => storage.delete(key),
    },
  });
  const host = createTestHost(page.window, { mayStore });
  const stop = tabId().start({ ...host, runtime: { ...host.runtime, random } });
  return { ...page, host, storage, stop, id: () => host.described.tabId };
}

describe('the tab id', () => {
  test('is random, and stays the same from page to page', () => {
    const first = open();
    expect(first.id()).toMatch(/^[a-z0-9]{8,10}$/);
    first.fire('window', 'pagehide');
    const second = open(first);
    second.fire('window', 'pagehide');

    expect(second.id()).toBe(first.id());
    expect(open(second).id()).toBe(first.id());
    expect(open().id()).not.toBe(first.id());
  });

  test('is another one in a tab that is duplicated, in front and behind', () => {
    const original = open();
    original.fire('window', 'pagehide');
    const reloaded = open(original);
    reloaded.setHidden(true);
    const copy = open({ storage: new Map(reloaded.storage) });

    expect(copy.id()).not.toBe(reloaded.id());
  });

  test('is the same when the page comes back from the back-forward cache, and then in no copy', () => {
    const page = open();
    page.fire('window', 'pagehide', { persisted: true });
    page.fire('window', 'pageshow', { persisted: true });
    const copy = open({ storage: new Map(page.storage) });

    expect(copy.id()).not.toBe(page.id());
    page.fire('window', 'pagehide');
    expect(open(page).id()).toBe(page.id());
  });

  test('is handed to a page that was rendered ahead before it is shown, and taken back where none comes', async () => {
    const page = open();
    page.navigate('https://shop.test/#top', { destination: { sameDocument: true } });
    expect(page.storage.size).toBe(0);
    page.navigate('https://shop.test/next');
    expect(open({ storage: new Map(page.storage) }).id()).toBe(page.id());
    await page.host.clock.advance(1000);

    expect(page.storage.size).toBe(0);
  });

  test('is the same for a tab that was discarded to save memory, and frozen before', () => {
    const page = open();
    page.fire('document', 'freeze');
    expect(open({ storage: new Map(page.storage) }).id()).toBe(page.id());
    page.fire('document', 'resume');

    expect(page.storage.size).toBe(0);
  });

  test('is kept nowhere while nothing may be stored', () => {
    const storage = new Map([['rivulet-tab', 'before']]);
    const page = open({ storage, mayStore: false });
    page.fire('window', 'pagehide');

    expect(page.id()).toMatch(/^\w+$/);
    expect(page.id()).not.toBe('before');
    expect(open({ storage, mayStore: false }).id()).not.toBe(page.id());
  });

  test('is deleted where the user denies it', () => {
    const storage = new Map([['rivulet-tab', 'before']]);
    const { host } = open({ storage, mayStore: false });
    host.tell('consent', { consent: 'pending' });
    expect(storage.size).toBe(1);
    host.tell('consent', { consent: 'denied' });

    expect(storage.size).toBe(0);
  });

  test('is there where the browser refuses its storage', () => {
    const page = createTestPage('https://shop.test/');
    Object.defineProperty(page.window, 'sessionStorage', {
      get: () => {
        throw new DOMException('denied', 'SecurityError');
      },
    });
    const host = createTestHost(page.window);
    tabId().start(host);
    page.fire('window', 'pagehide');

    expect(host.described.tabId).toMatch(/^\w+$/);
  });

  test('waits for a page that is rendered ahead to be shown', () => {
    const page = createTestPage('https://shop.test/');
    Object.defineProperty(page.window.document, 'prerendering', { value: true });
    const host = createTestHost(page.window);
    tabId().start(host);
    expect(host.described).toEqual({});
    page.fire('document', 'prerenderingchange');

    expect(host.described.tabId).toMatch(/^\w+$/);
  });

  test('is described no more when the source has stopped', () => {
    const page = open();
    page.navigate('https://shop.test/next');
    page.storage.clear();
    page.stop();
    page.navigate('https://shop.test/next');
    page.fire('window', 'pagehide');

    expect(page.host.clock.timers()).toEqual([]);
    expect(page.host.described).toEqual({});
    expect(page.storage.size).toBe(0);
    expect(page.host.attached()).toBe(0);
  });
});
