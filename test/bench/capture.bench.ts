import type { Page } from 'playwright-core';
import type { Bench, Measurement } from './bench.ts';
import { type BenchPage, meterTasks, startBenchPage } from './bench-page.ts';
import { measureClicks } from './click-cost.ts';
import { median, quantile } from './median.ts';

/** The page's script, where `evaluate` runs. */
declare const inPage: typeof import('./pages/capture.ts');

const BURSTS = 400;
const CALLS_PER_BURST = 50;
const STEADY_CALLS = 1000;
const STEADY_INTERVAL_MS = 10;
const STARTS = 9;
/** What a start leaves to do has been done by then: the database is open, the relay has been asked. */
const START_SETTLES_MS = 500;

/** What the host page pays for its events. */
export const bench: Bench = { name: 'Capture, in Chromium', run };

async function run(): Promise<readonly Measurement[]> {
  const server = await startBenchPage('capture.ts');
  try {
    return [
      ...(await measureStart(server)),
      ...(await measureBursts(server)),
      ...(await measureSteady(server)),
      ...(await measureClicks()),
    ];
  } finally {
    await server.stop();
  }
}

async function measureStart(server: BenchPage): Promise<Measurement[]> {
  const calls: number[] = [];
  const whole: number[] = [];
  const nothing: number[] = [];
  for (let start = 0; start < STARTS; start++) {
    await withPage(server, async (page) => {
      const task = await meterTasks(page);
      calls.push(await page.evaluate((url) => inPage.start(url), `${server.url}/busy`));
      await page.waitForTimeout(START_SETTLES_MS);
      whole.push(await task());
    });
    await withPage(server, async (page) => {
      const task = await meterTasks(page);
      await page.evaluate(() => performance.now());
      await page.waitForTimeout(START_SETTLES_MS);
      nothing.push(await task());
    });
  }
  return [
    { name: 'createClient, the call', value: median(calls), unit: 'ms' },
    {
      name: 'start: main thread, less an empty page',
      value: median(whole) - median(nothing),
      unit: 'ms',
      target: atMost(5),
    },
  ];
}

async function measureBursts(server: BenchPage): Promise<Measurement[]> {
  return withPage(server, async (page) => {
    await page.evaluate((url) => inPage.start(url), `${server.url}/busy`);
    const { calls, meanMs, stringifyMs } = await page.evaluate(
      ([bursts, callsPerBurst]) => inPage.measureBursts(bursts, callsPerBurst),
      [BURSTS, CALLS_PER_BURST] as const,
    );
    await expectOutcome(page, { stored: 0, queued: BURSTS * CALLS_PER_BURST });
    const inBursts = `track() in bursts of ${CALLS_PER_BURST}`;
    return [
      {
        name: `${inBursts}, mean`,
        value: meanMs * 1000,
        unit: 'µs',
        baseline: { name: 'JSON.stringify alone', value: stringifyMs * 1000 },
        target: atMost(3),
      },
      {
        name: `${inBursts}, p99`,
        value: quantile(calls, 0.99) * 1000,
        unit: 'µs',
        target: atMost(25),
      },
      { name: `${inBursts}, worst`, value: Math.max(...calls), unit: 'ms', target: atMost(1) },
    ];
  });
}

async function measureSteady(server: BenchPage): Promise<Measurement[]> {
  const empty = await runSteadily(server, 'nothing');
  const raw = await runSteadily(server, 'raw');
  const logged = await runSteadily(server, 'busy');
  const sent = await runSteadily(server, 'stored');
  const paced = `${STEADY_CALLS.toLocaleString('en')} events at ${1000 / STEADY_INTERVAL_MS}/s`;
  const lessEmpty = ({ mainThreadMs }: Steady): number => mainThreadMs - empty.mainThreadMs;
  const baseline = { name: 'raw: stringify, put every 100 ms', value: lessEmpty(raw) };
  return [
    { name: 'an empty page, main thread', value: empty.mainThreadMs, unit: 'ms' },
    {
      name: `${paced}, logged: main thread above that`,
      value: lessEmpty(logged),
      unit: 'ms',
      baseline,
      target: atMost(60),
    },
    {
      name: `${paced}, logged and sent: main thread above that`,
      value: lessEmpty(sent),
      unit: 'ms',
      baseline,
      target: atMost(60),
    },
    {
      name: 'tasks over 50 ms, of both',
      value: logged.longTasks + sent.longTasks,
      unit: 'tasks',
      target: atMost(0),
    },
  ];
}

interface Steady {
  readonly mainThreadMs: number;
  readonly longTasks: number;
}

async function runSteadily(
  server: BenchPage,
  what: 'nothing' | 'raw' | 'busy' | 'stored',
): Promise<Steady> {
  return withPage(server, async (page) => {
    if (what === 'raw') await page.evaluate(() => inPage.startRaw());
    else if (what !== 'nothing') {
      await page.evaluate((url) => inPage.start(url), `${server.url}/${what}`);
    }
    await page.waitForTimeout(START_SETTLES_MS);
    const task = await meterTasks(page);
    const longTasks = await page.evaluate(
      ([calls, intervalMs]) => inPage.runSteadily(calls, intervalMs),
      [STEADY_CALLS, STEADY_INTERVAL_MS] as const,
    );
    const mainThreadMs = await task();
    if (what === 'busy') await expectOutcome(page, { stored: 0, queued: STEADY_CALLS });
    return { mainThreadMs, longTasks };
  });
}

/** A figure counts only where the work was done: nothing lost, and on disk. */
async function expectOutcome(
  page: Page,
  expected: { stored: number; queued: number },
): Promise<void> {
  const { stored, queued, log } = await page.evaluate(() => inPage.outcome());
  if (stored === expected.stored && queued === expected.queued && log === 'indexeddb') return;
  throw new Error(
    `capture: expected ${JSON.stringify(expected)} in IndexedDB, got ${JSON.stringify({ stored, queued, log })}`,
  );
}

async function withPage<T>(server: BenchPage, work: (page: Page) => Promise<T>): Promise<T> {
  const page = await server.open();
  try {
    return await work(page);
  } finally {
    await page.context().close();
  }
}

function atMost(bound: number): NonNullable<Measurement['target']> {
  return { of: 'value', at: 'most', bound };
}
