/** What Kinesis answers to GetRecords, kept so that it can be given to many: without the one field that is a reader's own. */

import { joinBytes } from '../../src/protocol/bytes.ts';
import { isObject } from '../../src/protocol/parsed.ts';
import type { Place } from './place.ts';

/** Records, or only the place where they will be: an iterator is a page without records. */
export interface Page {
  /** When it was asked for, in milliseconds since 1970: what came later is not in it. */
  readonly at: number;
  /** How long it may be given to others. */
  readonly lifeMs: number;
  /** Where to go on. Absent at the end of a shard that was split or merged. */
  readonly next?: Pick<Place, 'position' | 'text'> | undefined;
  readonly count: number;
  /** Absent where Kinesis did not say. */
  readonly behindMs?: number | undefined;
  /** A JSON array. */
  readonly records: Uint8Array;
  /** Further fields of the answer, such as `ChildShards`. */
  readonly rest: Readonly<Record<string, unknown>>;
}

/** What follows a place does not change, but more may follow by now: then the next read brings it. */
const RECORDS_LIFE_MS = 10_000;

/** Nothing follows: how much later a viewer may see an event because it shares its reads. */
const EMPTY_LIFE_MS = 1000;

const NO_RECORDS = new TextEncoder().encode('[]');

/** A place without what follows it. */
export function pageAt(next: Pick<Place, 'position' | 'text'>, at: number, lifeMs: number): Page {
  return { at, lifeMs, next, count: 0, records: NO_RECORDS, rest: {} };
}

/** Says that somebody is reading since then, and is given to nobody. */
export function claimAt(at: number): Page {
  return { at, lifeMs: 0, count: 0, records: NO_RECORDS, rest: {} };
}

/** Reads an answer of GetRecords. Throws when it is none. */
export function parsePage(answer: string, position: string, at: number): Page {
  const { Records, NextShardIterator, MillisBehindLatest, ...rest } = JSON.parse(answer);
  if (!Array.isArray(Records)) throw new Error('GetRecords: expected a list of Records');
  const count = Records.length;
  const last: unknown = Records.at(-1)?.SequenceNumber;
  const isEnd = typeof NextShardIterator !== 'string';
  const behindMs = typeof MillisBehindLatest === 'number' ? MillisBehindLatest : undefined;
  const lives = count > 0 || isEnd ? RECORDS_LIFE_MS : EMPTY_LIFE_MS;
  return {
    at,
    // A stretch without records, and not the end of the shard: who goes on from here must get further.
    lifeMs: count === 0 && !isEnd && (behindMs ?? 0) > 0 ? 0 : lives,
    ...(isEnd
      ? {}
      : {
          next: { position: count > 0 ? positionAfter(last) : position, text: NextShardIterator },
        }),
    count,
    ...(behindMs === undefined ? {} : { behindMs }),
    records: count > 0 ? joinBytes(JSON.stringify(Records)) : NO_RECORDS,
    rest: withoutNulls(rest),
  };
}

/** After this record, however a reader came to it. */
export function positionAfter(sequence: unknown): string {
  return `after:${String(sequence)}`;
}

export function isAtEnd({ next, behindMs = 0 }: Page): boolean {
  return next !== undefined && behindMs === 0;
}

/** The answer's JSON, with this iterator in it. */
export function writePage(
  { at, behindMs, count, records, rest }: Page,
  iterator: string | undefined,
  now: number,
): Uint8Array<ArrayBuffer> {
  const ageMs = Math.max(0, now - at);
  const tail = {
    ...(iterator === undefined ? {} : { NextShardIterator: iterator }),
    // What came since is unknown: a reader who believed to be at the end would read no faster, and stay late for ever.
    ...(behindMs === undefined
      ? {}
      : { MillisBehindLatest: count > 0 && ageMs > EMPTY_LIFE_MS ? behindMs + ageMs : behindMs }),
    ...rest,
  };
  const fields = JSON.stringify(tail).slice(1);
  return joinBytes('{"Records":', records, fields === '}' ? '}' : `,${fields}`);
}

/** For a cache that keeps bytes. */
export function encodePage({ records, ...head }: Page): Uint8Array<ArrayBuffer> {
  return joinBytes(JSON.stringify(head), '\n', records);
}

/** Throws when the bytes are no page's. */
export function decodePage(bytes: Uint8Array): Page {
  // JSON has no line end of its own.
  const end = bytes.indexOf(10);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end)));
  return { ...head, records: bytes.slice(end + 1) };
}

/** Emulators write `null` where Kinesis leaves a field out. */
export function withoutNulls(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

export function parseAnswer(text: string): Record<string, unknown> {
  const answer: unknown = JSON.parse(text);
  if (!isObject(answer)) throw new Error('answer: expected a JSON object');
  return withoutNulls(answer);
}
