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
import { startWorkers, type Workers } from './relay/workerd.ts';

const ROUNDS = 8;
const BATCHES_PER_ROUND = 150;
/** Enough to keep workerd busy, few enough that latency is its own and not a queue's. */
const CONCURRENCY = 2;

export const bench: Bench = { name: 'relay', run };

async function run(): Promise<readonly Measurement[]> {
  const kinesis = await startStubKinesis();
  const workers = await startWorkers({
    RELAY_SECRET: 'a secret of at least thirty-two characters',
    RELAY_AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    RELAY_AWS_SECRET_ACCESS_KEY: 'local',
    RELAY_AWS_REGION: 'us-east-1',
    RELAY_KINESIS_ENDPOINT: kinesis.url,
    SOURCES: '{"wk":{"name":"shop","stream":"clickstream","origins":"*"}}',
  });
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
  const passThrough: Target = {
    url: workers.passThroughUrl,
    body: writePlainBatch(),
    expectedStatus: 200,
  };
  // Both compiled before either is timed.
  for (const target of [relay, passThrough]) await sendMany(target, BATCHES_PER_ROUND, CONCURRENCY);

  const ours = { latencies: [] as number[], cpuMs: 0 };
  const baseline = { latencies: [] as number[], cpuMs: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const turns = [
      { target: relay, account: ours },
      { target: passThrough, account: baseline },
    ];
    for (const { target, account } of round % 2 ? turns.reverse() : turns) {
      const before = await workers.cpuMs();
      account.latencies.push(...(await sendMany(target, BATCHES_PER_ROUND, CONCURRENCY)));
      account.cpuMs += (await workers.cpuMs()) - before;
    }
  }

  const bomb = { ...relay, body: await writeBomb(session), expectedStatus: 413 };
  await sendMany(bomb, 5, 1);
  const bombs = await sendMany(bomb, 50, 1);
  const perCore = ({ latencies, cpuMs }: typeof ours) => latencies.length / (cpuMs / 1000);
  return [
    {
      name: 'batches of 100 events per second and core',
      value: perCore(ours),
      unit: 'batches/s',
      baseline: { name: 'pass-through', value: perCore(baseline) },
      target: { of: 'ratio', at: 'least', bound: 1.5 },
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

async function openSession(relayUrl: string): Promise<SessionAnswer> {
  const body = JSON.stringify({ writeKey: 'wk', client: 'bench', sdk: 'rivulet/bench' });
  const response = await fetch(`${relayUrl}/v1/session`, { method: 'POST', body });
  return (await response.json()) as SessionAnswer;
}
