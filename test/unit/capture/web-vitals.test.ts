import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { MetricWithAttribution } from 'web-vitals/attribution';
import { createTestHost } from '../../helpers/capture-host.ts';

type Tell = (metric: MetricWithAttribution) => void;
type Ask = (tell: Tell, options: { generateTarget: (node: Node) => string | undefined }) => void;

/** The library's own parts, which here tell what a test says. */
const library = vi.hoisted(() => ({
  onCLS: vi.fn<Ask>(),
  onFCP: vi.fn<Ask>(),
  onINP: vi.fn<Ask>(),
  onLCP: vi.fn<Ask>(),
  onTTFB: vi.fn<Ask>(),
}));
vi.mock('web-vitals/attribution', () => library);

const LCP = {
  name: 'LCP',
  value: 1234.56789,
  rating: 'good',
  delta: 1234,
  id: 'v6-1',
  navigationType: 'navigate',
  navigationURL: 'https://shop.test/boots?token=secret&utm_source=mail',
  entries: [],
  attribution: {
    target: '#hero>img',
    url: 'https://cdn.test/hero.png?key=secret',
    timeToFirstByte: 100.12345,
    resourceLoadDelay: 0,
    navigationEntry: { name: 'https://shop.test/boots?token=secret' },
  },
} as unknown as MetricWithAttribution;

/** As in a page that has just been loaded: the module asks the library once. */
async function load() {
  vi.resetModules();
  return (await import('../../../src/capture/web-vitals.ts')).webVitals;
}

function tell(metric: object): void {
  const [call] = library.onLCP.mock.calls;
  call?.[0](metric as MetricWithAttribution);
}

function hide(): void {
  const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
  document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  hidden.mockRestore();
}

beforeEach(() => {
  vi.clearAllMocks();
});

describe('web vitals', () => {
  test('are captured as metrics of their name, with what explains them', async () => {
    const webVitals = await load();
    const host = createTestHost(window);
    webVitals().start(host);
    tell(LCP);

    expect(host.captured).toEqual([
      {
        type: 'metric',
        event: 'LCP',
        properties: {
          ...{ value: 1234.568, unit: 'ms', kind: 'histogram', rating: 'good', id: 'v6-1' },
          navigationType: 'navigate',
          url: 'https://shop.test/boots?utm_source=mail',
          attribution: {
            ...{ target: '#hero>img', url: 'https://cdn.test/hero.png' },
            ...{ timeToFirstByte: 100.123, resourceLoadDelay: 0 },
          },
        },
      },
    ]);
  });

  test('name the script that an interaction waited for', async () => {
    const webVitals = await load();
    const host = createTestHost(window);
    webVitals().start(host);
    const entry = {
      ...{ duration: 80, invokerType: 'event-listener', invoker: 'BUTTON#buy.onclick' },
      ...{ sourceURL: 'https://shop.test/app.js?v=7', sourceFunctionName: 'buy' },
      sourceCharPosition: 7,
    };
    const attribution = { interactionTarget: '', inputDelay: 3, longestScript: { entry } };
    tell({ ...LCP, name: 'INP', attribution });
    hide();

    expect(host.captured[0]?.properties?.attribution).toEqual({
      inputDelay: 3,
      script: {
        ...{ durationMs: 80, invoker: 'BUTTON.onclick' },
        ...{ source: 'https://shop.test/app.js', functionName: 'buy', position: 7 },
      },
    });
  });

  test('tell the slowest interaction when the page is hidden, and not each on the way to it', async () => {
    const webVitals = await load();
    const host = createTestHost(window);
    const stop = webVitals().start(host);
    for (const value of [8, 40, 200]) tell({ ...LCP, name: 'INP', value });
    expect(host.captured).toEqual([]);
    hide();
    hide();
    expect(host.captured.map(({ properties }) => properties?.value)).toEqual([200]);
    tell({ ...LCP, name: 'INP', value: 300 });
    stop();
    hide();

    expect(host.captured).toHaveLength(1);
  });

  test('have no unit where they are a score', async () => {
    const webVitals = await load();
    const host = createTestHost(window);
    webVitals().start(host);
    tell({ ...LCP, name: 'CLS', value: 0.12345 });

    expect(host.captured[0]?.properties).toMatchObject({ value: 0.123 });
    expect(host.captured[0]?.properties).not.toHaveProperty('unit');
  });

  test('never name an element that is ignored, nor a field that is secret', async () => {
    const webVitals = await load();
    webVitals().start(createTestHost(window));
    document.body.innerHTML =
      '<div class="rivulet-ignore"><p id="x"><b></b></p></div><p id="y"></p><input id="pin" autocomplete="section-a cc-csc"><p data-private><b id="z"></b></p>';
    const root = document.querySelector('#x')?.attachShadow({ mode: 'open' });
    if (root) root.innerHTML = '<i></i>';
    const { generateTarget } = library.onINP.mock.calls[0]?.[1] ?? {};
    const targetOf = (node: Node | null | undefined) => node && generateTarget?.(node);

    expect(targetOf(document.querySelector('#x'))).toBe('');
    expect(targetOf(root?.querySelector('i'))).toBe('');
    expect(targetOf(document.querySelector('#pin'))).toBe('');
    expect(targetOf(document.querySelector('#z'))).toBe('');
    expect(targetOf(document.querySelector('#y'))).toBe(undefined);
  });

  test('are asked for once in a page, however often the source starts and stops', async () => {
    const webVitals = await load();
    const first = createTestHost(window);
    for (let n = 0; n < 100; n++) webVitals().start(first)();
    const second = createTestHost(window);
    const third = createTestHost(window);
    webVitals().start(second);
    webVitals().start(third);
    tell(LCP);

    for (const ask of Object.values(library)) expect(ask).toHaveBeenCalledTimes(1);
    expect(library.onINP.mock.calls[0]?.[1]).toMatchObject({ reportAllChanges: true });
    expect(first.captured).toHaveLength(0);
    expect(second.captured).toHaveLength(1);
    expect(third.captured).toHaveLength(1);
  });

  test('that come as the page is hidden are written at once', async () => {
    const webVitals = await load();
    const host = createTestHost(window);
    webVitals().start(host);
    tell(LCP);
    expect(host.writes()).toBe(0);
    const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
    tell(LCP);
    hidden.mockRestore();

    expect(host.writes()).toBe(1);
  });
});
