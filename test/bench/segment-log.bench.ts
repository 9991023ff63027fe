import type { Bench, Measurement } from './bench.ts';
import { startBenchPage } from './bench-page.ts';
import { median } from './median.ts';
import type { BacklogCost, Throughput } from './pages/segment-log.ts';

/** The page's script, where `evaluate` runs. */
declare const inPage: typeof import('./pages/segment-log.ts');

const EVENTS = 50_000;
const ROUNDS = 7;
const BACKLOGS = [0, 10_000, 200_000] as const;

/** The log against the platform alone, and what it costs when much is queued. */
export const bench: Bench = { name: 'Segment log, in Chromium', run };

async function run(): Promise<readonly Measurement[]> {
  const server = await startBenchPage('segment-log.ts');
  try {
    const page = await server.open();
    await page.evaluate(() => inPage.measureThroughput(5000)); // Warms the engine up.
    const rounds: Throughput[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      rounds.push(await page.evaluate((events) => inPage.measureThroughput(events), EVENTS));
    }
    const costs: BacklogCost[] = [];
    for (const queued of BACKLOGS) {
      costs.push(await page.evaluate((events) => inPage.measureBacklog(events), queued));
    }
    return [...throughput(rounds), ...backlog(costs)];
  } finally {
    await server.stop();
  }
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
