import { createProfile, type OpenBrowser } from '../helpers/browser.ts';
import type { Bench, Measurement } from './bench.ts';
import { meterTasks, serveBenchPage } from './bench-page.ts';
import { median } from './median.ts';
import type { BacklogCost, Throughput } from './pages/segment-log.ts';

/** The page's script, where `evaluate` runs. */
declare const inPage: typeof import('./pages/segment-log.ts');

const EVENTS = 50_000;
const ROUNDS = 7;
const BACKLOGS = [0, 10_000, 200_000] as const;
const CAPTURES = 50;
/** Longer than the client's own between two writes: each event is a write. */
const CAPTURE_INTERVAL_MS = 120;

/** The log against the platform alone, and what it costs when much is queued. */
export const bench: Bench = { name: 'Segment log, in Chromium', run };

async function run(): Promise<readonly Measurement[]> {
  const server = await serveBenchPage('segment-log.ts');
  // A context of its own would keep IndexedDB in memory: only a profile has a disk.
  const profile = await createProfile();
  try {
    const browser = await profile.open();
    const page = await browser.newPage(server.origin);
    await page.evaluate(() => inPage.measureThroughput(5000)); // Warms the engine up.
    const rounds: Throughput[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      rounds.push(await page.evaluate((events) => inPage.measureThroughput(events), EVENTS));
    }
    const costs: BacklogCost[] = [];
    for (const queued of BACKLOGS) {
      costs.push(await page.evaluate((events) => inPage.measureBacklog(events), queued));
    }
    const captures: CaptureCost[] = [];
    for (const queued of BACKLOGS) {
      captures.push(await measureCapture(browser, server.origin, queued));
    }
    return [...throughput(rounds), ...backlog(costs), ...capture(captures)];
  } finally {
    await profile.remove();
    await server.stop();
  }
}

interface CaptureCost {
  readonly loggedMs: number;
  readonly mainThreadMs: number;
}

/** By the client, which counts its queue and holds it to its bounds. */
async function measureCapture(
  browser: OpenBrowser,
  origin: string,
  queued: number,
): Promise<CaptureCost> {
  const page = await browser.newPage(origin);
  await page.evaluate(([url, events]) => inPage.startClient(url, events), [
    `${origin}/busy`,
    queued,
  ] as const);
  const tasks = await meterTasks(page);
  const loggedMs = await page.evaluate(
    ([captures, intervalMs]) => inPage.measureCapture(captures, intervalMs),
    [CAPTURES, CAPTURE_INTERVAL_MS] as const,
  );
  const mainThreadMs = (await tasks()) / CAPTURES;
  await page.close();
  return { loggedMs, mainThreadMs };
}

function throughput(rounds: readonly Throughput[]): Measurement[] {
  const of = (what: keyof Throughput): number => median(rounds.map((round) => round[what]));
  const unit = 'events/s';
  const segments = { name: 'raw, one transaction', value: of('segments') };
  const atLeast = (bound: number) => ({ of: 'ratio', at: 'least', bound }) as const;
  return [
    {
      name: 'append, 1,000 segments of 50 at once',
      value: of('log'),
      unit,
      baseline: segments,
      target: atLeast(0.5),
    },
    {
      name: 'append, against a record per event',
      value: of('log'),
      unit,
      baseline: { name: 'raw, record per event', value: of('records') },
      target: atLeast(5),
    },
    { name: 'append, one call a segment', value: of('logEach'), unit, baseline: segments },
  ];
}

function backlog(costs: readonly BacklogCost[]): Measurement[] {
  const [empty] = costs;
  return costs.flatMap((cost, index) => {
    const queued = `${BACKLOGS[index]?.toLocaleString('en')} queued`;
    const baseline = { name: '0 queued', value: empty?.appendMs ?? Number.NaN };
    return [
      {
        name: `append until on disk, ${queued}`,
        value: cost.appendMs,
        unit: 'ms',
        // Noise is a part of so small a figure; growth with the backlog would be a factor of thousands.
        ...(index > 0 && { baseline, target: { of: 'ratio', at: 'most', bound: 2 } as const }),
      },
      { name: `append, page's own time, ${queued}`, value: cost.callMs, unit: 'ms' },
      { name: `stats, first time, ${queued}`, value: cost.firstStatsMs, unit: 'ms' },
      { name: `stats, 60 segments later, ${queued}`, value: cost.statsMs, unit: 'ms' },
      { name: `read of 500 events, ${queued}`, value: cost.readMs, unit: 'ms' },
      { name: `settle of 500 events, ${queued}`, value: cost.settleMs, unit: 'ms' },
    ];
  });
}

function capture(costs: readonly CaptureCost[]): Measurement[] {
  const [empty] = costs;
  return costs.flatMap(({ loggedMs, mainThreadMs }, index) => {
    const queued = `${BACKLOGS[index]?.toLocaleString('en')} queued`;
    const against = (value: number | undefined) =>
      index > 0 && {
        baseline: { name: '0 queued', value: value ?? Number.NaN },
        target: { of: 'ratio', at: 'most', bound: 2 } as const,
      };
    return [
      {
        name: `track until on disk, bounds checked, ${queued}`,
        value: loggedMs,
        unit: 'ms',
        ...against(empty?.loggedMs),
      },
      {
        name: `its main thread, an event a write, ${queued}`,
        value: mainThreadMs,
        unit: 'ms',
        ...against(empty?.mainThreadMs),
      },
    ];
  });
}
