import { callWithin } from '../consumer/run/call.ts';
import type { Handler } from '../consumer/run/types.ts';
import type { ConsumedRecord, Position } from '../consumer/types.ts';
import { RivuletError } from '../errors.ts';
import { backoffMs } from '../transport/retry.ts';
import { decodeKinesisEvent } from './decode-event.ts';
import {
  type KinesisFailure,
  type KinesisHandlerOptions,
  resolveKinesisOptions,
} from './options.ts';
import type {
  KinesisBatchResponse,
  KinesisEvent,
  KinesisPipeEvent,
  LambdaContext,
} from './types.ts';

/** A function for AWS Lambda. */
export type KinesisFunction = (
  event: KinesisEvent | KinesisPipeEvent,
  context?: LambdaContext,
) => Promise<KinesisBatchResponse>;

const RETRY_MAX_MS = 5000;

/** The longest that Lambda lets a function run: docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html */
const LONGEST_MS = 15 * 60_000;

/**
 * Makes a function for AWS Lambda out of a handler such as `consumer.run` takes: each record is handed out at least once and
 * in the order of its shard. When a call fails, its records are halved down to the one that fails, and Lambda is told to go
 * on from there. It counts Kinesis records: of an aggregate that failed in the middle, what was done before is left out when
 * it comes back to the same instance of the function, and comes again in another.
 *
 * @example
 * export const handler = handleKinesis(async (records) => save(records));
 */
export function handleKinesis(
  handler: Handler,
  options: KinesisHandlerOptions = {},
): KinesisFunction {
  const resolved = resolveKinesisOptions(handler, options);
  const { batchSize, attempts, park, filter, reserveMs, reportsFailures, onFailure } = resolved;
  const { now, random, delay } = resolved.runtime;
  const retrying = { retryBaseMs: resolved.retryDelayMs, retryMaxMs: RETRY_MAX_MS };
  /** By shard, of the aggregate that failed in the middle: up to where it is done. */
  const places = new Map<string, Position>();

  async function handleBatch(
    event: KinesisEvent | KinesisPipeEvent,
    context: LambdaContext = {},
  ): Promise<KinesisBatchResponse> {
    const leftMs = createTimer(context);
    const decoded = decodeKinesisEvent(event, now());
    const place = placeOf(event, decoded);
    const after = places.get(place);
    const records = decoded.filter((record) => !(after && isDone(record, after)));
    let done: Position | undefined = after;
    let hasCalled = false;

    async function hand(batch: readonly ConsumedRecord[], attempt: number): Promise<void> {
      const timeoutMs = leftMs();
      const [first] = batch;
      if (!first) return;
      if (hasCalled && timeoutMs <= 0) throw outOfTime(records.length);
      hasCalled = true;
      const { shardId } = first;
      await callWithin('handler', (signal) => handler(batch, { shardId, attempt, signal }), {
        timeoutMs,
        delay,
        signal: new AbortController().signal,
      });
    }

    /** What stands in the way of the batch, `undefined` when it is done. */
    async function work(batch: readonly ConsumedRecord[]): Promise<KinesisFailure | undefined> {
      const [first] = batch;
      const last = batch.at(-1);
      if (!first || !last) return undefined;
      const wanted = filter ? batch.filter(filter.isWanted) : batch;
      try {
        await hand(wanted, 1);
      } catch (error) {
        if (batch.length > 1 && leftMs() > 0) {
          const half = Math.ceil(batch.length / 2);
          return (await work(batch.slice(0, half))) ?? (await work(batch.slice(half)));
        }
        const failure = { record: first, error };
        const lasting = park && leftMs() > 0 ? await insist(failure) : failure;
        if (lasting) return lasting;
      }
      done = last;
      if (filter) wanted.forEach(filter.done);
      return undefined;
    }

    /** Tries a record that failed again, and then parks it. */
    async function insist({ record, error }: KinesisFailure): Promise<KinesisFailure | undefined> {
      let latest = error;
      for (let attempt = 2; attempt <= attempts; attempt++) {
        const waitMs = backoffMs(attempt - 1, retrying, random);
        if (waitMs >= leftMs()) return { record, error: latest };
        await new Promise<void>((resolve) => delay(resolve, waitMs));
        try {
          await hand([record], attempt);
          return undefined;
        } catch (thrown) {
          latest = thrown;
        }
      }
      try {
        await park?.({ record, error: latest, attempts });
        return undefined;
      } catch (thrown) {
        return { record, error: thrown };
      }
    }

    let failure: KinesisFailure | undefined;
    for (let at = 0; at < records.length && !failure; at += batchSize) {
      failure = await work(records.slice(at, at + batchSize));
    }
    if (failure && done && isInside(failure.record, done)) places.set(place, done);
    else places.delete(place);
    if (!failure) return { batchItemFailures: [] };
    // A pipe's rules of partial answers are its own: it brings the batch again.
    if (!reportsFailures || Array.isArray(event)) throw failure.error;
    onFailure(failure);
    return { batchItemFailures: [{ itemIdentifier: failure.record.sequenceNumber }] };
  }

  /** What is left of the function's time, without what is kept for the answer: no more than half of it. */
  function createTimer(context: LambdaContext): () => number {
    const remainingMs = (): number => context.getRemainingTimeInMillis?.() ?? LONGEST_MS;
    const reserved = Math.min(reserveMs, remainingMs() / 2);
    return () => remainingMs() - reserved;
  }

  return handleBatch;
}

/** One function may serve several streams, and several shards of each. */
function placeOf(
  event: KinesisEvent | KinesisPipeEvent,
  [first]: readonly ConsumedRecord[],
): string {
  const [record] = 'Records' in event ? event.Records : event;
  return `${record?.eventSourceARN} ${first?.shardId}`;
}

/** Whether the record follows in the same aggregate. In one that somebody else took apart its number would tell nothing. */
function isInside({ aggregateCount, sequenceNumber }: ConsumedRecord, done: Position): boolean {
  return aggregateCount !== undefined && sequenceNumber === done.sequenceNumber;
}

function isDone(record: Position, after: Position): boolean {
  return (
    record.sequenceNumber === after.sequenceNumber &&
    record.subSequenceNumber <= after.subSequenceNumber
  );
}

function outOfTime(count: number): RivuletError {
  return new RivuletError(
    'handler_failed',
    `time: expected enough of it for a batch of ${count} records, got less: a smaller batch or a longer timeout helps`,
  );
}
