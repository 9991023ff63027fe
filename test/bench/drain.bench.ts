import { createProfile, type Profile } from '../helpers/browser.ts';
import { serveOnLoopback } from '../helpers/loopback-server.ts';
import type { Bench, Measurement } from './bench.ts';
import { serveBenchPage } from './bench-page.ts';
import { median } from './median.ts';
import type { Drained } from './pages/drain.ts';
import { startStubKinesis } from './relay/stub-kinesis.ts';
import { relayVariables, startWorkers } from './relay/workerd.ts';

/** The page's script, where `evaluate` runs. */
declare const inPage: typeof import('./pages/drain.ts');

const EVENTS = 20_000;
const ROUNDS = 3;

/** A long outage's queue, from the disk of a browser that was closed, to the relay's receipts. */
export const bench: Bench = { name: 'Drain of a queue, Chromium to workerd', run };

interface Round extends Drained {
  readonly plainMs: number;
}

async function run(): Promise<readonly Measurement[]> {
  const kinesis = await startStubKinesis();
  const workers = await startWorkers(relayVariables(kinesis.url));
  const pages = await serveBenchPage('drain.ts');
  const plain = await serveOnLoopback((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'access-control-allow-origin': '*' }).end('{}');
    });
  });
  const profile = await createProfile();
  try {
    const rounds: Round[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      rounds.push(await measure(profile, pages.origin, workers.relayUrl, plain.origin));
    }
    return report(rounds);
  } finally {
    await profile.remove();
    await plain.stop();
    await pages.stop();
    await workers.close();
    kinesis.close();
  }
}

async function measure(
  profile: Profile,
  pageUrl: string,
  relayUrl: string,
  plainUrl: string,
): Promise<Round> {
  const before = await profile.open();
  const filled = await (await before.newPage(pageUrl)).evaluate(
    ([url, events]) => inPage.fill(url, events),
    [`${pageUrl}/busy`, EVENTS] as const,
  );
  expectOutcome(filled, { queued: EVENTS, log: 'indexeddb' });
  await before.close();

  const browser = await profile.open();
  const page = await browser.newPage(pageUrl);
  const drained = await page.evaluate(([url, events]) => inPage.drain(url, events), [
    relayUrl,
    EVENTS,
  ] as const);
  const { stored, queued } = drained;
  expectOutcome({ stored, queued }, { stored: EVENTS, queued: 0 });
  const plainMs = await page.evaluate(([url, lengths]) => inPage.post(url, lengths), [
    plainUrl,
    drained.requests,
  ] as const);
  await browser.close();
  return { ...drained, plainMs };
}

function report(rounds: readonly Round[]): Measurement[] {
  const of = (figure: (round: Round) => number): number => median(rounds.map(figure));
  const plainS = of(({ plainMs }) => plainMs) / 1000;
  const wholeS = of(({ wholeMs }) => wholeMs) / 1000;
  const plain = 'the same bytes as plain requests';
  const queue = `${EVENTS.toLocaleString('en')} queued events`;
  return [
    {
      name: `${queue}: from createClient to the last receipt`,
      value: wholeS,
      unit: 's',
      baseline: { name: plain, value: plainS },
      target: { of: 'value', at: 'most', bound: 10 },
    },
    {
      name: 'the same, from the first request',
      value: of(({ sendingMs }) => sendingMs) / 1000,
      unit: 's',
      baseline: { name: plain, value: plainS },
    },
    {
      name: 'events per second',
      value: EVENTS / wholeS,
      unit: 'events/s',
      baseline: { name: plain, value: EVENTS / plainS },
    },
    { name: 'requests', value: of(({ requests }) => requests.length), unit: 'requests' },
    {
      name: 'bytes of a request, mean',
      value: of(
        ({ requests }) => requests.reduce((sum, bytes) => sum + bytes, 0) / requests.length,
      ),
      unit: 'B',
    },
  ];
}

/** A figure counts only where the work was done. */
function expectOutcome(got: object, expected: object): void {
  const [is, wanted] = [JSON.stringify(got), JSON.stringify(expected)];
  if (is !== wanted) throw new Error(`drain: expected ${wanted}, got ${is}`);
}
