import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { recordsOf, useCaptureSite } from '../../helpers/capture-site.ts';
import { useWorld } from '../../helpers/world.ts';

const world = useWorld();
const site = useCaptureSite(world, {
  '/': { capture: 'sources.network()' },
  '/slow-only': { capture: 'sources.network({ slowMs: 200, exclude: /poll/ })' },
  '/api/cart': { body: '{"items":3}', headers: { 'content-type': 'application/json' } },
  '/api/broken': { body: 'sorry', status: 503 },
  '/api/slow': { body: 'at last', waitMs: 300 },
  '/api/poll': { body: 'nothing', waitMs: 300 },
  '/open': { body: 'welcome', headers: { 'access-control-allow-origin': '*' } },
});

async function open(path: string): Promise<Page> {
  const browser = await world.profile.open();
  return browser.newPage(site.origin + path);
}

async function requestsOf(page: Page): Promise<Record<string, unknown>[]> {
  const records = await recordsOf(world, page);
  return records
    .filter(({ event }) => event === 'Request Duration')
    .map(({ properties }) => ({ ...properties }));
}

describe('requests', () => {
  it('with fetch arrive with what became of them, and the page gets its answers', async () => {
    const page = await open('/');
    const answers = await page.evaluate(async (other) => {
      const cart = await (await fetch('/api/cart?token=secret')).json();
      const broken = await fetch(new Request('/api/broken', { method: 'POST', body: 'x' }));
      const reader = (await fetch('/api/cart')).body?.getReader();
      const first = await reader?.read();
      const refused = await fetch(`${other}/api/cart`).catch((error: Error) => error.name);
      const opaque = await fetch(`${other}/open`, { mode: 'no-cors' });
      const welcome = await (await fetch(`${other}/open`)).text();
      const length = first?.value?.length;
      return { cart, broken: broken.status, length, refused, opaque: opaque.type, welcome };
    }, site.otherOrigin);

    expect(answers).toEqual({
      ...{ cart: { items: 3 }, broken: 503, length: 11, refused: 'TypeError', opaque: 'opaque' },
      welcome: 'welcome',
    });
    expect(await requestsOf(page)).toMatchObject([
      { method: 'GET', url: `${site.origin}/api/cart`, status: 200, ok: true, unit: 'ms' },
      { method: 'POST', url: `${site.origin}/api/broken`, status: 503, ok: false },
      { method: 'GET', url: `${site.origin}/api/cart`, status: 200 },
      { url: `${site.otherOrigin}/api/cart`, ok: false, error: 'error' },
      { url: `${site.otherOrigin}/open`, ok: true },
      { url: `${site.otherOrigin}/open`, status: 200, ok: true },
    ]);
  });

  it('with XMLHttpRequest arrive with what became of them', async () => {
    const page = await open('/');
    const text = await page.evaluate(async (other) => {
      const ask = (url: string, prepare: (request: XMLHttpRequest) => void = () => {}) =>
        new Promise<string>((resolve) => {
          const request = new XMLHttpRequest();
          request.open('get', url);
          request.onloadend = () => resolve(request.responseText);
          prepare(request);
          request.send();
          if (url.endsWith('abort')) request.abort();
        });
      const text = await ask('/api/cart?token=secret');
      await ask('/api/broken');
      await ask(`${other}/api/cart`);
      await ask('/api/slow', (request) => {
        request.timeout = 50;
      });
      await ask('/api/slow#abort');
      return text;
    }, site.otherOrigin);

    expect(text).toBe('{"items":3}');
    expect(await requestsOf(page)).toMatchObject([
      { initiator: 'xhr', method: 'GET', url: `${site.origin}/api/cart`, status: 200, bytes: 11 },
      { url: `${site.origin}/api/broken`, status: 503, ok: false },
      { url: `${site.otherOrigin}/api/cart`, error: 'error' },
      { url: `${site.origin}/api/slow`, error: 'timeout' },
      { url: `${site.origin}/api/slow`, error: 'abort' },
    ]);
  });

  it('that are aborted say so, and a rejection that nobody handles is still heard as one', async () => {
    const page = await open('/');
    const heard = await page.evaluate(async () => {
      const unhandled = new Promise<string>((resolve) =>
        addEventListener('unhandledrejection', ({ reason }) => resolve(reason.name), {
          once: true,
        }),
      );
      const aborting = new AbortController();
      void fetch('/api/slow', { signal: aborting.signal });
      aborting.abort();
      return unhandled;
    });

    expect(heard).toBe('AbortError');
    expect(await requestsOf(page)).toMatchObject([{ error: 'abort', ok: false }]);
  });

  it('that the page handles are not heard as rejected', async () => {
    const page = await open('/');
    const unhandled = await page.evaluate(async () => {
      let unhandled = 0;
      addEventListener('unhandledrejection', () => unhandled++);
      await fetch('http://127.0.0.1:1/').catch(() => {});
      // Told in a task of its own.
      await new Promise((resolve) => setTimeout(resolve, 50));
      return unhandled;
    });

    expect(unhandled).toBe(0);
  });

  it('of the client itself are not among them', async () => {
    const page = await open('/');
    await page.evaluate(async () => {
      window.client.track('Event', {});
      await window.client.flush();
    });

    expect(await requestsOf(page)).toEqual([]);
  });

  it('are only the slow ones, where that is asked for, and not those that are excluded', async () => {
    const page = await open('/slow-only');
    await page.evaluate(() =>
      Promise.all(['/api/cart', '/api/slow', '/api/poll'].map((path) => fetch(path))),
    );

    expect(await requestsOf(page)).toMatchObject([
      { url: `${site.origin}/api/slow`, value: expect.any(Number) },
    ]);
  });

  it('are the page’s own again after the client has closed', async () => {
    const page = await open('/');
    const restored = await page.evaluate(async () => {
      const isNative = (call: unknown) => `${call}`.includes('[native code]');
      const { open, send } = XMLHttpRequest.prototype;
      const before = [fetch, open, send].map(isNative);
      await window.client.close();
      const { open: opened, send: sent } = XMLHttpRequest.prototype;
      return { before, after: [fetch, opened, sent].map(isNative) };
    });

    expect(restored).toEqual({ before: [false, false, false], after: [true, true, true] });
  });
});
