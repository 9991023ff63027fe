/** The relay's figures as Prometheus reads them. `worker/operation/dashboard.json` draws them. */

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { BatchSummary, RefusalSummary } from '../operation/batch-summary.ts';

/** A put ends within five seconds. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Events come from the last page view, or from a device that was offline for a month. */
const AGE_SECONDS = [1, 10, 60, 600, 3600, 21_600, 86_400, 604_800, 2_592_000];

export interface Metrics {
  readonly record: (batch: BatchSummary) => void;
  readonly recordRefusal: (refusal: RefusalSummary) => void;
  /** Call when a request arrives; what it returns, when it is answered. */
  readonly arrive: () => () => void;
  readonly contentType: string;
  readonly text: () => Promise<string>;
}

/** `openStreams`: those that are not asked now, because they have failed too often. */
export function createMetrics(openStreams: () => ReadonlyMap<string, boolean>): Metrics {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  const bySource = ['source'] as const;
  const counter = <Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
  ): Counter<Label> => new Counter({ name: `rivulet_${name}_total`, help, labelNames, registers });
  const histogram = (name: string, help: string, buckets: number[]): Histogram<'source'> =>
    new Histogram({ name: `rivulet_${name}`, help, labelNames: bySource, buckets, registers });

  const batches = counter('batches', 'Batches by outcome: ok, or why nothing was stored', [
    'source',
    'code',
  ]);
  const events = counter('events', 'Events by receipt: stored, retry, rejected', [
    'source',
    'status',
  ]);
  const unknown = counter('unknown_events', 'Events that come again and may be stored', bySource);
  const rejections = counter('rejections', 'Rejected events by code', ['source', 'code']);
  const refusals = counter('refusals', 'Requests refused before there was a batch', [
    'path',
    'code',
  ]);
  const wireBytes = counter('wire_bytes', 'Bytes of batches as they travelled', bySource);
  const bytes = counter('bytes', 'Bytes of batches after gunzip', bySource);
  const calls = counter('kinesis_calls', 'Calls of Kinesis that write', bySource);
  const records = counter('kinesis_records', 'Kinesis records stored', bySource);
  const units = counter('kinesis_payload_units', 'PUT payload units of 25 KB', bySource);
  const errors = counter('kinesis_errors', 'Failed calls and entries by what Kinesis says', [
    'source',
    'error',
  ]);
  const hotKeys = counter('hot_keys', 'Partition keys that Kinesis throttled', bySource);
  const hotShards = counter('hot_shards', 'Batches that a shard throttled', ['source', 'shard']);
  const batchSeconds = histogram('batch_seconds', 'From arrival to answer', SECONDS);
  const putSeconds = histogram('put_seconds', 'Of these, waiting for Kinesis', SECONDS);
  const oldest = histogram('oldest_event_seconds', 'Age of the oldest event', AGE_SECONDS);
  const inFlight = new Gauge({
    name: 'rivulet_requests_in_flight',
    help: 'Requests that are being answered',
    registers,
  });
  new Gauge({
    name: 'rivulet_stream_open',
    help: '1: the stream is not asked, because it has failed too often',
    labelNames: ['stream'],
    registers,
    collect() {
      this.reset();
      for (const [stream, isOpen] of openStreams()) this.set({ stream }, Number(isOpen));
    },
  });
  collectDefaultMetrics({ register: registry });

  return {
    record(batch) {
      const { source } = batch;
      batches.inc({ source, code: batch.code ?? 'ok' });
      for (const status of ['stored', 'retry', 'rejected'] as const) {
        events.inc({ source, status }, batch[status]);
      }
      unknown.inc({ source }, batch.unknown ?? 0);
      for (const [code, count] of Object.entries(batch.rejections ?? {})) {
        rejections.inc({ source, code }, count);
      }
      for (const [error, count] of Object.entries(batch.errors ?? {})) {
        errors.inc({ source, error }, count);
      }
      for (const shard of batch.hotShards ?? []) hotShards.inc({ source, shard });
      hotKeys.inc({ source }, batch.hotKeys ?? 0);
      wireBytes.inc({ source }, batch.wireBytes);
      bytes.inc({ source }, batch.bytes);
      calls.inc({ source }, batch.calls);
      records.inc({ source }, batch.records);
      units.inc({ source }, batch.payloadUnits);
      batchSeconds.observe({ source }, batch.ms / 1000);
      putSeconds.observe({ source }, batch.putMs / 1000);
      oldest.observe({ source }, batch.oldestMs / 1000);
    },
    recordRefusal: ({ path, code }) => refusals.inc({ path, code }),
    arrive() {
      inFlight.inc();
      return () => inFlight.dec();
    },
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}
