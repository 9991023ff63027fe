import { describe, expect, test } from 'vitest';
import { type NetworkOptions, network } from '../../../src/capture/network.ts';
import { createTestHost } from '../../helpers/capture-host.ts';
import { createTestPage } from '../../helpers/test-page.ts';

type Fetch = typeof globalThis.fetch;

function open(
  options?: NetworkOptions,
  answer: Fetch = async () => new Response('text', { headers: { 'content-length': '4' } }),
  endpoint = 'https://relay.test',
) {
  const { window } = createTestPage('https://shop.test/cart');
  const host = { ...createTestHost(window), endpoint };
  const calls: { self: unknown; args: unknown[] }[] = [];
  const original = function (this: unknown, ...args: Parameters<Fetch>) {
    calls.push({ self: this, args });
    return answer(...args);
  } as Fetch;
  window.fetch = original;
  const stop = network(options).start(host);
  return { ...host, original, calls, stop };
}

describe('requests with fetch', () => {
  test('are captured with what became of them, without their query', async () => {
    const { window, clock, captured } = open({}, async () => {
      await clock.advance(120);
      return new Response('text', { status: 201, headers: { 'content-length': '4' } });
    });
    await window.fetch('/api/cart?token=secret&utm_source=mail', { method: 'post' });

    expect(captured).toEqual([
      {
        type: 'metric',
        event: 'Request Duration',
        priority: 'low',
        properties: {
          ...{ value: 120, unit: 'ms', kind: 'histogram', initiator: 'fetch', method: 'POST' },
          ...{ url: 'https://shop.test/api/cart?utm_source=mail', status: 201, ok: true, bytes: 4 },
        },
      },
    ]);
  });

  test.each([
    ['a text', '/a'],
    ['a URL', new URL('https://shop.test/a')],
    ['a Request', new Request('https://shop.test/a')],
  ])('take %s', async (_, input) => {
    const { window, captured } = open();
    await window.fetch(input);

    expect(captured[0]?.properties).toMatchObject({ url: 'https://shop.test/a', method: 'GET' });
  });

  test('that are answered with an error are no success, and of normal priority', async () => {
    const { window, captured } = open({}, async () => new Response('', { status: 503 }));
    await window.fetch('/a');

    expect(captured[0]?.properties).toMatchObject({ status: 503, ok: false });
    expect(captured[0]).toMatchObject({ priority: 'normal' });
  });

  test('whose answer may not be looked into are no failure', async () => {
    const { window, captured } = open({}, async () => Response.error());
    await window.fetch('/a');

    expect(captured[0]?.properties).toMatchObject({ ok: true });
    expect(captured[0]?.properties).not.toHaveProperty('status');
  });

  test.each([
    ['error', new TypeError('Failed to fetch'), undefined],
    ['timeout', new DOMException('too late', 'TimeoutError'), AbortSignal.abort()],
    ['abort', 'I changed my mind', AbortSignal.abort()],
  ])('that end with %s reject as they would, and say so', async (error, cause, signal) => {
    const { window, captured } = open({}, () => Promise.reject(cause));
    const asked = window.fetch('/a', signal && { signal });

    await expect(asked).rejects.toBe(cause);
    expect(captured[0]?.properties).toMatchObject({ error, ok: false });
  });

  test('get the same answer, with the same this and the same arguments', async () => {
    const response = new Response('untouched');
    const { window, calls } = open({}, async () => response);
    const init = { method: 'PUT', body: 'text' };
    const self = { of: 'mine' };
    const answer = await window.fetch.call(self as never, '/a', init);

    expect(answer).toBe(response);
    expect(answer.bodyUsed).toBe(false);
    expect(calls).toEqual([{ self, args: ['/a', init] }]);
    expect(calls[0]?.args[1]).toBe(init);
  });

  test('that are none are left to the platform', () => {
    const refusal = new TypeError('not a URL');
    const { window, captured } = open({}, () => {
      throw refusal;
    });

    expect(() => window.fetch(Symbol('x') as never)).toThrow(refusal);
    expect(captured).toEqual([]);
  });

  test('may be answered by whoever has replaced fetch with no promise, or no response', async () => {
    const nothing = open({}, (() => undefined) as never);
    const plain = open({}, (async () => ({ ok: true })) as never);
    const empty = open({}, (async () => undefined) as never);

    expect(nothing.window.fetch('/a')).toBe(undefined);
    expect(await plain.window.fetch('/a')).toEqual({ ok: true });
    expect(await empty.window.fetch('/a')).toBe(undefined);
  });

  test('of the client itself are not captured', async () => {
    const { window, captured } = open();
    await window.fetch('https://relay.test/v1/batch', { method: 'POST' });
    await window.fetch('HTTPS://RELAY.test/v1/session');

    expect(captured).toEqual([]);
  });

  test('of the page are captured where the client’s relay has the page’s own origin', async () => {
    const { window, captured } = open({}, undefined, 'https://shop.test');
    await window.fetch('/v1/batch', { method: 'POST' });
    await window.fetch('/api/cart');

    expect(captured.map(({ properties }) => properties?.url)).toEqual([
      'https://shop.test/api/cart',
    ]);
  });

  test('are chosen by their address', async () => {
    const { window, captured } = open({ include: /\/api\//g, exclude: /poll/g });
    for (const path of ['/api/a', '/api/b', '/api/poll', '/api/poll?2', '/image']) {
      await window.fetch(path);
    }

    expect(captured.map(({ properties }) => properties?.url)).toEqual([
      'https://shop.test/api/a',
      'https://shop.test/api/b',
    ]);
  });

  test('that went well and fast are left out where only slow ones are asked for', async () => {
    const statuses = [200, 500];
    const { window, captured } = open(
      { slowMs: 100 },
      async () => new Response('', { status: statuses.shift() ?? 200 }),
    );
    await window.fetch('/fast');
    await window.fetch('/broken');

    expect(captured.map(({ properties }) => properties?.status)).toEqual([500]);
  });

  test('are sampled', async () => {
    const { window, captured } = open({ sample: 0.25 });
    for (let n = 0; n < 400; n++) await window.fetch('/a');

    expect(captured.length).toBeGreaterThan(60);
    expect(captured.length).toBeLessThan(140);
  });
});

describe('requests with XMLHttpRequest', () => {
  /** As the platform ends it. */
  function end(request: XMLHttpRequest, type: string, status: number): void {
    Object.defineProperty(request, 'status', { value: status, configurable: true });
    const event = new (request.constructor as never as { Event: typeof Event }).Event(type);
    request.dispatchEvent(Object.assign(event, { loaded: 12 }));
  }

  function openXhr(options?: NetworkOptions) {
    const page = createTestPage('https://shop.test/cart');
    const { window } = page;
    const { prototype } = window.XMLHttpRequest;
    const calls: unknown[][] = [];
    prototype.open = (...args: unknown[]) => calls.push(['open', ...args]);
    prototype.send = (...args: unknown[]) => calls.push(['send', ...args]);
    Object.assign(window.XMLHttpRequest, { Event: window.Event });
    const originals = { ...prototype };
    const host = createTestHost(window);
    return { ...host, calls, originals, prototype, stop: network(options).start(host) };
  }

  test.each([
    ['load', 200, { status: 200, ok: true, bytes: 12 }],
    ['load', 404, { status: 404, ok: false }],
    ['error', 0, { error: 'error', ok: false }],
    ['timeout', 0, { error: 'timeout', ok: false }],
    ['abort', 0, { error: 'abort', ok: false }],
  ])('that end with %s and %d are captured', async (type, status, properties) => {
    const { window, clock, captured, calls } = openXhr();
    const request = new window.XMLHttpRequest();
    request.open('put', '/api/cart?token=secret');
    request.send('body');
    await clock.advance(80);
    end(request, type, status);

    expect(captured).toHaveLength(1);
    expect(captured[0]?.properties).toMatchObject({
      ...{ initiator: 'xhr', method: 'PUT', url: 'https://shop.test/api/cart', value: 80 },
      ...properties,
    });
    // No third argument: with one that is `undefined` the request would wait for its answer.
    expect(calls).toEqual([
      ['open', 'put', '/api/cart?token=secret'],
      ['send', 'body'],
    ]);
  });

  test('that are used again are captured once each time', () => {
    const { window, captured } = openXhr();
    const request = new window.XMLHttpRequest();
    for (const path of ['/a', '/b']) {
      request.open('GET', path);
      request.send();
      end(request, 'load', 200);
    }

    expect(captured.map(({ properties }) => properties?.url)).toEqual([
      'https://shop.test/a',
      'https://shop.test/b',
    ]);
  });

  test('of the client itself are not captured', () => {
    const { window, captured } = openXhr();
    const request = new window.XMLHttpRequest();
    request.open('POST', 'https://relay.test/v1/batch');
    request.send();
    end(request, 'load', 200);

    expect(captured).toEqual([]);
  });

  test('are the page’s own again when the source has stopped, those under way too', () => {
    const { window, captured, prototype, originals, stop } = openXhr();
    const request = new window.XMLHttpRequest();
    request.open('GET', '/a');
    request.send();
    stop();
    end(request, 'load', 200);

    expect(captured).toEqual([]);
    expect(prototype.open).toBe(originals.open);
    expect(prototype.send).toBe(originals.send);
  });
});

describe('a page without the source', () => {
  test('has its own fetch back', () => {
    const { window, original, stop } = open();
    expect(window.fetch).not.toBe(original);
    stop();

    expect(window.fetch).toBe(original);
  });

  test('hears nothing of a request that was under way', async () => {
    let answer = (_: Response): void => {};
    const { window, captured, stop } = open(
      {},
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    const asked = window.fetch('/a');
    stop();
    answer(new Response('text'));

    expect(await (await asked).text()).toBe('text');
    expect(captured).toEqual([]);
  });

  test('keeps what somebody else has wrapped since, and nothing is captured any more', async () => {
    const { window, captured, calls, stop } = open();
    const ours = window.fetch;
    const theirs: Fetch = (...args) => ours(...args);
    window.fetch = theirs;
    stop();
    await window.fetch('/a');

    expect(window.fetch).toBe(theirs);
    expect(calls).toHaveLength(1);
    expect(captured).toEqual([]);
  });
});
