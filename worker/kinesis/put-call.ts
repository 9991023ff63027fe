/** PutRecords and PutRecord: what goes out, and what each entry of the answer says. */

import { isObject } from '../../src/protocol/parsed.ts';
import type { KinesisCall } from './call.ts';
import { type CallFailure, classifyCall, classifyEntry, nameOf } from './failure.ts';
import { encodeUnit, type Unit } from './unit.ts';

const encoder = new TextEncoder();

/** What became of one unit of a call. */
export type EntryOutcome =
  | { readonly kind: 'stored'; readonly shard: string; readonly sequence: string }
  | {
      readonly kind: Exclude<CallFailure, 'misconfigured'>;
      readonly code: string;
      /** Where Kinesis names it. */
      readonly shard?: string;
    };

/** What became of one call. */
export type CallOutcome =
  | { readonly ok: true; readonly entries: readonly EntryOutcome[] }
  | {
      readonly ok: false;
      readonly failure: CallFailure;
      readonly code: string;
      /** Whether it was not made at all, and how long none will be. */
      readonly isUncalled?: true;
      readonly afterMs?: number;
    };

/** Puts at most one unit of each key, in one call. Never rejects. */
export type PutCall = (units: readonly Unit[], timeoutMs: number) => Promise<CallOutcome>;

export function createPutCall(call: KinesisCall, stream: string, region?: string): PutCall {
  return async (units, timeoutMs) => {
    try {
      const text = await call('PutRecords', encodeCall(stream, units), { region, timeoutMs });
      const answer: unknown = JSON.parse(text);
      const records = isObject(answer) && Array.isArray(answer.Records) ? answer.Records : [];
      // An answer of another length cannot be laid beside the question: nothing in it is known.
      if (records.length !== units.length) {
        return { ok: false, failure: 'unavailable', code: 'AnswerLengthMismatch' };
      }
      return { ok: true, entries: records.map(readEntry) };
    } catch (error) {
      return { ok: false, failure: classifyCall(error), code: nameOf(error) };
    }
  };
}

/** Puts one unit, stored behind the record of that sequence number where there is one. Never rejects. */
export type OrderedPutCall = (
  unit: Unit,
  after: string | undefined,
  timeoutMs: number,
) => Promise<CallOutcome>;

export function createOrderedPutCall(
  call: KinesisCall,
  stream: string,
  region?: string,
): OrderedPutCall {
  return async (unit, after, timeoutMs) => {
    const ordering = after === undefined ? '' : `,"SequenceNumberForOrdering":"${after}"`;
    const body = `{"StreamName":${toAsciiJson(stream)},${encodeRecord(unit)}${ordering}}`;
    try {
      const text = await call('PutRecord', toAsciiBytes(body), { region, timeoutMs });
      return { ok: true, entries: [readEntry(JSON.parse(text))] };
    } catch (error) {
      const [failure, code] = [classifyCall(error), nameOf(error)];
      // Of one record, a throttled call is a throttled entry: its shard is named as there.
      if (failure !== 'throttled') return { ok: false, failure, code };
      return { ok: true, entries: [{ kind: failure, code, ...shardNamedIn(messageOf(error)) }] };
    }
  };
}

/** JSON in ASCII, so that its bytes need no encoder. */
function encodeCall(stream: string, units: readonly Unit[]): Uint8Array<ArrayBuffer> {
  const records = units.map((unit) => `{${encodeRecord(unit)}}`).join(',');
  return toAsciiBytes(`{"StreamName":${toAsciiJson(stream)},"Records":[${records}]}`);
}

function encodeRecord(unit: Unit): string {
  const data = encodeUnit(unit);
  const base64 = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');
  return `"PartitionKey":${toAsciiJson(unit.partitionKey)},"Data":"${base64}"`;
}

/** Into bytes of a known length: in workerd a tenth of what `encode` or `Buffer.from` takes. */
function toAsciiBytes(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  encoder.encodeInto(text, bytes);
  return bytes;
}

function toAsciiJson(text: string): string {
  return JSON.stringify(text).replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A 200 is not success, and emulators write `null` where the service leaves out. */
export function readEntry(entry: {
  ErrorCode?: string | null;
  ErrorMessage?: string | null;
  ShardId?: string | null;
  SequenceNumber?: string | null;
}): EntryOutcome {
  const { ErrorCode, ErrorMessage, ShardId, SequenceNumber } = entry;
  if (ErrorCode) {
    return { kind: classifyEntry(ErrorCode), code: ErrorCode, ...shardNamedIn(ErrorMessage ?? '') };
  }
  if (!ShardId || !SequenceNumber) return { kind: 'unavailable', code: 'AnswerIncomplete' };
  return { kind: 'stored', shard: ShardId, sequence: SequenceNumber };
}

function shardNamedIn(message: string): { readonly shard?: string } {
  const [shard] = /shardId-\d+/.exec(message) ?? [];
  return shard ? { shard } : {};
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : '';
}
