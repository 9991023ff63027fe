/** What a row says under each of the filter's names, and under any path of its event. */

import { parseDrop } from '../../protocol/drop.ts';
import { isObject } from '../../protocol/parsed.ts';
import { formatShard } from '../format.ts';
import { isProblem, labelOf, latencyOf, latenessOf, type Row } from '../reading/rows.ts';
import type { FilterContext } from './types.ts';

/** A value, or several of which any counts. `undefined` where the row has none. */
export type FieldOf = (row: Row) => unknown;

/** How the text after a field is taken. Ids and keys are other ones in another case. */
export type FieldKind = 'name' | 'id' | 'start' | 'number' | 'bytes' | 'time';

interface Field {
  readonly kind: FieldKind;
  readonly of: FieldOf;
}

const ofRecord =
  (of: (row: Extract<Row, { kind: 'record' }>) => unknown): FieldOf =>
  (row) =>
    row.kind === 'record' ? of(row) : undefined;

export const FIELDS: Readonly<Record<string, Field>> = {
  type: { kind: 'name', of: typeOf },
  event: {
    kind: 'name',
    of: (row) => {
      if (row.kind === 'note') return row.note;
      return row.kind === 'record'
        ? (row.record.event?.event ?? labelOf(row.record).name)
        : undefined;
    },
  },
  key: { kind: 'id', of: ofRecord(({ record }) => record.partitionKey) },
  shard: {
    kind: 'id',
    of: (row) => {
      const { shardId } = row.kind === 'record' ? row.record : row;
      return shardId && [formatShard(shardId), shardId];
    },
  },
  // The table shows a lane's beginning.
  lane: { kind: 'start', of: laneOf },
  seq: {
    kind: 'number',
    of: (row) =>
      row.kind === 'gap'
        ? { first: row.range.first, last: row.range.first + row.range.count - 1 }
        : row.kind === 'record'
          ? row.record.event?.rivulet.seq
          : undefined,
  },
  id: {
    kind: 'id',
    of: ofRecord(({ record }) => [record.event?.messageId, record.sequenceNumber]),
  },
  client: { kind: 'id', of: ofRecord(({ record }) => record.event?.anonymousId) },
  user: { kind: 'id', of: ofRecord(({ record }) => record.event?.userId ?? undefined) },
  size: { kind: 'bytes', of: ofRecord(({ record }) => record.data.length) },
  latency: { kind: 'time', of: ofRecord(({ record }) => latencyOf(record)) },
};

/** What an event's paths begin with. */
const ROOTS: ReadonlySet<string> = new Set([
  ...['properties', 'traits', 'context', 'rivulet', 'groupId', 'previousId', 'userId'],
  ...['anonymousId', 'messageId', 'timestamp', 'originalTimestamp', 'sentAt', 'receivedAt'],
]);

/** Whether a path says itself where it begins. One that does not is one of the properties. */
export function isWhole(path: readonly string[]): boolean {
  return ROOTS.has(path[0] ?? '');
}

/** Lists in lists beyond this are nobody's event. */
const MAX_DEPTH = 16;

/** Whether a value at the path passes the test: through lists, each of whose entries counts, and through JSON in text. */
export function someAt(
  value: unknown,
  path: readonly string[],
  test: (value: unknown) => boolean,
  at = 0,
  depth = 0,
): boolean {
  const inside = at < path.length && typeof value === 'string' ? parsed(value) : value;
  const name = path[at] ?? '';
  if (Array.isArray(inside)) {
    if (at < path.length && Object.hasOwn(inside, name) && name !== 'length') {
      return someAt(inside[Number(name)], path, test, at + 1);
    }
    return depth < MAX_DEPTH && inside.some((each) => someAt(each, path, test, at, depth + 1));
  }
  if (at === path.length) return inside !== undefined && test(inside);
  return (
    isObject(inside) && Object.hasOwn(inside, name) && someAt(inside[name], path, test, at + 1)
  );
}

/** What `is:` knows. */
export type StateTest = (row: Row, context: FilterContext) => boolean;

export const STATES: Readonly<Record<string, StateTest>> = {
  mine: (row, { isMine }) => {
    const lane = laneOf(row);
    return lane !== undefined && isMine(lane);
  },
  dup: (row) => row.kind === 'record' && row.verdict === 'duplicate',
  reordered: (row) => row.kind === 'record' && row.verdict === 'out_of_order',
  gap: (row) => row.kind === 'gap',
  drop: (row) => typeOf(row) === 'drop',
  rejected: (row) => row.kind === 'record' && parseDrop(row.record.event)?.reason === 'rejected',
  late: (row) => row.kind === 'record' && latenessOf(row.record) !== undefined,
  aggregated: (row) => row.kind === 'record' && row.record.aggregateCount !== undefined,
  invalid: (row, { isInvalid }) => isInvalid(row),
  marked: ({ id }, { isMarked }) => isMarked(id),
  problem: isProblem,
  queued: () => false,
  encrypted: () => false,
};

/** What the stream cannot tell, and where it is told. */
export const UNTOLD: Readonly<Record<string, string>> = {
  queued: 'is:queued: what is queued is not in the stream yet; see This page.',
  encrypted: 'is:encrypted: records are read decrypted; see the stream’s summary.',
  rejected: 'is:rejected: shows who declared it; the events are on This page.',
};

/** When a row arrived, milliseconds since 1970. */
export function timeOf(row: Row): number {
  return row.kind === 'record' ? (row.record.arrivedAt ?? row.record.readAt) : row.at;
}

function typeOf(row: Row): string {
  return row.kind === 'record' ? (row.record.event?.type ?? 'data') : row.kind;
}

export function laneOf(row: Row): string | undefined {
  if (row.kind === 'gap') return row.range.lane;
  return row.kind === 'record' ? row.record.event?.rivulet.lane : undefined;
}

function parsed(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // Text that looks like JSON.
    return undefined;
  }
}
