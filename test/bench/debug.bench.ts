import { type Browser, chromium, type Page } from 'playwright-core';
import type { RecordsPage } from '../browser/pages/debug-records-page.ts';
import { findChromium } from '../helpers/chromium.ts';
import { startDebugPage } from '../helpers/debug-page.ts';
import type { Bench, Measurement } from './bench.ts';
import { meterTasks } from './bench-page.ts';

/** The page's script, where `evaluate` runs. */
declare const recordsPage: RecordsPage;
declare const debugPage: { readonly view: { readonly renderRoot: ShadowRoot } };

const PER_SECOND = 1_000;
const SECONDS = 60;
const HOLD_PER_SECOND = 500;
const HOLD_SECONDS = 30;
/** Of the window: see src/debug/reading/model.ts. */
const WINDOW_ROWS = 50_000;
const WINDOW_MB = 32;
const FILTERS = [
  'price>=98',
  'type:track key:client-of-k17aL0qXw',
  '"product clicked"',
  'context.page.path:/none',
];
const SCROLLS = 200;
const LONG_MS = 50;
/** Tenths of a second until what was fed has to be there. */
const MAX_WAITS = 50;

/** What the debug view costs the page while a stream runs through it. */
export const bench: Bench = { name: 'The debug view, in Chromium, on a scripted stream', run };

async function run(): Promise<readonly Measurement[]> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('bench: expected Chromium, got none; npm test installs it');
  const server = await startDebugPage('debug-records-page.ts');
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--js-flags=--expose-gc'],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(server.url);
    await page.waitForFunction(() => debugPage.view.renderRoot.querySelector('.grid') !== null);
    return [
      ...(await measureStream(browser, page)),
      ...(await measureFilters(page)),
      await measureScrolls(page),
      ...(await measureHold(browser, page)),
    ];
  } finally {
    await browser.close();
    await server.stop();
  }
}

async function measureStream(browser: Browser, page: Page): Promise<Measurement[]> {
  const heapMb = await meterHeap(page);
  const before = await heapMb();
  let draws: readonly number[] = [];
  const tasks = await traceTasks(browser, page, async () => {
    draws = await feed(page, PER_SECOND, SECONDS);
  });
  const fed = await settled(page);
  const grown = (await heapMb()) - before;
  const verdict = await page.locator('rivulet-debug .verdict').innerText();
  const isExact = verdict.includes(`0 lost of ${fed.toLocaleString('en-US')}`);
  const name = `${PER_SECOND.toLocaleString('en')} records/s on 8 shards for ${SECONDS} s`;
  return [
    { name: `${name}: longest task`, value: longest(tasks), unit: 'ms', target: most(50) },
    {
      name: 'tasks over 50 ms',
      value: tasks.filter((ms) => ms > LONG_MS).length,
      unit: 'tasks',
      target: most(0),
    },
    {
      name: 'drawings in a second, at most',
      value: Math.max(...draws),
      unit: 'drawings',
      target: most(10),
    },
    { name: 'the heap grows by', value: grown, unit: 'MB', target: most(WINDOW_MB) },
    {
      name: 'the ledger has all of them (1: yes)',
      value: Number(isExact),
      unit: '',
      target: least(1),
    },
  ];
}

async function measureFilters(page: Page): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (const filter of FILTERS) {
    const worked = await meterTasks(page);
    await page.evaluate(async (text) => {
      const root = debugPage.view.renderRoot;
      const scanned = () =>
        /scanned ([\d,]+)/.exec(root.querySelector('.scanned')?.textContent ?? '')?.[1] ?? '0';
      const input = root.querySelector('.filter') as HTMLInputElement;
      input.value = text;
      input.dispatchEvent(new InputEvent('input'));
      while (Number(scanned().replaceAll(',', '')) < 50_000) {
        await new Promise(requestAnimationFrame);
      }
    }, filter);
    const value = await worked();
    await page.locator('rivulet-debug .filter').fill('');
    measurements.push({
      name: `${WINDOW_ROWS.toLocaleString('en')} rows filtered and shown: ${filter}`,
      value,
      unit: 'ms',
      target: most(100),
    });
  }
  return measurements;
}

async function measureScrolls(page: Page): Promise<Measurement> {
  await page.locator('rivulet-debug .grid').focus();
  await page.keyboard.press(' ');
  const value = await page.evaluate(async (scrolls) => {
    const grid = debugPage.view.renderRoot.querySelector('.grid') as HTMLElement;
    const frame = () => new Promise(requestAnimationFrame);
    const isBlank = (): boolean => {
      const { top, bottom } = grid.getBoundingClientRect();
      const boxes = [...grid.querySelectorAll('.rows > .row')].map((row) =>
        row.getBoundingClientRect(),
      );
      return !(
        boxes.some((box) => box.top <= top + 57) && boxes.some((box) => box.bottom >= bottom - 50)
      );
    };
    let blank = 0;
    for (let step = 0; step < scrolls; step++) {
      grid.scrollTop = (((step * 7919) % 1000) / 1000) * (grid.scrollHeight - grid.clientHeight);
      // The scroll is told in the frame after the one that shows it.
      await frame();
      await frame();
      if (isBlank()) blank++;
    }
    return blank;
  }, SCROLLS);
  await page.keyboard.press('End');
  return {
    name: `${SCROLLS} far scrolls, blank for more than a frame`,
    value,
    unit: 'frames',
    target: most(0),
  };
}

async function measureHold(browser: Browser, page: Page): Promise<Measurement[]> {
  const before = await settled(page);
  await page.locator('rivulet-debug .grid').focus();
  await page.keyboard.press(' ');
  const tasks = await traceTasks(browser, page, () => feed(page, HOLD_PER_SECOND, HOLD_SECONDS));
  const fed = await page.evaluate(() => recordsPage.fed());
  const pill = page.locator('rivulet-debug .pill');
  const held = async () =>
    Number(/([\d,]+) held/.exec(await pill.innerText())?.[1]?.replaceAll(',', ''));
  for (let wait = 0; wait < MAX_WAITS && (await held()) < fed - before; wait++) {
    await page.waitForTimeout(100);
  }
  const missing = fed - before - (await held());
  const worked = await meterTasks(page);
  await pill.click();
  await settled(page);
  const value = await worked();
  const name = `held for ${HOLD_SECONDS} s at ${HOLD_PER_SECOND}/s`;
  return [
    {
      name: `${name}: rows missing afterwards`,
      value: missing,
      unit: 'rows',
      target: most(0),
    },
    { name: 'longest task meanwhile', value: longest(tasks), unit: 'ms', target: most(50) },
    { name: 'to catch up, main thread', value, unit: 'ms', target: most(100) },
  ];
}

/** Answers with how often was drawn in each second. */
async function feed(page: Page, perSecond: number, seconds: number): Promise<number[]> {
  return page.evaluate(
    async ([perSecond, seconds]) => {
      const draws = new Map<number, number>();
      const seen = new MutationObserver(() => {
        const second = Math.floor(performance.now() / 1000);
        draws.set(second, (draws.get(second) ?? 0) + 1);
      });
      const panel = debugPage.view.renderRoot.querySelector('.records') as HTMLElement;
      seen.observe(panel, { subtree: true, childList: true, characterData: true });
      recordsPage.feedSteadily(perSecond);
      await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
      recordsPage.stopFeeding();
      seen.disconnect();
      return [...draws.values()];
    },
    [perSecond, seconds] as const,
  );
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds of the processor. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** Milliseconds that each task of the page's main thread worked: not those it waited for a processor. */
async function traceTasks(
  browser: Browser,
  page: Page,
  work: () => Promise<unknown>,
): Promise<number[]> {
  await browser.startTracing(page, { categories: ['toplevel'] });
  await work();
  const trace = JSON.parse((await browser.stopTracing()).toString()) as {
    readonly traceEvents: readonly TraceEvent[];
  };
  const isMain = ({ name, args }: TraceEvent) =>
    name === 'thread_name' && args?.name === 'CrRendererMain';
  const main = trace.traceEvents.filter(isMain);
  return trace.traceEvents
    .filter(({ name, ph }) => ph === 'X' && name.endsWith('RunTask'))
    .filter(({ pid, tid }) => main.some((thread) => thread.pid === pid && thread.tid === tid))
    .map(({ tdur = 0 }) => tdur / 1000);
}

/** Resolves when the last record that was fed is on the screen: with how many there were. */
async function settled(page: Page): Promise<number> {
  const fed = await page.evaluate(() => recordsPage.fed());
  await page.waitForFunction(
    (last) => debugPage.view.renderRoot.querySelector(`#row-${last}`) !== null,
    fed - 1,
  );
  return fed;
}

async function meterHeap(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  return async () => {
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    return usedSize / 1e6;
  };
}

function longest(tasks: readonly number[]): number {
  return tasks.reduce((longest, ms) => Math.max(longest, ms), 0);
}

function most(bound: number): NonNullable<Measurement['target']> {
  return { of: 'value', at: 'most', bound };
}

function least(bound: number): NonNullable<Measurement['target']> {
  return { of: 'value', at: 'least', bound };
}
