/**
 * The Kinesis Producer Library's aggregated record: several user records in one Kinesis record.
 *
 *     F3 89 9A C2 | protobuf AggregatedRecord | MD5 of the protobuf
 *
 *     AggregatedRecord { repeated string partition_key_table = 1; repeated string explicit_hash_key_table = 2; repeated Record records = 3; }
 *     Record           { required uint64 partition_key_index = 1; optional uint64 explicit_hash_key_index = 2; required bytes data = 3; }
 *
 * github.com/awslabs/amazon-kinesis-producer, aggregation-format.md
 */

import type { Md5 } from './partition-key.ts';

const MAGIC = Uint8Array.of(0xf3, 0x89, 0x9a, 0xc2);
const MD5_BYTES = 16;

/** Bytes of an aggregate around its protobuf: the magic number and the checksum. */
export const AGGREGATE_FRAME_BYTES: number = MAGIC.length + MD5_BYTES;

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** A field's number and the kind of what follows, as they stand before it. */
const KEY_TABLE_TAG = (1 << 3) | LENGTH_DELIMITED;
const HASH_KEY_TABLE_TAG = (2 << 3) | LENGTH_DELIMITED;
const RECORD_TAG = (3 << 3) | LENGTH_DELIMITED;
const KEY_INDEX_TAG = (1 << 3) | VARINT;
const HASH_KEY_INDEX_TAG = (2 << 3) | VARINT;
const DATA_TAG = (3 << 3) | LENGTH_DELIMITED;

/** One of the records inside an aggregate. */
export interface UserRecord {
  readonly partitionKey: string;
  /** Decimal text. Absent unless the producer chose one. */
  readonly explicitHashKey?: string;
  readonly data: Uint8Array;
}

/** Why a record was taken as it is, and not as an aggregate. */
export type PlainReason =
  | 'no_magic'
  | 'too_short'
  | 'checksum'
  | 'malformed'
  | 'bad_index'
  /** A whole, valid aggregate in which there is no record. */
  | 'empty';

export type Decoded =
  | { readonly kind: 'aggregate'; readonly records: readonly UserRecord[] }
  | { readonly kind: 'plain'; readonly reason: PlainReason };

export function encodeAggregate(records: readonly UserRecord[], md5: Md5): Uint8Array<ArrayBuffer> {
  const partitionKeys = new Map<string, number>();
  const explicitHashKeys = new Map<string, number>();
  const entries = records.map((record) => {
    const key = indexIn(partitionKeys, record.partitionKey);
    const explicit =
      record.explicitHashKey === undefined
        ? undefined
        : indexIn(explicitHashKeys, record.explicitHashKey);
    return { key, explicit, data: record.data };
  });
  const keyTable = encodeTable(partitionKeys);
  const explicitTable = encodeTable(explicitHashKeys);
  const bytes = new Uint8Array(
    AGGREGATE_FRAME_BYTES +
      sum(keyTable, fieldBytes) +
      sum(explicitTable, fieldBytes) +
      sum(entries, (entry) => fieldBytes(messageBytes(entry))),
  );

  const write = createWriter(bytes);
  write.raw(MAGIC);
  for (const key of keyTable) write.field(KEY_TABLE_TAG, key);
  for (const key of explicitTable) write.field(HASH_KEY_TABLE_TAG, key);
  for (const entry of entries) {
    write.varint(RECORD_TAG);
    write.varint(messageBytes(entry));
    write.varint(KEY_INDEX_TAG);
    write.varint(entry.key);
    if (entry.explicit !== undefined) {
      write.varint(HASH_KEY_INDEX_TAG);
      write.varint(entry.explicit);
    }
    write.field(DATA_TAG, entry.data);
  }
  write.raw(md5(bytes.subarray(MAGIC.length, bytes.length - MD5_BYTES)));
  return bytes;
}

/**
 * Bytes that one more record of the aggregate's only key adds. Summed with {@link singleKeyBaseBytes} it is exactly the
 * length that {@link encodeAggregate} gives, so a producer can ask before it adds.
 */
export function singleKeyRecordBytes(dataBytes: number): number {
  return fieldBytes(messageBytes({ key: 0, data: { length: dataBytes } }));
}

/** Bytes of an aggregate of one key before its first record. */
export function singleKeyBaseBytes(partitionKeyBytes: number): number {
  return AGGREGATE_FRAME_BYTES + fieldBytes(partitionKeyBytes);
}

/**
 * Reads a Kinesis record's data with the tolerance of the Kinesis Client Library: what is not a whole, valid aggregate is
 * an ordinary record. Two things it does that the library does not: a record whose table index points nowhere makes the
 * aggregate `plain` with `bad_index`, where the library keeps the records before it and loses the rest; and one without a
 * record is `plain` with `empty`, where the library gives nothing.
 */
export function decodeAggregate(data: Uint8Array, md5: Md5): Decoded {
  if (!hasBytes(data, 0, MAGIC)) return plain('no_magic');
  if (data.length <= AGGREGATE_FRAME_BYTES) return plain('too_short');
  const end = data.length - MD5_BYTES;
  const message = viewOf(data, MAGIC.length, end);
  if (!hasBytes(data, end, md5(message))) return plain('checksum');

  const read = readMessage(message);
  if (!read) return plain('malformed');
  const { partitionKeys, explicitHashKeys, keys, explicits, starts, ends } = read;

  // Not before the end: the tables may stand behind the records.
  const records: UserRecord[] = [];
  for (let index = 0; index < keys.length; index++) {
    const partitionKey = partitionKeys[keys[index] ?? NONE];
    if (partitionKey === undefined) return plain('bad_index');
    const data = viewOf(message, starts[index] ?? 0, ends[index] ?? 0);
    const explicit = explicits[index] ?? NONE;
    if (explicit === NONE) {
      records.push({ partitionKey, data });
      continue;
    }
    const explicitHashKey = explicitHashKeys[explicit];
    if (explicitHashKey === undefined) return plain('bad_index');
    records.push({ partitionKey, explicitHashKey, data });
  }
  return records.length > 0 ? { kind: 'aggregate', records } : plain('empty');
}

/** Stands for an absent number: with it all numbers are of one kind, which is fast. */
const NONE = -1;

function plain(reason: PlainReason): Decoded {
  return { kind: 'plain', reason };
}

function hasBytes(data: Uint8Array, at: number, bytes: Uint8Array): boolean {
  for (let index = 0; index < bytes.length; index++) {
    if (data[at + index] !== bytes[index]) return false;
  }
  return true;
}

/** The same memory. `subarray` takes longer: it asks whether the array is of a class of somebody's own. */
function viewOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start);
}

// A Map and not an object: integer-like keys of an object are enumerated in numeric order, which maps payloads to wrong keys.
function indexIn(table: Map<string, number>, key: string): number {
  const known = table.get(key);
  if (known !== undefined) return known;
  table.set(key, table.size);
  return table.size - 1;
}

function encodeTable(table: ReadonlyMap<string, number>): Uint8Array[] {
  const encoder = new TextEncoder();
  return [...table.keys()].map((key) => encoder.encode(key));
}

function sum<T>(items: readonly T[], bytesOf: (item: T) => number): number {
  return items.reduce((total, item) => total + bytesOf(item), 0);
}

/** Bytes of a field with a one-byte tag and a length. */
function fieldBytes(value: number | { readonly length: number }): number {
  const length = typeof value === 'number' ? value : value.length;
  return 1 + varintBytes(length) + length;
}

function messageBytes(entry: {
  readonly key: number;
  readonly explicit?: number | undefined;
  readonly data: { readonly length: number };
}): number {
  const explicit = entry.explicit === undefined ? 0 : 1 + varintBytes(entry.explicit);
  return 1 + varintBytes(entry.key) + explicit + fieldBytes(entry.data);
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
}

function createWriter(bytes: Uint8Array) {
  let at = 0;
  const raw = (part: Uint8Array): void => {
    bytes.set(part, at);
    at += part.length;
  };
  const varint = (value: number): void => {
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) | 128;
    bytes[at++] = rest;
  };
  const field = (tag: number, part: Uint8Array): void => {
    varint(tag);
    varint(part.length);
    raw(part);
  };
  return { raw, varint, field };
}

/** What stands in an aggregate. Its records as four lists of numbers, which costs less than an object for each. */
interface Message {
  readonly partitionKeys: readonly string[];
  readonly explicitHashKeys: readonly string[];
  /** Places in the tables. */
  readonly keys: readonly number[];
  readonly explicits: readonly number[];
  /** Where in the message the data begin and end. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/**
 * Reads the protobuf; fields that the format does not have are passed over. `undefined` when it is none. One closure for the
 * whole message, its place in a variable: a callback for each record would double the time.
 */
function readMessage(bytes: Uint8Array): Message | undefined {
  // A mark of the byte order at the beginning of a key is part of the key.
  const text = new TextDecoder('utf-8', { ignoreBOM: true });
  const partitionKeys: string[] = [];
  const explicitHashKeys: string[] = [];
  const keys: number[] = [];
  const explicits: number[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  let at = 0;

  /** NONE when it does not end before `to`, or has more bits than a number can. */
  function varint(to: number): number {
    const first = bytes[at] ?? 0;
    if (first < 128 && at < to) {
      at++;
      return first;
    }
    let value = 0;
    for (let scale = 1; at < to && scale <= 2 ** 63; scale *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    return NONE;
  }

  /** Where bytes start that end at the new place. NONE when they do not end before `to`. */
  function delimited(to: number): number {
    const length = varint(to);
    const start = at;
    at += length;
    return length !== NONE && at <= to ? start : NONE;
  }

  function pass(tag: number, to: number): boolean {
    if (tag < 1 << 3) return false;
    switch (tag % 8) {
      case VARINT:
        return varint(to) !== NONE;
      case LENGTH_DELIMITED:
        return delimited(to) !== NONE;
      case FIXED64:
        at += 8;
        return at <= to;
      case FIXED32:
        at += 4;
        return at <= to;
      default:
        return false;
    }
  }

  /** Whether there is one up to `to`. */
  function record(to: number): boolean {
    let key = NONE;
    let explicit = NONE;
    let start = NONE;
    let end = NONE;
    while (at < to) {
      const tag = varint(to);
      if (tag === KEY_INDEX_TAG) {
        key = varint(to);
        if (key === NONE) return false;
      } else if (tag === DATA_TAG) {
        start = delimited(to);
        end = at;
        if (start === NONE) return false;
      } else if (tag === HASH_KEY_INDEX_TAG) {
        explicit = varint(to);
        if (explicit === NONE) return false;
      } else if (!pass(tag, to)) return false;
    }
    // Both are required: a parser of proto2 refuses the message without them.
    if (key === NONE || start === NONE) return false;
    keys.push(key);
    explicits.push(explicit);
    starts.push(start);
    ends.push(end);
    return true;
  }

  while (at < bytes.length) {
    const tag = varint(bytes.length);
    if (tag % 8 !== LENGTH_DELIMITED) {
      if (!pass(tag, bytes.length)) return undefined;
      continue;
    }
    const start = delimited(bytes.length);
    if (start === NONE || tag < 1 << 3) return undefined;
    if (tag === RECORD_TAG) {
      const end = at;
      at = start;
      if (!record(end)) return undefined;
    } else if (tag === KEY_TABLE_TAG) {
      partitionKeys.push(text.decode(bytes.subarray(start, at)));
    } else if (tag === HASH_KEY_TABLE_TAG) {
      explicitHashKeys.push(text.decode(bytes.subarray(start, at)));
    }
  }
  return { partitionKeys, explicitHashKeys, keys, explicits, starts, ends };
}
