import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Client } from '../../src/client/types.ts';

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

    expect((await rivulet().stats()).captured).toBe(1);
    document.body.innerHTML = '<button>Buy</button>';
    document.querySelector('button')?.click();
    expect((await rivulet().stats()).captured).toBe(2);
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
  });

  test.each([
    ['data-endpoint="nowhere" data-write-key="shop"', 'endpoint'],
    ['data-write-key="shop"', 'endpoint'],
    [`${tag} data-capture="pages scrolling"`, 'scrolling'],
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
