/** `npm run soak`: random faults over the real pipeline and several tabs, and the ledger at the end. `-- --minutes n --seed n`. */
import { parseArgs } from 'node:util';
import { createLocalClient } from '../../demo/launcher/kinesis-local.ts';
import { startPipeline } from '../../demo/launcher/pipeline.ts';
import { createProfile } from '../helpers/browser.ts';
import { computeAccount } from '../helpers/compute-account.ts';
import { startPageServer } from '../helpers/page-server.ts';
import { openStreamTail } from '../helpers/stream-tail.ts';
import { createWitness } from '../helpers/witness.ts';
import { startFaults } from './faults.ts';
import { readHeaps, readRelayBytes } from './memory.ts';
import { createTabs } from './tabs.ts';

const REPORT_MS = 30_000;

/** What a page may hold when all is delivered, after a garbage collection. One that starts holds 2 MiB. */
const MAX_HEAP_BYTES = 16 * 1024 * 1024;
const MAX_BATCH_EVENTS = 500;

const { values } = parseArgs({
  options: { minutes: { type: 'string' }, seed: { type: 'string' } },
});
const minutes = Number(values.minutes ?? 10);
const seed = Number(values.seed ?? Math.floor(Math.random() * 1e6));

const pipeline = await startPipeline();
const site = await startPageServer({
  ...{ endpoint: pipeline.relay.gate.url, writeKey: pipeline.writeKey },
  ...{ flushIntervalMs: 500, retryBaseMs: 200, retryMaxMs: 3_000, requestTimeoutMs: 5_000 },
});
const tail = await openStreamTail(
  createLocalClient(pipeline.kinesis?.url ?? '', pipeline.region),
  pipeline.stream,
);
const witness = createWitness();
const profile = await createProfile(witness.attend);
const tabs = createTabs({ profile, url: site.url });

try {
  process.exitCode = await soak();
} finally {
  await profile.remove();
  tail.close();
  await site.stop();
  await pipeline.stop();
}

async function soak(): Promise<number> {
  console.log(`soak: ${minutes} min, --seed ${seed}`);
  const startedAt = Date.now();
  await tabs.start();
  const faults = startFaults({ pipeline, tabs, seed });
  const lines = setInterval(() => void report(startedAt), REPORT_MS);
  while (Date.now() < startedAt + minutes * 60_000) await faults.next();
  clearInterval(lines);
  await faults.heal();
  await tabs.drain();
  await report(startedAt);

  const events = (await tail.readToEnd()).map(({ event }) => event);
  const account = await computeAccount({ witness, profile }, events, true);
  const heaps = await readHeaps(tabs.pages());
  const heap = Math.max(0, ...heaps);
  // What a tab has told last before it was killed may not have arrived.
  const unknown = witness.inDoubt() + tabs.kills() * MAX_BATCH_EVENTS;
  const checks: readonly (readonly [what: string, isRight: boolean])[] = [
    ['something was captured', account.captured > 0],
    ['lost 0', account.lost === 0],
    ['queued 0', account.queued === 0],
    ['out of order 0', account.disordered === 0],
    [`duplicates at most ${unknown}, whose outcome was unknown`, account.duplicates <= unknown],
    [`heap of a page at most ${toMiB(MAX_HEAP_BYTES)}`, heap > 0 && heap <= MAX_HEAP_BYTES],
  ];
  console.log('faults', faults.counts());
  console.log('ledger', { ...account, heap: toMiB(heap) });
  for (const [what, isRight] of checks) console.log(`${isRight ? 'ok    ' : 'FAILED'} ${what}`);
  return checks.every(([, isRight]) => isRight) ? 0 : 1;
}

async function report(startedAt: number): Promise<void> {
  const told = witness.lanes();
  const captured = told.reduce((sum, lane) => sum + lane.captured, 0);
  const arrived = await tail.readToEnd();
  const stored = new Set(arrived.map(({ event }) => event.messageId)).size;
  const heap = Math.max(0, ...(await readHeaps(tabs.pages())));
  console.log(
    [
      `${Math.round((Date.now() - startedAt) / 1000)} s`,
      `captured ${captured}`,
      `stored ${stored}`,
      `queued ${await tabs.queued()}`,
      `duplicates ${arrived.length - stored}`,
      `page heap ${toMiB(heap)}`,
      `relay ${toMiB(readRelayBytes())}`,
    ].join(', '),
  );
}

function toMiB(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
