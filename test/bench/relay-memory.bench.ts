/** The relay's memory under load that does not end: five minutes, all of them on one isolate. */

import type { SessionAnswer } from '../../src/protocol/session.ts';
import type { Bench, Measurement } from './bench.ts';
import { median } from './median.ts';
import { sendMany, type Target, writeBomb, writeRelayBatch } from './relay/load.ts';
import { startStubKinesis } from './relay/stub-kinesis.ts';
import { openSession, relayVariables, startWorkers, type Workers } from './relay/workerd.ts';

const MINUTES = 5;
const CONCURRENCY = 8;
const BATCHES_PER_ROUND = 200;

export const bench: Bench = { name: 'relay-memory', run };

async function run(): Promise<readonly Measurement[]> {
  const kinesis = await startStubKinesis();
  const workers = await startWorkers(relayVariables(kinesis.url));
  try {
    return await measure(workers, await openSession(workers.relayUrl));
  } finally {
    await workers.close();
    kinesis.close();
  }
}

/** Batches of every size, and a bomb among them. By minute, so that growth is told from size. */
async function measure(workers: Workers, session: SessionAnswer): Promise<readonly Measurement[]> {
  const url = `${workers.relayUrl}/v1/batch`;
  const target = async (events: number): Promise<Target> => ({
    url,
    body: await writeRelayBatch(session, events),
    expectedStatus: 200,
  });
  const startedAt = performance.now();
  const byMinute: number[][] = [];
  let batches = 0;
  for (;;) {
    const minute = Math.floor((performance.now() - startedAt) / 60_000);
    if (minute >= MINUTES) break;
    // Dated anew: the relay refuses what was sent long ago.
    const targets = await Promise.all([target(1), target(100), target(500)]);
    const bomb: Target = { url, body: await writeBomb(session), expectedStatus: 413 };
    for (const each of targets) await sendMany(each, BATCHES_PER_ROUND, CONCURRENCY);
    await sendMany(bomb, CONCURRENCY, CONCURRENCY);
    batches += targets.length * BATCHES_PER_ROUND;
    const samples = byMinute[minute] ?? [];
    samples.push(await workers.residentMib());
    byMinute[minute] = samples;
  }
  const perMinute = byMinute.filter(Boolean).map(median);
  const [, second = Number.NaN] = perMinute;
  const last = perMinute.at(-1) ?? Number.NaN;
  return [
    { name: 'batches sent', value: batches, unit: 'batches' },
    ...perMinute.map((value, minute) => ({
      name: `resident memory of workerd, minute ${minute + 1}`,
      value,
      unit: 'MiB',
    })),
    {
      name: 'the last minute against the second',
      value: last,
      unit: 'MiB',
      baseline: { name: 'minute 2', value: second },
      target: { of: 'ratio', at: 'most', bound: 1.1 },
    },
  ];
}
