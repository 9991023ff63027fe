import type { Measurement } from './bench.ts';
import { type BenchPage, startBenchPage } from './bench-page.ts';
import { median, quantile } from './median.ts';

/** The page's script, where `evaluate` runs. */
declare const inPage: typeof import('./pages/clicks.ts');

const ROUNDS = 3;
const CLICKS = 25;
const PAUSE_MS = 60;
/** The client has started by then, and what was measured last has been told. */
const SETTLE_MS = 500;
const ROWS_IN_SIGHT = 20;

type Felt = ReturnType<typeof inPage.measured>;

/** What a visitor feels of clicks on a page of 10,000 rows: with everything captured, and with nothing, in turn. */
export async function measureClicks(): Promise<Measurement[]> {
  const server = await startBenchPage('clicks.ts');
  const without: Felt[] = [];
  const captured: Felt[] = [];
  try {
    for (let round = 0; round < ROUNDS; round++) {
      without.push(await visit(server, false));
      captured.push(await visit(server, true));
    }
  } finally {
    await server.stop();
  }

  const inp = (felt: Felt[]): number =>
    quantile(
      felt.flat().map(({ durationMs }) => durationMs),
      0.98,
    );
  const processing = (felt: Felt[]): number =>
    median(felt.flat().map(({ processingMs }) => processingMs));
  return [
    {
      name: `INP of ${ROUNDS * CLICKS} clicks on a page of 10,000 rows, captured`,
      value: inp(captured),
      unit: 'ms',
      baseline: { name: 'not captured', value: inp(without) },
    },
    {
      name: 'listeners of a click, above those of the page',
      value: processing(captured) - processing(without),
      unit: 'ms',
      target: { of: 'value', at: 'most', bound: 1 },
    },
  ];
}

async function visit(server: BenchPage, isCaptured: boolean): Promise<Felt> {
  const page = await server.open();
  try {
    await page.evaluate(() => inPage.show());
    if (isCaptured) await page.evaluate((url) => inPage.start(url), `${server.url}/stored`);
    await page.waitForTimeout(SETTLE_MS);
    const { x, y, height } = await page.evaluate(() => inPage.placeOfButtons());
    for (let click = 0; click < CLICKS; click++) {
      // As the browser takes a person's: it is the one that measures.
      await page.mouse.click(x + 5, y + 5 + height * (click % ROWS_IN_SIGHT));
      await page.waitForTimeout(PAUSE_MS);
    }
    await page.waitForTimeout(SETTLE_MS);
    const felt = await page.evaluate(() => inPage.measured());
    const events = isCaptured ? await page.evaluate(() => inPage.clicksCaptured()) : CLICKS;
    if (felt.length === CLICKS && events === CLICKS) return felt;
    throw new Error(
      `clicks: expected ${CLICKS} felt and captured, got ${felt.length} and ${events}`,
    );
  } finally {
    await page.context().close();
  }
}
