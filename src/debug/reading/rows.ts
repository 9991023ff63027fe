/** What one line of the records table says, and how a record becomes one. */

import type { ConsumedRecord, LedgerVerdict } from '../../consumer/types.ts';
import { parseDrop } from '../../protocol/drop.ts';
import type { LaneRange, Properties, StreamRecord } from '../../protocol/event.ts';
import { isObject } from '../../protocol/parsed.ts';
import { formatReason } from '../format.ts';

export interface RecordRow {
  readonly kind: 'record';
  /** Ascends by arrival. */
  readonly id: number;
  readonly record: ConsumedRecord;
  readonly verdict: LedgerVerdict;
  /** Read after rows that arrived later had been shown: it stands behind them, because rows never move under a reader. */
  readonly isLate: boolean;
}

/** Numbers of a lane that were passed over when a higher one arrived. */
export interface GapRow {
  readonly kind: 'gap';
  readonly id: number;
  readonly shardId: string;
  readonly at: number;
  readonly range: LaneRange;
}

/**
 * - `split`, `merge`: a shard was closed, and others go on with its hash keys
 * - `loss`: records may be missing for good
 * - `throttled`: the service refuses reads
 * - `failed`, `resumed`: reads fail, and succeed again
 * - `expired`: the place in a shard was asked for anew
 * - `narrowed`: not all of the stream is read
 */
export type NoteKind =
  | 'split'
  | 'merge'
  | 'loss'
  | 'throttled'
  | 'expired'
  | 'failed'
  | 'narrowed'
  | 'resumed';

/** Something that happened to the stream or to its reading. */
export interface NoteRow {
  readonly kind: 'note';
  readonly id: number;
  readonly at: number;
  /** `undefined` where it is about the whole stream. */
  readonly shardId: string | undefined;
  readonly note: NoteKind;
  /** For people: one sentence. */
  readonly text: string;
}

export type Row = RecordRow | GapRow | NoteRow;

/** Whether something is wrong with what the row says: gap, copy, out of order, drop, loss, or data that cannot be trusted. */
export function isProblem(row: Row): boolean {
  if (row.kind === 'gap') return true;
  if (row.kind === 'note') return row.note === 'loss';
  const { record, verdict } = row;
  return (
    verdict === 'duplicate' ||
    verdict === 'out_of_order' ||
    record.event?.type === 'drop' ||
    record.undecoded !== undefined ||
    record.kclDrops
  );
}

/** What a record says about itself in one line. */
export interface Label {
  readonly type: string;
  readonly name: string;
  /** How severe it is: of a line of a log, or of an error. */
  readonly level: string | undefined;
  /** The page it happened on. */
  readonly path: string | undefined;
}

/** Of what is no event of a page. */
const UNSAID = { level: undefined, path: undefined };

export function labelOf(record: Pick<ConsumedRecord, 'event' | 'data'>): Label {
  const { event } = record;
  if (!event) return { ...UNSAID, type: 'data', name: 'not an event of ours' };
  const drop = parseDrop(event);
  if (drop) return { ...UNSAID, type: 'drop', name: formatReason(drop.reason) };
  return { type: event.type, name: nameOf(event), level: levelOf(event), path: pathOf(event) };
}

/** Milliseconds from capture, on the relay's clock, to arrival, on the stream's. */
export function latencyOf(record: ConsumedRecord): number | undefined {
  const capturedAt = record.event ? Date.parse(record.event.timestamp) : Number.NaN;
  const latency = (record.arrivedAt ?? Number.NaN) - capturedAt;
  return Number.isFinite(latency) ? latency : undefined;
}

/** As the ledger has it where nobody says otherwise. */
const LATE_AFTER_MS = 60_000;

/** By how much an event arrived after its own time, where that is long: it was captured offline, or waited somewhere. */
export function latenessOf(record: ConsumedRecord): number | undefined {
  const latency = latencyOf(record) ?? 0;
  return latency > LATE_AFTER_MS ? latency : undefined;
}

function nameOf(event: StreamRecord): string {
  const { properties } = event;
  if (event.type === 'metric' && event.event !== undefined)
    return readingOf(event.event, properties);
  if (event.event !== undefined) return event.event;
  if (event.type === 'identify') return event.userId ?? event.anonymousId;
  if (event.type === 'group') return event.groupId ?? '';
  if (event.type === 'erase') return subjectOf(properties);
  if (event.type === 'alias') return `${event.previousId ?? ''} → ${event.userId ?? ''}`;
  const { message } = properties ?? {};
  const isText = event.type === 'error' || event.type === 'log';
  return isText && typeof message === 'string' ? message : '';
}

/** Whose removal is asked for. */
function subjectOf({ subject }: Properties = {}): string {
  return isObject(subject) ? `${subject.userId ?? subject.anonymousId ?? ''}` : '';
}

/** A reading, or what many were gathered to. */
function readingOf(name: string, { value, unit, count }: Properties = {}): string {
  if (value === undefined) return name;
  // A mean has more digits than its readings.
  const shown = typeof value === 'number' ? Number(value.toPrecision(6)) : value;
  const measure = typeof unit === 'string' ? ` ${unit}` : '';
  const gathered = typeof count === 'number' && count > 1 ? ` · ${count} readings` : '';
  return `${name} ${shown}${measure}${gathered}`;
}

function levelOf({ type, properties }: StreamRecord): string | undefined {
  const level = type === 'error' ? type : type === 'log' ? properties?.level : undefined;
  return typeof level === 'string' ? level : undefined;
}

function pathOf(event: StreamRecord): string | undefined {
  const page = event.context?.page;
  const path = event.properties?.path ?? (isObject(page) ? page.path : undefined);
  return typeof path === 'string' ? path : undefined;
}
