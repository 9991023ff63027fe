import { afterEach, describe, expect, test } from 'vitest';
import * as entry from '../../../src/capture/index.ts';
import type { CaptureSource } from '../../../src/capture/types.ts';
import { createTestHost } from '../../helpers/capture-host.ts';
import { type HoldingsLedger, keepHoldings } from '../../helpers/holdings.ts';
import { createTestPage } from '../../helpers/test-page.ts';

const ROUNDS = 100;

const sources = Object.entries(entry) as unknown as readonly (readonly [
  string,
  (options?: object) => CaptureSource,
])[];
/** Of those that do nothing as they are. */
const options: Readonly<Record<string, object>> = {
  position: { ask: true },
  sensors: { ask: true },
  siteSearch: { searchParameters: ['q'] },
  visibility: { selector: 'button' },
};

let ledger: HoldingsLedger;

afterEach(() => ledger?.close());

/** What a person does, and what happens to a page: each makes some source hold on to something. */
function happen(window: Window & typeof globalThis): void {
  const { document, Event } = window;
  const button = document.querySelector('button');
  const field = document.querySelector('input');
  for (const [target, types] of [
    [button, ['pointerdown', 'click', 'click', 'click', 'auxclick']],
    [field, ['focusin', 'input', 'change', 'invalid']],
    [document.querySelector('form'), ['submit']],
    [document.querySelector('video'), ['play', 'timeupdate', 'pause']],
    [document, ['copy', 'selectionchange', 'securitypolicyviolation']],
    [window, ['scroll', 'focus', 'error', 'unhandledrejection', 'beforeprint', 'popstate']],
  ] as const) {
    for (const type of types) target?.dispatchEvent(new Event(type, { bubbles: true }));
  }
  window.history.pushState({}, '', `?q=${Math.random()}`);
}

describe.each(sources)('%s, started and stopped 100 times', (name, create) => {
  test('leaves no listener, timer, observer or patched function behind', async () => {
    const { window } = createTestPage('https://shop.test/?q=boots');
    window.document.body.innerHTML =
      '<form><input name="q"><button>Go</button></form><a href="/boots">Boots</a><video></video>';
    ledger = keepHoldings(window);
    const host = createTestHost(window);

    for (let round = 0; round < ROUNDS; round++) {
      const stop = create(options[name]).start(host);
      happen(window);
      await Promise.resolve();
      stop();
    }
    await host.clock.settle();

    expect(ledger.held()).toEqual({});
    expect(ledger.patched()).toEqual([]);
    expect(host.clock.timers()).toEqual([]);
    expect(host.attached()).toBe(0);
  });

  test('captures nothing after', async () => {
    const { window } = createTestPage('https://shop.test/?q=boots');
    const host = createTestHost(window);
    create(options[name]).start(host)();
    await host.clock.settle();
    const captured = host.captured.length;
    happen(window);
    await host.clock.advance(600_000);

    expect(host.captured.slice(captured)).toEqual([]);
  });
});

describe('the ledger of these tests', () => {
  test('tells of what is held, and of what is patched', () => {
    const { window } = createTestPage('https://shop.test/');
    ledger = keepHoldings(window);
    const ending = new AbortController();
    const listener = (): void => {};
    window.addEventListener('focus', listener);
    window.document.addEventListener('click', listener, { signal: ending.signal });
    window.document.addEventListener('click', listener, { once: true, capture: true });
    window.history.pushState = () => {};
    const timer = window.setTimeout(listener, 1_000_000);
    const observer = new window.MutationObserver(listener);
    observer.observe(window.document, { childList: true });
    const held = ledger.held();

    expect(Object.values(held)).toEqual([1, 2, 1, 1]);
    expect(Object.keys(held)).toEqual([
      expect.stringMatching(/ focus$/),
      expect.stringMatching(/ click$/),
      'setTimeout',
      'MutationObserver',
    ]);
    expect(ledger.patched()).toEqual(['history.pushState']);

    window.removeEventListener('focus', listener);
    ending.abort();
    window.document.dispatchEvent(new window.Event('click'));
    window.clearTimeout(timer);
    observer.disconnect();
    Reflect.deleteProperty(window.history, 'pushState');

    expect(ledger.held()).toEqual({});
    expect(ledger.patched()).toEqual([]);
  });
});
