import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { StreamRecord } from '../../../src/protocol/event.ts';
import { recordsOf, recordsOfClient, useCaptureSite } from '../../helpers/capture-site.ts';
import { drain, readStats } from '../../helpers/client-page.ts';
import { useWorld } from '../../helpers/world.ts';

const WORK_MS = 160;

const world = useWorld();
const site = useCaptureSite(world, {
  '/': {
    capture: 'sources.webVitals(), sources.longFrames({ intervalMs: 100 })',
    body: `<div id="banner"></div><h1>Copper kettles and nothing else</h1>
      <button id="work">Work</button>
      <div class="rivulet-ignore"><button id="secret">Work</button></div>
      <script>
        function sortRows() {
          const end = performance.now() + ${WORK_MS};
          while (performance.now() < end);
        }
        function shift() {
          document.querySelector('#banner').style.height = '200px';
        }
        for (const button of document.querySelectorAll('button')) {
          button.addEventListener('click', sortRows);
        }
      </script>`,
  },
  '/next': { capture: '' },
  '/media': {
    capture: 'sources.media()',
    body: `<audio id="chime" muted data-rivulet-title="Chime" src="${wavOf(2)}"></audio>
      <button onclick="chime.play()">Play</button>`,
  },
});

/** Silence. */
function wavOf(seconds: number): string {
  const rate = 8_000;
  const samples = rate * seconds;
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + samples, 4);
  head.write('WAVEfmt ', 8);
  // A format of 16 bytes: PCM, one channel, and 8 bits for each of `rate` samples a second.
  for (const [value, at] of [
    [16, 16],
    [1 | (1 << 16), 20],
    [rate, 24],
    [rate, 28],
  ] as const) {
    head.writeUInt32LE(value, at);
  }
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write('data', 36);
  head.writeUInt32LE(samples, 40);
  const bytes = Buffer.concat([head, Buffer.alloc(samples, 128)]);
  return `data:audio/wav;base64,${bytes.toString('base64')}`;
}

/** As a person does, and until the browser has measured it. */
async function click(page: Page, selector: string): Promise<void> {
  const measured = page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const observer = new PerformanceObserver((list) => {
          if (!list.getEntries().some(({ name }) => name === 'click')) return;
          observer.disconnect();
          resolve();
        });
        observer.observe({ type: 'event', durationThreshold: 40 } as PerformanceObserverInit);
      }),
  );
  await page.click(selector);
  await measured;
}

async function shift(page: Page): Promise<void> {
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        new PerformanceObserver(() => resolve()).observe({ type: 'layout-shift' });
        requestAnimationFrame(() => (window as never as { shift: () => void }).shift());
      }),
  );
}

/** Leaves for another page of the site, whose client sends what this one has left. */
async function leave(page: Page): Promise<readonly StreamRecord[]> {
  const { clientId } = await readStats(page);
  await page.goto(`${site.origin}/next`);
  await drain(page);
  const records = await recordsOfClient(world, clientId);
  // A request that was on its way when the page ended may have arrived, and is sent again.
  return [...new Map(records.map((record) => [record.messageId, record])).values()];
}

function metricOf(records: readonly StreamRecord[], name: string): Record<string, unknown>[] {
  return records
    .filter(({ type, event }) => type === 'metric' && event === name)
    .map(({ properties }) => ({ ...properties }));
}

describe('web vitals', () => {
  it('arrive when the page is left: each of them, with what explains it', async () => {
    const browser = await world.profile.open();
    const page = await browser.newPage(`${site.origin}/`);
    await shift(page);
    await click(page, '#work');
    const records = await leave(page);
    const [lcp, inp, cls, fcp, ttfb] = ['LCP', 'INP', 'CLS', 'FCP', 'TTFB'].map((name) => {
      const metrics = metricOf(records, name);
      expect(metrics, name).toHaveLength(1);
      return metrics[0];
    });

    const page_ = { url: `${site.origin}/`, navigationType: 'navigate', kind: 'histogram' };
    expect(lcp).toMatchObject({
      ...page_,
      unit: 'ms',
      attribution: { target: expect.any(String) },
    });
    expect(cls).toMatchObject({
      ...page_,
      attribution: { largestShiftTarget: expect.any(String) },
    });
    expect(cls?.value).toBeGreaterThan(0);
    expect(fcp).toMatchObject({ ...page_, rating: expect.any(String) });
    expect(ttfb).toMatchObject({ ...page_, attribution: { requestDuration: expect.any(Number) } });
    expect(inp).toMatchObject({
      ...page_,
      unit: 'ms',
      attribution: {
        interactionType: 'pointer',
        interactionTarget: '#work',
        script: { invoker: 'BUTTON.onclick', functionName: 'sortRows', source: `${site.origin}/` },
      },
    });
    expect(inp?.value).toBeGreaterThanOrEqual(WORK_MS - 8);
  });

  it('never name what is ignored', async () => {
    const browser = await world.profile.open();
    const page = await browser.newPage(`${site.origin}/`);
    await click(page, '#secret');
    const records = await leave(page);

    expect(metricOf(records, 'INP')).toHaveLength(1);
    expect(JSON.stringify(records)).not.toContain('secret');
  });

  it('come again only where they have grown, when the page is hidden a second time', async () => {
    const browser = await world.profile.open({ hasHiddenTabs: true });
    const page = await browser.newPage(`${site.origin}/`);
    // What is hidden before it is painted has no LCP.
    await page.waitForFunction(
      () => performance.getEntriesByName('first-contentful-paint').length > 0,
    );
    for (let n = 0; n < 2; n++) {
      const other = await browser.context.newPage();
      await other.bringToFront();
      await page.waitForFunction(() => document.hidden, null, { polling: 50 });
      await page.bringToFront();
      await page.waitForFunction(() => !document.hidden, null, { polling: 50 });
      if (n === 0) await click(page, '#work');
    }
    const records = await recordsOf(world, page);

    for (const name of ['LCP', 'FCP', 'TTFB']) expect(metricOf(records, name)).toHaveLength(1);
    expect(metricOf(records, 'INP')).toHaveLength(1);
    expect(metricOf(records, 'CLS')).toHaveLength(1);
  });
});

describe('long animation frames', () => {
  it('arrive with the function that took the time', async () => {
    const browser = await world.profile.open();
    const page = await browser.newPage(`${site.origin}/`);
    const captured = page.evaluate(
      () =>
        new Promise<void>((resolve) => {
          window.client.on('captured', ({ event }) => {
            if (event === 'Long Animation Frame') resolve();
          });
        }),
    );
    await click(page, '#work');
    await captured;
    const frames = metricOf(await recordsOf(world, page), 'Long Animation Frame');

    expect(frames).toContainEqual(
      expect.objectContaining({
        ...{ unit: 'ms', kind: 'histogram', count: expect.any(Number) },
        script: expect.objectContaining({ invoker: 'BUTTON.onclick', functionName: 'sortRows' }),
      }),
    );
  });
});

describe('media', () => {
  it('arrives from its start to its end', async () => {
    const browser = await world.profile.open();
    const page = await browser.newPage(`${site.origin}/media`);
    const ended = page.evaluate(() =>
      new Promise((resolve) => {
        document.querySelector('audio')?.addEventListener('ended', resolve);
      }).then(() => {}),
    );
    await page.click('button');
    await ended;
    const records = await recordsOf(world, page);
    const names = records.map(({ event }) => event);
    const percents = records.flatMap(({ properties }) => properties?.percent ?? []);

    expect(names.at(0)).toBe('Audio Playback Started');
    expect(names.at(-1)).toBe('Audio Playback Completed');
    expect(names).not.toContain('Audio Playback Paused');
    // A machine that is busy tells of its progress seldom.
    expect([25, 50, 75].filter((percent) => percents.includes(percent))).toEqual(percents);
    expect(percents.length).toBeGreaterThan(0);
    expect(records[0]?.properties).toMatchObject({
      ...{ position: 0, total_length: 2, sound: 0, title: 'Chime', url: 'data:' },
    });
  });
});
