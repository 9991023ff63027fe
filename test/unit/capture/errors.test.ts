import { describe, expect, test } from 'vitest';
import { type ErrorOptions, errors } from '../../../src/capture/errors.ts';
import { createTestHost, type HostedEvent } from '../../helpers/capture-host.ts';
import { createTestPage } from '../../helpers/test-page.ts';

const MINUTE_MS = 60_000;
const PLACE = { filename: 'https://shop.test/app.js?v=7', lineno: 3, colno: 14 };

function open(options?: ErrorOptions) {
  const page = createTestPage('https://shop.test/');
  const host = createTestHost(page.window);
  const source = errors(options);
  const stop = source.start(host);
  const throwError = (error: unknown, fields: object = {}) =>
    page.fire('window', 'error', {
      ...{ ...PLACE, error, message: `Uncaught ${error}` },
      ...fields,
    });
  const reject = (reason: unknown) => page.fire('window', 'unhandledrejection', { reason });
  return { ...host, page, source, stop, throwError, reject };
}

function told(captured: readonly HostedEvent[]): unknown[] {
  return captured.map(({ properties }) => [properties?.message, properties?.count]);
}

describe('errors', () => {
  test('that nobody handles are captured with their place and their stack', () => {
    const { captured, throwError } = open();
    throwError(new TypeError('no such basket'));

    expect(captured).toEqual([
      {
        type: 'error',
        properties: {
          kind: 'error',
          name: 'TypeError',
          message: 'no such basket',
          stack: expect.stringContaining('TypeError: no such basket'),
          source: 'https://shop.test/app.js',
          line: 3,
          column: 14,
          handled: false,
          count: 1,
        },
      },
    ]);
  });

  test('are rejections too', () => {
    const { captured, reject } = open();
    reject(new RangeError('too far'));

    expect(captured[0]?.properties).toMatchObject({
      ...{ kind: 'unhandledrejection', name: 'RangeError', message: 'too far', count: 1 },
      stack: expect.stringContaining('too far'),
    });
  });

  test.each([
    ['out of stock', { message: 'out of stock' }],
    [404, { message: '404' }],
    [undefined, { message: 'undefined' }],
    [Symbol('late'), { message: 'Symbol(late)' }],
    [{ card: '4111 1111' }, { name: 'Object' }],
    [{ name: 'Declined', message: 'no cover', card: '4111' }, { name: 'Declined' }],
    [['4111'], { name: 'Array' }],
    [new DOMException('gone', 'AbortError'), { name: 'AbortError', message: 'gone' }],
  ])('may be anything: %o', (reason, properties) => {
    const { captured, reject } = open();
    reject(reason);

    expect(captured[0]?.properties).toMatchObject({ kind: 'unhandledrejection', ...properties });
    expect(JSON.stringify(captured)).not.toContain('4111');
  });

  test('that cannot be looked at are captured as far as they can', () => {
    const { captured, reject } = open();
    const thrower = new Proxy(new Error('x'), {
      get() {
        throw new Error('hands off');
      },
    });

    reject(thrower);

    expect(captured).toEqual([
      { type: 'error', properties: { kind: 'unhandledrejection', handled: false, count: 1 } },
    ]);
  });

  test('lose the query of every address in their texts, and keep line and column', () => {
    const { captured, reject } = open();
    const error = new Error('GET https://api.test/cart?token=secret failed');
    error.stack = `Error: GET https://api.test/cart?token=secret failed
    at load (https://shop.test/app.js?key=secret:10:5)
    at https://shop.test/a/b.js?key=secret:7:1
    at data:text/javascript,secret:1:1`;
    reject(error);

    expect(captured[0]?.properties).toMatchObject({
      message: 'GET https://api.test/cart failed',
      stack: `Error: GET https://api.test/cart failed
    at load (https://shop.test/app.js:10:5)
    at https://shop.test/a/b.js:7:1
    at data::1:1`,
    });
  });

  test('of a script of another origin are marked, of which the browser says no more', () => {
    const { captured, throwError } = open();
    throwError(null, { message: 'Script error.', filename: '', lineno: 0, colno: 0 });

    expect(captured[0]?.properties).toEqual({
      ...{ kind: 'error', message: 'Script error.', crossOrigin: true, handled: false, count: 1 },
    });
  });

  test('that are equal are one event at once, and one with the count of the rest after a minute', async () => {
    const { captured, clock, throwError } = open();
    for (let n = 0; n < 5; n++) throwError(new Error('again'));
    expect(told(captured)).toEqual([['again', 1]]);
    await clock.advance(MINUTE_MS);
    expect(told(captured)).toEqual([
      ['again', 1],
      ['again', 4],
    ]);
    throwError(new Error('again'));

    expect(told(captured).at(-1)).toEqual(['again', 1]);
  });

  test('with another place or another message are another', () => {
    const { captured, throwError } = open();
    throwError(new Error('a'));
    throwError(new Error('a'), { lineno: 4 });
    throwError(new Error('b'));

    expect(captured).toHaveLength(3);
  });

  test('in a storm of 10,000 different ones are a handful, and every one is counted', async () => {
    const { captured, clock, throwError } = open({ maxPerMinute: 10 });
    for (let n = 0; n < 10_000; n++) throwError(new Error(`number ${n}`));
    await clock.advance(MINUTE_MS);

    const counts = captured.map(({ properties }) => Number(properties?.count));
    expect(counts).toHaveLength(12);
    expect(counts.reduce((sum, count) => sum + count)).toBe(10_000);
    expect(captured.at(-1)?.properties).toEqual({ kind: 'omitted', count: 9_989 });
  });

  test('of which one is thrown on are still one', () => {
    const { captured, source, throwError, reject } = open();
    const error = new Error('once');
    source.captureError(error);
    throwError(error);
    reject(error);

    expect(captured).toHaveLength(1);
  });

  test('that the application handles are captured where it says so, with its own properties', () => {
    const { captured, source } = open();
    source.captureError(new Error('declined'), { orderId: 'A-17' });

    expect(captured[0]?.properties).toMatchObject({
      ...{ kind: 'error', message: 'declined', handled: true, orderId: 'A-17', count: 1 },
    });
  });

  test('that match are left out, and by default what a ResizeObserver complains of', () => {
    const usual = open();
    usual.throwError(null, {
      message: 'ResizeObserver loop completed with undelivered notifications.',
    });
    const own = open({ ignore: /basket/g });
    own.throwError(new Error('no basket'));
    own.throwError(new Error('no basket'));
    own.throwError(new Error('no shop'));

    expect(usual.captured).toEqual([]);
    expect(told(own.captured)).toEqual([['no shop', 1]]);
  });

  test('that capturing them makes come to an end', () => {
    const { captured, source, use } = open();
    let n = 0;
    use((_, next) => {
      source.captureError(new Error(`in the middleware ${n++}`));
      next();
    });
    source.captureError(new Error('first'));

    expect(n).toBeLessThan(20);
    expect(captured.length).toBeLessThan(20);
  });

  test('that are counted are sent and written when the page is hidden', () => {
    const { captured, page, throwError, writes } = open();
    throwError(new Error('again'));
    throwError(new Error('again'));
    page.setHidden(true);

    expect(told(captured)).toEqual([
      ['again', 1],
      ['again', 1],
    ]);
    expect(writes()).toBe(1);
  });

  test('are captured no more when the source has stopped, and nothing is left', () => {
    const { captured, clock, page, source, stop, throwError, reject, writes } = open();
    throwError(new Error('a'));
    throwError(new Error('a'));
    stop();
    page.setHidden(true);
    throwError(new Error('b'));
    reject(new Error('c'));
    source.captureError(new Error('d'));

    expect(told(captured)).toEqual([
      ['a', 1],
      ['a', 1],
    ]);
    expect(clock.timers()).toEqual([]);
    expect(writes()).toBe(0);
  });
});
