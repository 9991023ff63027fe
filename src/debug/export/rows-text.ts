/** Rows as text for other programs: JSON lines that say all, or CSV for a spreadsheet. */

import type { ShardState } from '../../consumer/types.ts';
import { formatShard } from '../format.ts';
import { latencyOf, type RecordRow, type Row } from '../reading/rows.ts';
import { encodeBase64 } from './base64.ts';

export type TextFormat = 'ndjson' | 'csv';

/** Reads a path of an event: `properties.price`. */
type Read = (row: RecordRow) => unknown;

/** The lines, with their line breaks; the first of a CSV names the columns. */
export function* linesOf(
  rows: readonly Row[],
  format: TextFormat,
  paths: readonly string[],
): Generator<string, undefined> {
  if (format === 'ndjson') {
    for (const row of rows) yield `${JSON.stringify(jsonOf(row))}\n`;
    return undefined;
  }
  const columns = [...COLUMNS, ...paths.map((path): Column => [path, (row) => valueAt(row, path)])];
  yield csvLine(columns.map(([name]) => name));
  for (const row of rows) {
    // What is no record has a line too: an export that leaves gaps out would look whole.
    if (row.kind === 'record') yield csvLine(columns.map(([, read]) => read(row)));
    else yield csvLine(columns.map(([name]) => cellOf(row, name)));
  }
  return undefined;
}

export function shardsCsv(shards: readonly ShardState[]): string {
  const lines = shards.map((shard) => [
    shard.shardId,
    shard.status,
    shard.parents.join(' '),
    shard.hashKeys.start,
    shard.hashKeys.end,
    shard.records,
    shard.bytes,
    shard.millisBehindLatest,
    shard.lastSequenceNumber,
    shard.reads,
    shard.throttledReads,
    shard.loss ?? shard.error,
  ]);
  return [SHARD_COLUMNS, ...lines].map(csvLine).join('');
}

const SHARD_COLUMNS = [
  ...['shard', 'status', 'parents', 'hash_key_start', 'hash_key_end', 'records', 'bytes'],
  ...['millis_behind_latest', 'last_sequence', 'reads', 'throttled_reads', 'problem'],
];

type Column = readonly [name: string, read: Read];

const COLUMNS: readonly Column[] = [
  ['arrived', ({ record }) => timeOf(record.arrivedAt ?? record.readAt)],
  ['row', ({ verdict }) => (verdict === 'new' ? 'record' : verdict)],
  ['shard', ({ record }) => formatShard(record.shardId)],
  ['sequence', ({ record }) => record.sequenceNumber],
  ['sub_sequence', ({ record }) => record.subSequenceNumber],
  ['key', ({ record }) => record.partitionKey],
  ['type', ({ record }) => record.event?.type],
  ['event', ({ record }) => record.event?.event],
  ['lane', ({ record }) => record.event?.rivulet.lane],
  ['seq', ({ record }) => record.event?.rivulet.seq],
  ['user', ({ record }) => record.event?.userId],
  ['client', ({ record }) => record.event?.anonymousId],
  ['bytes', ({ record }) => record.data.length],
  ['latency_ms', ({ record }) => latencyOf(record)],
];

function cellOf(row: Exclude<Row, RecordRow>, column: string): unknown {
  if (column === 'arrived') return timeOf(row.at);
  if (column === 'shard') return row.shardId && formatShard(row.shardId);
  if (row.kind === 'note') {
    if (column === 'row') return row.note;
    return column === 'event' ? row.text : undefined;
  }
  const { lane, first, count } = row.range;
  if (column === 'row') return 'gap';
  if (column === 'lane') return lane;
  return column === 'seq' ? (count === 1 ? first : `${first}-${first + count - 1}`) : undefined;
}

function jsonOf(row: Row): unknown {
  if (row.kind !== 'record') {
    const { kind, id, at, ...rest } = row;
    return { kind, at: timeOf(at), ...rest };
  }
  const { record, verdict } = row;
  const { shardId, sequenceNumber, subSequenceNumber, partitionKey, event, data } = record;
  const { arrivedAt, readAt, undecoded, kclDrops } = record;
  return {
    kind: 'record',
    ...{ shardId, sequenceNumber, subSequenceNumber, partitionKey, verdict },
    arrivedAt: arrivedAt === undefined ? undefined : timeOf(arrivedAt),
    readAt: timeOf(readAt),
    undecoded,
    ...(kclDrops ? { kclDrops } : {}),
    // What is no event of ours is kept as it came.
    ...(event ? { event } : { data: encodeBase64(data) }),
  };
}

function valueAt({ record }: RecordRow, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, name) =>
        typeof value === 'object' && value !== null
          ? (value as Record<string, unknown>)[name]
          : undefined,
      record.event,
    );
}

function csvLine(values: readonly unknown[]): string {
  return `${values.map(csvCell).join(',')}\r\n`;
}

/** RFC 4180. Data that anybody may write must not become a formula in somebody's spreadsheet. */
export function csvCell(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}
