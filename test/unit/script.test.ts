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
