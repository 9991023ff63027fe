/** The relay against a Worker that only passes through: same workerd, same stub of Kinesis, taking turns. */

import { gzipSync } from 'node:zlib';
import type { SessionAnswer } from '../../src/protocol/session.ts';
import type { Bench, Measurement } from './bench.ts';
import {
  percentile,
  sendMany,
  type Target,
  writeBomb,
  writePlainBatch,
  writeRelayBatch,
} from './relay/load.ts';
import { startStubKinesis } from './relay/stub-kinesis.ts';
import { relayVariables, startWorkers, type Workers } from './relay/workerd.ts';

const ROUNDS = 8;
const BATCHES_PER_ROUND = 150;
/** Enough to keep workerd busy, few enough that latency is its own and not a queue's. */
const CONCURRENCY = 2;

export const bench: Bench = { name: 'relay', run };

async function run(): Promise<readonly Measurement[]> {
  const kinesis = await startStubKinesis();
  const workers = await startWorkers(relayVariables(kinesis.url));
  try {
    return await measure(workers);
  } finally {
    await workers.close();
    kinesis.close();
  }
}

async function measure(workers: Workers): Promise<readonly Measurement[]> {
  const session = await openSession(workers.relayUrl);
  const relay: Target = {
    url: `${workers.relayUrl}/v1/batch`,
    body: await writeRelayBatch(session),
    expectedStatus: 200,
  };
  const passThrough = (events: 'whole' | 'bare'): Target => ({
    url: workers.passThroughUrl,
    body: writePlainBatch(events),
    expectedStatus: 200,
  });
  const ours = createAccount(relay);
  const baseline = createAccount(passThrough('whole'));
  const bare = createAccount(passThrough('bare'));
  const accounts = [ours, baseline, bare];
  // Compiled before it is timed.
  for (const { target } of accounts) await sendMany(target, BATCHES_PER_ROUND, CONCURRENCY);
  for (let round = 0; round < ROUNDS; round++) {
    for (const account of round % 2 ? accounts.toReversed() : accounts) {
      const before = await workers.cpuMs();
      account.latencies.push(...(await sendMany(account.target, BATCHES_PER_ROUND, CONCURRENCY)));
      account.cpuMs += (await workers.cpuMs()) - before;
    }
  }

  const bomb = { ...relay, body: await writeBomb(session), expectedStatus: 413 };
  await sendMany(bomb, 5, 1);
  const bombs = await sendMany(bomb, 50, 1);
  return [
    {
      name: 'batches of 100 events per second and core',
      value: perCore(ours),
      unit: 'batches/s',
      baseline: { name: 'pass-through', value: perCore(baseline) },
      target: { of: 'ratio', at: 'least', bound: 1.5 },
    },
    {
      name: 'the same against events without identity and context',
      value: perCore(ours),
      unit: 'batches/s',
      baseline: { name: 'pass-through of bare events', value: perCore(bare) },
    },
    {
      name: 'p99 latency of a batch',
      value: percentile(ours.latencies, 0.99),
      unit: 'ms',
      baseline: { name: 'pass-through', value: percentile(baseline.latencies, 0.99) },
      target: { of: 'ratio', at: 'most', bound: 1.5 },
    },
    {
      name: 'p50 latency of a batch',
      value: percentile(ours.latencies, 0.5),
      unit: 'ms',
      baseline: { name: 'pass-through', value: percentile(baseline.latencies, 0.5) },
    },
    {
      name: 'refusal of 64 KiB gzip that inflate to 64 MiB, p50',
      value: percentile(bombs, 0.5),
      unit: 'ms',
      target: { of: 'value', at: 'most', bound: 10 },
    },
    {
      name: 'relay script, gzipped',
      value: gzipSync(workers.relayScript).length / 1024,
      unit: 'KiB',
      target: { of: 'value', at: 'most', bound: 100 },
    },
  ];
}

interface Account {
  readonly target: Target;
  readonly latencies: number[];
  cpuMs: number;
}

function createAccount(target: Target): Account {
  return { target, latencies: [], cpuMs: 0 };
}

/** By processor time, which neighbours on the machine disturb less than the clock. */
function perCore({ latencies, cpuMs }: Account): number {
  return latencies.length / (cpuMs / 1000);
}

async function openSession(relayUrl: string): Promise<SessionAnswer> {
  const body = JSON.stringify({ writeKey: 'wk', client: 'bench', sdk: 'rivulet/bench' });
  const response = await fetch(`${relayUrl}/v1/session`, { method: 'POST', body });
  return (await response.json()) as SessionAnswer;
}
