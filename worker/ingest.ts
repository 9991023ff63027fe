/** A batch's way from admitted bytes to receipts: open, validate, enrich, key, aggregate, put. */

import { MAX_CLOCK_SKEW_MS } from '../src/protocol/limits.ts';
import type { BatchAnswer, RefusalCode } from '../src/protocol/receipt.ts';
import type { Admitted } from './admission/batch.ts';
import type { Source } from './configuration/source.ts';
import { type BatchFacts, edgeFactsOf, toIso } from './events/enrich.ts';
import { openBatch } from './events/open.ts';
import { prepareEntries } from './events/prepare.ts';
import { writeReceipts } from './events/receipts.ts';
import { Refusal } from './http/answer.ts';
import type { Hold } from './http/in-flight.ts';
import type { KinesisCall } from './kinesis/call.ts';
import { type PutReport, putUnits } from './kinesis/put.ts';
import { createPutCall } from './kinesis/put-call.ts';
import { planUnits } from './kinesis/unit.ts';
import type { RelayRuntime } from './runtime.ts';

/**
 * A wait drawn between these, so that the clients of an outage do not come back as one. It is the least that a client
 * waits, after a single lost reply too; who fails again adds its own backoff, which doubles.
 */
const WAIT_MS: Readonly<Record<Failure, readonly [number, number]>> = {
  throttled: [1000, 5000],
  unavailable: [1000, 5000],
  // Somebody has to change a setting first.
  misconfigured: [60_000, 300_000],
};

const FAILURE_CODES: Readonly<Record<Failure, RefusalCode>> = {
  throttled: 'stream_throttled',
  unavailable: 'stream_unavailable',
  misconfigured: 'stream_misconfigured',
};

type Failure = NonNullable<PutReport['failure']>;

/** The answer, or why there is none, and what the log says of the batch either way. */
export interface Ingested {
  readonly result: BatchAnswer | Refusal;
  readonly summary: Readonly<Record<string, unknown>>;
}

export async function ingest(
  { source, sentAt, payload, hold }: Admitted & { readonly hold: Hold['add'] },
  request: Request,
  kinesis: KinesisCall,
  runtime: RelayRuntime,
): Promise<Ingested> {
  const receivedAt = runtime.now();
  const batch = openBatch(payload);
  hold(batch.bytes);
  const facts: BatchFacts = {
    source: source.name,
    sentAt: toIso(sentAt),
    receivedAt: toIso(receivedAt),
    clockOffsetMs: batch.sender.clockOffset ?? 0,
    latest: receivedAt + MAX_CLOCK_SKEW_MS,
    edge: edgeFactsOf(request, source.ip),
  };
  const { positions, entries, rejections } = prepareEntries(
    batch.segments,
    facts,
    source,
    runtime.random,
  );
  const byKey = planUnits(entries, source);
  const report = await putUnits(
    byKey,
    createPutCall(kinesis, source.stream, source.region),
    runtime,
  );

  const { failure, fates } = report;
  const after = waitMs(failure ?? 'unavailable', runtime.random);
  const receipts = writeReceipts(positions, (index) => {
    const rejection = rejections.get(index);
    if (rejection) return rejection;
    const fate = fates.get(index);
    if (fate?.kind === 'stored') {
      return { status: 'stored', shard: fate.shard, sequence: fate.sequence };
    }
    if (fate) {
      const reason = `record: Kinesis refused it with ${fate.code}`;
      return { status: 'rejected', code: 'record_refused', reason };
    }
    return { status: 'retry', after };
  });
  const settled = fates.size + rejections.size;
  const result =
    failure && settled === 0
      ? new Refusal(FAILURE_CODES[failure], `stream: ${failure}, nothing was stored`, { after })
      : { now: runtime.now(), receipts, ...configOf(source) };
  const stored = [...fates.values()].filter(({ kind }) => kind === 'stored').length;
  return {
    result,
    summary: {
      source: source.name,
      sdk: batch.sender.sdk.slice(0, 64),
      events: batch.events,
      stored,
      retry: batch.events - settled,
      rejected: settled - stored,
      wireBytes: payload.length,
      bytes: batch.bytes,
      keys: byKey.size,
      calls: report.calls,
      putMs: runtime.now() - receivedAt,
      ...(failure ? { failure } : {}),
      ...(report.errors.size > 0 ? { errors: Object.fromEntries(report.errors) } : {}),
    },
  };
}

function waitMs(failure: Failure, random: () => number): number {
  const [least, most] = WAIT_MS[failure];
  return Math.round(least + random() * (most - least));
}

function configOf({ config }: Source): Pick<BatchAnswer, 'config'> {
  return Object.keys(config).length > 0 ? { config } : {};
}
