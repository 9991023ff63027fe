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
import { type PutCount, type StubKinesis, startStubKinesis } from './relay/stub-kinesis.ts';
import { openSession, relayVariables, startWorkers, type Workers } from './relay/workerd.ts';

const ROUNDS = 8;
const BATCHES_PER_ROUND = 150;
const EVENTS = 100;

/** Beside batches of {@link EVENTS}: by how many events a request's own cost is divided. */
const OTHER_SIZES = [1, 10, 50, 500];
const ROUNDS_PER_SIZE = 3;
/** Of each size in a round. */
const EVENTS_PER_ROUND = 4000;
const MAX_BATCHES_PER_ROUND = 200;

/** Enough to keep workerd busy, few enough that latency is its own and not a queue's. */
const CONCURRENCY = 2;

export const bench: Bench = { name: 'relay', run };

async function run(): Promise<readonly Measurement[]> {
  const kinesis = await startStubKinesis();
  const workers = await startWorkers(relayVariables(kinesis.url));
  try {
    const session = await openSession(workers.relayUrl);
    return [
      ...(await measure(workers, session)),
      ...(await measureSizes(workers, session)),
      ...(await measureUnits(workers, session, kinesis)),
    ];
  } finally {
    await workers.close();
    kinesis.close();
  }
}

async function measure(workers: Workers, session: SessionAnswer): Promise<readonly Measurement[]> {
  const relay = await relayTarget(workers, session, EVENTS);
  const ours = createAccount(relay);
  const baseline = createAccount(passThroughTarget(workers, 'whole', EVENTS));
  const bare = createAccount(passThroughTarget(workers, 'bare', EVENTS));
  const accounts = [ours, baseline, bare];
  await takeTurns(workers, accounts, ROUNDS, BATCHES_PER_ROUND);

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

/** What an event costs in batches of other sizes, and in requests of one. */
async function measureSizes(
  workers: Workers,
  session: SessionAnswer,
): Promise<readonly Measurement[]> {
  const measurements: Measurement[] = [];
  for (const events of OTHER_SIZES) {
    const ours = createAccount(await relayTarget(workers, session, events));
    const baseline = createAccount(passThroughTarget(workers, 'whole', events));
    const batches = Math.min(MAX_BATCHES_PER_ROUND, Math.ceil(EVENTS_PER_ROUND / events));
    await takeTurns(workers, [ours, baseline], ROUNDS_PER_SIZE, batches);
    const perEvent = ({ latencies, cpuMs }: Account): number =>
      (cpuMs * 1000) / (latencies.length * events);
    measurements.push({
      name: `processor time of an event, batches of ${events}`,
      value: perEvent(ours),
      unit: 'µs',
      baseline: { name: 'pass-through', value: perEvent(baseline) },
    });
  }
  return measurements;
}

/** What Amazon counts: 1,000 events of one client in batches of 50. */
async function measureUnits(
  workers: Workers,
  session: SessionAnswer,
  kinesis: StubKinesis,
): Promise<readonly Measurement[]> {
  const putsOf = async (target: Target): Promise<PutCount> => {
    const puts = kinesis.countPuts();
    await sendMany(target, 20, 1);
    return puts();
  };
  const ours = await putsOf(await relayTarget(workers, session, 50));
  const baseline = await putsOf(passThroughTarget(workers, 'whole', 50));
  return [
    {
      name: 'PUT payload units of 1,000 events, in batches of 50',
      value: ours.units,
      unit: 'units',
      baseline: { name: 'pass-through', value: baseline.units },
    },
    {
      name: 'bytes of an event on the stream',
      value: ours.bytes / 1000,
      unit: 'B',
      baseline: { name: 'pass-through', value: baseline.bytes / 1000 },
    },
  ];
}

async function relayTarget(
  workers: Workers,
  session: SessionAnswer,
  events: number,
): Promise<Target> {
  const body = await writeRelayBatch(session, events);
  return { url: `${workers.relayUrl}/v1/batch`, body, expectedStatus: 200 };
}

function passThroughTarget(workers: Workers, kind: 'whole' | 'bare', events: number): Target {
  return { url: workers.passThroughUrl, body: writePlainBatch(kind, events), expectedStatus: 200 };
}

/** All of them in each round, forth and back: what slows the machine slows all alike. */
async function takeTurns(
  workers: Workers,
  accounts: readonly Account[],
  rounds: number,
  batches: number,
): Promise<void> {
  // Compiled before it is timed.
  for (const { target } of accounts) await sendMany(target, batches, CONCURRENCY);
  for (let round = 0; round < rounds; round++) {
    for (const account of round % 2 ? accounts.toReversed() : accounts) {
      const before = await workers.cpuMs();
      account.latencies.push(...(await sendMany(account.target, batches, CONCURRENCY)));
      account.cpuMs += (await workers.cpuMs()) - before;
    }
  }
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
