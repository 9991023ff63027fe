/** What the cells of a row say, and by which term of the filter rows like it are found. */

import { isWhole, laneOf, someAt, timeOf } from '../filter/fields.ts';
import { splitPath } from '../filter/parse.ts';
import { formatShard } from '../format.ts';
import { labelOf, latencyOf, type Row } from '../reading/rows.ts';

export type Value = string | number | boolean;

/** The columns every table has, in their order. Paths stand before `lane`. */
export const COLUMNS = [
  'time',
  'where',
  'key',
  'event',
  'lane',
  'size',
  'latency',
  'aggregate',
] as const;
export type Column = (typeof COLUMNS)[number];

/** How many of the columns stand before the paths. */
export const BEFORE_PATHS = 4;

/** The names of all cells of a row, in their order. A path is its own name. */
export function columnsWith(paths: readonly string[]): readonly string[] {
  return [...COLUMNS.slice(0, BEFORE_PATHS), ...paths, ...COLUMNS.slice(BEFORE_PATHS)];
}

/** What a row's event has at a path; the first, where a list has several. One that is none of the event's is a property. */
export function valueAt(row: Row, path: string): unknown {
  if (row.kind !== 'record') return undefined;
  const segments = splitPath(path);
  const whole = isWhole(segments) ? segments : ['properties', ...segments];
  let found: unknown;
  someAt(row.record.event, whole, (value) => {
    found = value;
    return true;
  });
  return found;
}

/** The term that shows only rows with the value of this cell. */
export function termOf(row: Row, cell: string): readonly [field: string, value: Value] | undefined {
  if (cell === 'time') return ['after', new Date(timeOf(row)).toISOString()];
  if (cell === 'where') {
    const { shardId } = row.kind === 'record' ? row.record : row;
    return shardId === undefined ? undefined : ['shard', formatShard(shardId)];
  }
  if (cell === 'lane') {
    const lane = laneOf(row);
    return lane === undefined ? undefined : ['lane', lane];
  }
  if (row.kind !== 'record') return cell === 'event' ? ['type', row.kind] : undefined;
  const { record } = row;
  switch (cell) {
    case 'key':
      return ['key', record.partitionKey];
    case 'size':
      return ['size', record.data.length];
    case 'latency': {
      const latency = latencyOf(record);
      return latency === undefined ? undefined : ['latency', latency];
    }
    case 'aggregate':
      return record.aggregateCount === undefined ? undefined : ['is', 'aggregated'];
    case 'type':
      return ['type', labelOf(record).type];
    case 'event': {
      const { name, type } = labelOf(record);
      return name === '' || !record.event ? ['type', type] : ['event', record.event.event ?? name];
    }
    case 'path': {
      const own = record.event?.properties?.path === undefined ? 'context.page' : 'properties';
      const { path } = labelOf(record);
      return path === undefined ? undefined : [`${own}.path`, path];
    }
    default: {
      const value = valueAt(row, cell);
      return isValue(value) ? [cell, value] : undefined;
    }
  }
}

/** A path's last segment, which heads its column. */
export function nameOf(path: string): string {
  return splitPath(path).at(-1) ?? path;
}

/** A value of a cell as text; of objects and lists their JSON. */
export function textOf(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function isValue(value: unknown): value is Value {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
