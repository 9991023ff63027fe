import { afterEach, describe, expect, test } from 'vitest';
import * as entry from '../../../src/capture/index.ts';
import type { CaptureSource } from '../../../src/capture/types.ts';
import { createTestHost } from '../../helpers/capture-host.ts';
import { happen, LEAK_BODY, leakOptions } from '../../helpers/commotion.ts';
import { type HoldingsLedger, keepHoldings } from '../../helpers/holdings.ts';
import { createTestPage } from '../../helpers/test-page.ts';

const ROUNDS = 100;

const sources = Object.entries(entry) as unknown as readonly (readonly [
  string,
  (options?: object) => CaptureSource,
])[];
let ledger: HoldingsLedger;

afterEach(() => ledger?.close());

describe.each(sources)('%s, started and stopped 100 times', (name, create) => {
  test('leaves no listener, timer, observer or patched function behind', async () => {
    const { window } = createTestPage('https://shop.test/?q=boots');
    window.document.body.innerHTML = LEAK_BODY;
    ledger = keepHoldings(window);
    const host = createTestHost(window);

    for (let round = 0; round < ROUNDS; round++) {
      const stop = create(leakOptions[name]).start(host);
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
    create(leakOptions[name]).start(host)();
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
