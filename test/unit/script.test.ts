import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as capture from '../../src/capture/index.ts';
import type { CaptureSource } from '../../src/capture/types.ts';
import { rules } from '../../src/client/options.ts';
import type { Client } from '../../src/client/types.ts';
import type { Analytics } from '../../src/segment/types.ts';

type Page = { rivulet?: unknown };

const page = window as Page;
const rivulet = (): Client & { push: (...calls: unknown[][]) => void } => page.rivulet as never;
const complaints = vi.spyOn(console, 'error').mockImplementation(() => {});

/** Runs the file as a tag with these attributes would. */
async function load(attributes: string): Promise<void> {
  document.head.innerHTML = `<script ${attributes}></script>`;
  vi.resetModules();
  await import('../../src/script.ts');
}

const tag = 'data-endpoint="https://events.test" data-write-key="shop"';

beforeEach(() => {
  complaints.mockClear();
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')));
});

afterEach(async () => {
  await (page.rivulet as Client | undefined)?.close?.();
  delete page.rivulet;
  vi.unstubAllGlobals();
});

describe('the script tag', () => {
  test('makes the client of its attributes', async () => {
    await load(tag);
    rivulet().track('One');

    expect((await rivulet().stats()).captured).toBe(1);
    expect(complaints).not.toHaveBeenCalled();
  });

  test('takes the simple options as attributes, and passes over what is not ours', async () => {
    await load(
      `${tag} data-consent="pending" data-client-id="till-7" data-max-queue-bytes="4096" data-theme="dark"`,
    );

    expect(await rivulet().stats()).toMatchObject({
      ...{ consent: 'pending', clientId: 'till-7', maxQueueBytes: 4096 },
    });
    expect(complaints).not.toHaveBeenCalled();
  });

  test.each([
    ['data-privacy-signals=""', 'granted'],
    ['data-privacy-signals="gpc  dnt"', 'denied'],
    ['', 'denied'],
  ])('with %s and Global Privacy Control starts as %s', async (attributes, consent) => {
    vi.stubGlobal('navigator', { globalPrivacyControl: true });
    await load(`${tag} ${attributes}`);

    expect((await rivulet().stats()).consent).toBe(consent);
  });

  test('captures what it is told to', async () => {
    await load(`${tag} data-capture=" pages  clicks "`);

    const captured = async (): Promise<number> => (await rivulet().stats()).captured;
    await expect.poll(captured).toBe(1);
    document.body.innerHTML = '<button>Buy</button>';
    document.querySelector('button')?.click();
    expect(await captured()).toBe(2);
  });

  test('replays the calls that the page made before, and takes such calls after', async () => {
    page.rivulet = [
      ['track', 'Landed', { from: 'newsletter' }],
      ['identify', 'user-42'],
    ];
    await load(tag);
    expect((await rivulet().stats()).captured).toBe(2);

    rivulet().push(['track', 'Three'], ['track', 'Four']);

    expect((await rivulet().stats()).captured).toBe(4);
  });

  test('passes over a call that there is not, and goes on', async () => {
    page.rivulet = [['trakc', 'Typing error'], null, ['on'], ['track', 'One']];
    await load(tag);

    expect((await rivulet().stats()).captured).toBe(1);
  });

  test('on a page twice is one client', async () => {
    await load(tag);
    const first = page.rivulet;
    await load(tag);

    expect(page.rivulet).toBe(first);
    expect(complaints).not.toHaveBeenCalled();
  });

  test('of another source says that it needs another name, and with one is a client of its own', async () => {
    await load(tag);
    const first = page.rivulet;
    const other = 'data-endpoint="https://events.test" data-write-key="blog"';
    await load(other);
    expect(page.rivulet).toBe(first);
    expect(String(complaints.mock.calls[0]?.[2])).toBe(
      'RivuletError: data-global: expected another name than rivulet, which is the client of "shop", got none',
    );

    await load(`${other} data-global="blogEvents"`);

    const { blogEvents } = page as { blogEvents?: Client };
    blogEvents?.track('One');
    expect((await blogEvents?.stats())?.captured).toBe(1);
    expect((await rivulet().stats()).captured).toBe(0);
    // A queue of its own, too.
    expect((await indexedDB.databases()).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['rivulet', 'blogEvents']),
    );
    await blogEvents?.close();
  });

  test('starts on a page that has an element of that id', async () => {
    page.rivulet = document.createElement('div');
    await load(tag);

    expect((await rivulet().stats()).captured).toBe(0);
  });

  test('finds its attributes at another element, where its own were lost', async () => {
    document.body.innerHTML = `<meta ${tag}>`;
    await load('');

    expect((await rivulet().stats()).captured).toBe(0);
    expect(complaints).not.toHaveBeenCalled();
    document.body.innerHTML = '';
  });

  test("has Segment's calls, with what ours take and answer", async () => {
    await load(tag);
    const { client } = { client: rivulet() as never as Analytics & Client };
    const seen = vi.fn();
    rivulet().use((event, next) => {
      seen(event);
      next();
    });
    const heard = vi.fn();
    const stop = rivulet().on('captured', heard);

    const { event } = await client.page('Shop', 'Kettles', { step: 2 });
    expect(event).toMatchObject({ type: 'page', event: 'Kettles', seq: 1 });
    expect(seen.mock.lastCall?.[0].properties).toEqual({ step: 2, category: 'Shop' });
    expect(heard).toHaveBeenCalledOnce();
    stop();
    client.track('Alarm', {}, { priority: 'high' });

    expect(heard).toHaveBeenCalledOnce();
    expect(seen).toHaveBeenLastCalledWith(expect.objectContaining({ priority: 'high' }));
    await client.ready();
    expect(client.user().anonymousId()).toBe((await rivulet().stats()).clientId);
  });

  test.each([
    ['data-endpoint="nowhere" data-write-key="shop"', 'endpoint'],
    ['data-write-key="shop"', 'endpoint'],
    [`${tag} data-capture="pages scrolling"`, 'scrolling'],
    [`${tag} data-capture="constructor"`, 'constructor'],
    [`${tag} data-capture="pages" data-pages="{hash: true}"`, 'data-pages: expected JSON'],
    [`${tag} data-capture="pages" data-pages="1"`, 'data-pages: expected JSON'],
    [`${tag} data-session-rules="noon"`, 'data-session-rules'],
    [`${tag} data-session-idle-ms="soon"`, 'sessionIdleMs'],
    [`${tag} data-allowed-query="" data-client-id=""`, 'clientId'],
    [`${tag} data-flush-interval-ms="soon"`, 'flushIntervalMs'],
    [`${tag} data-consent="yes"`, 'consent'],
    [`${tag} data-privacy-signals="p3p"`, 'privacySignals'],
    ['', 'endpoint'],
  ])('with %s says what is wrong and harms nothing', async (attributes, problem) => {
    await load(attributes);

    expect(complaints).toHaveBeenCalledTimes(1);
    const [label, code, error] = complaints.mock.calls[0] ?? [];
    expect([label, code]).toEqual(['rivulet:', 'invalid_option']);
    expect(String(error)).toContain(problem);
    expect(page.rivulet).toBeUndefined();
  });
});

describe('the sources of the script tag', () => {
  const factories = Object.entries(capture) as [string, () => CaptureSource][];

  test('are all that there are, each by a name of its own that is no option of the client', () => {
    const names = factories.map(([, create]) => create().name);

    expect(names.every((name) => /^[a-z]+(-[a-z]+)*$/.test(name))).toBe(true);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) {
      expect(Object.keys(rules)).not.toContain(
        name.replace(/-./g, (dash) => (dash[1] ?? '').toUpperCase()),
      );
    }
  });

  test('start by their names without options', async () => {
    const names = factories.map(([, create]) => create().name).join(' ');
    await load(`${tag} data-capture="${names}"`);

    expect(complaints).not.toHaveBeenCalled();
    expect(rivulet()).toHaveProperty('captureError');
  });

  test('take options as JSON', async () => {
    const addressBefore = location.href;
    await load(`${tag} data-capture="pages" data-pages='{"hash":true}'`);

    location.hash = '#/kettles';
    window.dispatchEvent(new PopStateEvent('popstate'));
    await expect.poll(async () => (await rivulet().stats()).captured).toBe(2);
    history.replaceState({}, '', addressBefore);
  });
});

describe('the attributes of a visitor', () => {
  test('keep nothing', async () => {
    localStorage.clear();
    await load(`${tag} data-cookieless`);
    rivulet().track('One');
    await rivulet().flush();

    const { clientId, log } = await rivulet().stats();
    expect([clientId, log]).toEqual(['', 'memory']);
    expect(localStorage.length).toBe(0);
  });

  test('begin a session by the rules that they name', async () => {
    const clock = vi
      .spyOn(Date, 'now')
      .mockReturnValue(new Date(2026, 10, 20, 23, 59, 50).getTime());
    const sessions: string[] = [];
    await load(`${tag} data-session-rules="midnight campaign" data-database-name="visits"`);
    const sessionId = (): string => JSON.parse(localStorage.visits).sessionId;
    rivulet().track('Before');
    await rivulet().flush();
    sessions.push(sessionId());
    clock.mockReturnValue(new Date(2026, 10, 21, 0, 0, 10).getTime());
    rivulet().track('After');
    await rivulet().flush();
    sessions.push(sessionId());
    clock.mockRestore();

    expect(new Set(sessions).size).toBe(2);
    expect(complaints).not.toHaveBeenCalled();
  });

  test('keep the client id in a cookie of the domain', async () => {
    await load(`${tag} data-cookie-domain="" data-database-name="shop"`);
    const { clientId } = await rivulet().stats();

    expect(decodeURIComponent(document.cookie)).toContain(clientId);
  });
});

describe('calls before the file', () => {
  const timed = (at: number, ...call: unknown[]): unknown[] => [at, ...call];
  const seen: { event?: string; context?: Record<string, unknown>; type: string }[] = [];
  const at = Date.UTC(2026, 0, 2);

  beforeEach(() => {
    seen.length = 0;
    localStorage.clear();
  });

  /** Asks to see every event that comes after. */
  const watching = timed(0, 'use', (event: never, next: () => void) => {
    seen.push(event);
    next();
  });

  test('have their time in the context, over which their own goes', async () => {
    page.rivulet = [
      watching,
      timed(at, 'track', 'One', { n: 1 }, { context: { app: 'till' } }),
      timed(at, 'track', 'Two', {}, { timestamp: '2025-12-24T00:00:00Z' }),
      timed(Number.NaN, 'track', 'Three'),
      ['track', 'Four'],
    ];
    await load(tag);

    expect(seen.map(({ event, context }) => [event, context])).toEqual([
      ['One', { timestamp: '2026-01-02T00:00:00.000Z', app: 'till' }],
      ['Two', { timestamp: '2025-12-24T00:00:00Z' }],
      ['Four', undefined],
    ]);
  });

  test('reach the client from whoever still holds the queue', async () => {
    const queue: unknown[] = [];
    page.rivulet = queue;
    await load(tag);

    queue.push(['track', 'One'], timed(at, 'track', 'Two'));

    expect((await rivulet().stats()).captured).toBe(2);
  });

  test('that an earlier page left come first, with their time and their page, once', async () => {
    const left = [
      [
        'https://shop.test/landing?utm_source=mail&token=secret',
        timed(at, 'identify', 'ada'),
        timed(at, 'track', 'Kept'),
      ],
      ['https://shop.test/next', timed(at + 1000, 'track', 'Kept too')],
    ];
    localStorage.rivuletCalls = left.map((line) => `${JSON.stringify(line)}\n`).join('');
    page.rivulet = [timed(at + 5000, 'track', 'Now')];
    const stored: string[] = [];
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')));
    await load(`${tag} data-database-name="kept"`);
    rivulet().on('captured', ({ event }) => stored.push(event ?? ''));

    expect(localStorage.rivuletCalls).toBeUndefined();
    expect(await rivulet().stats()).toMatchObject({ captured: 4, userId: 'ada' });
  });

  test('that an earlier page left are only such as are about what happened', async () => {
    const close = timed(at, 'close');
    const line = [
      'https://shop.test/',
      close,
      timed(at, 'constructor'),
      null,
      7,
      ['track', 'Without time'],
      timed(at, 'track', 'One'),
    ];
    localStorage.rivuletCalls = `not JSON\n{}\n${JSON.stringify(line)}\n`;
    await load(tag);

    expect((await rivulet().stats()).captured).toBe(1);
    expect(complaints).not.toHaveBeenCalled();
  });

  test('that an earlier page left are not looked at where nothing is stored', async () => {
    localStorage.rivuletCalls = `${JSON.stringify(['https://shop.test/', timed(at, 'track', 'One')])}\n`;
    await load(`${tag} data-cookieless`);

    expect((await rivulet().stats()).captured).toBe(0);
  });

  test('that an earlier page left wait for the client of the first name', async () => {
    const left = `${JSON.stringify(['https://shop.test/', timed(at, 'track', 'One')])}\n`;
    localStorage.rivuletCalls = left;
    await load(`${tag} data-global="otherEvents"`);

    const { otherEvents } = page as { otherEvents?: Client };
    expect((await otherEvents?.stats())?.captured).toBe(0);
    expect(localStorage.rivuletCalls).toBe(left);
    await otherEvents?.close();
  });
});
