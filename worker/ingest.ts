/** A batch's way from admitted bytes to receipts: open, validate, enrich, key, aggregate, put. */

import { MAX_CLOCK_SKEW_MS } from '../src/protocol/limits.ts';
import type { BatchAnswer } from '../src/protocol/receipt.ts';
import type { Admitted } from './admission/batch.ts';
import type { Source } from './configuration/source.ts';
import { senderContextOf } from './events/enrich.ts';
import { toIso } from './events/moment.ts';
import { openBatch } from './events/open.ts';
import { prepareEntries } from './events/prepare.ts';
import { type Verdict, writeReceipts } from './events/receipts.ts';
import type { BatchFacts } from './events/record.ts';
import { configFor } from './events/sampling.ts';
import { createVerdicts, refusalOf } from './events/verdicts.ts';
import type { Refusal } from './http/answer.ts';
import type { Hold } from './http/in-flight.ts';
import type { Fate } from './kinesis/put-report.ts';
import type { StreamWriter, WriteReport } from './kinesis/stream-writer.ts';
import type { BatchSummary } from './operation/batch-summary.ts';
import type { RelayRuntime } from './runtime.ts';

/** The answer, or why there is none, and what the log says of the batch either way. */
export interface Ingested {
  readonly result: BatchAnswer | Refusal;
  readonly summary: BatchSummary;
}

/** A batch, and what it arrived at. */
export interface Arrived extends Admitted {
  /** Counts what it takes of memory. */
  readonly hold: Hold['add'];
  /** The relay's, for what has to be hashed. */
  readonly secret: string;
}

export async function ingest(
  { source, client, sentAt, payload, hold, secret }: Arrived,
  request: Request,
  writer: StreamWriter,
  runtime: RelayRuntime,
): Promise<Ingested> {
  const receivedAt = runtime.now();
  const batch = openBatch(payload, source.limits);
  hold(batch.bytes);
  const facts: BatchFacts = {
    source: source.name,
    client,
    sentAt: toIso(sentAt),
    receivedAt: toIso(receivedAt),
    clockOffsetMs: batch.sender.clockOffset ?? 0,
    latest: receivedAt + MAX_CLOCK_SKEW_MS,
    ...senderContextOf(request, source, secret, receivedAt),
  };
  const { positions, entries, rejections, oldestAt } = prepareEntries(
    batch.segments,
    facts,
    source,
    runtime.random,
  );
  const { after = {} } = batch.sender;
  const putAt = runtime.now();
  const report = await writer.write({
    source,
    entries,
    afterOf(index) {
      const { lane = '' } = positions[index] ?? {};
      return Object.hasOwn(after, lane) ? after[lane] : undefined;
    },
  });
  const answeredAt = runtime.now();

  const verdictOf = createVerdicts(runtime);
  const fates = [...report.fates.values()];
  const refusal = rejections.size === 0 ? refusalOf(fates, verdictOf) : undefined;
  const verdicts = positions.map(
    (_, index) => rejections.get(index) ?? verdictOf(report.fates.get(index) as Fate),
  );
  const receipts = writeReceipts(positions, (index) => verdicts[index] as Verdict);
  return {
    result: refusal ?? { now: answeredAt, receipts, ...configOf(source, client) },
    summary: {
      source: source.name,
      sdk: batch.sender.sdk.slice(0, 64),
      ...(refusal ? { code: refusal.code } : {}),
      events: batch.events,
      ...countVerdicts(verdicts),
      wireBytes: payload.length,
      bytes: batch.bytes,
      ...describeReport(report),
      ms: answeredAt - receivedAt,
      putMs: answeredAt - putAt,
      oldestMs: oldestAt === undefined ? 0 : Math.max(0, receivedAt - oldestAt),
    },
  };
}

function countVerdicts(
  verdicts: readonly Verdict[],
): Pick<BatchSummary, 'stored' | 'retry' | 'unknown' | 'rejected' | 'rejections'> {
  const counts = { stored: 0, retry: 0, rejected: 0 };
  const rejections = new Map<string, number>();
  let unknown = 0;
  for (const verdict of verdicts) {
    counts[verdict.status]++;
    if (verdict.status === 'retry' && verdict.unknown) unknown++;
    if (verdict.status !== 'rejected') continue;
    rejections.set(verdict.code, (rejections.get(verdict.code) ?? 0) + 1);
  }
  return {
    ...counts,
    ...(unknown > 0 ? { unknown } : {}),
    ...(rejections.size > 0 ? { rejections: Object.fromEntries(rejections) } : {}),
  };
}

function describeReport({
  fates,
  errors,
  throttledKeys,
  throttledShards,
  openStreams,
  keys,
  calls,
  records,
  payloadUnits,
}: WriteReport): Pick<
  BatchSummary,
  'keys' | 'calls' | 'records' | 'payloadUnits' | 'hotKeys' | 'hotShards' | 'failure' | 'errors'
> {
  const failures = [...fates.values()].flatMap((fate) =>
    fate.kind === 'retry' ? [fate.failure] : [],
  );
  return {
    ...{ keys, calls, records, payloadUnits },
    ...(throttledKeys.size > 0 ? { hotKeys: throttledKeys.size } : {}),
    ...(throttledShards.size > 0 ? { hotShards: [...throttledShards] } : {}),
    ...(openStreams.length > 0 ? { openStreams } : {}),
    ...(failures[0] ? { failure: failures[0] } : {}),
    ...(errors.size > 0 ? { errors: Object.fromEntries(errors) } : {}),
  };
}

function configOf(source: Source, client: string): Pick<BatchAnswer, 'config'> {
  const config = configFor(source, client);
  return Object.keys(config).length > 0 ? { config } : {};
}
