/** How an aggregate is made, and how the decoder came to take a record for one, or not. */

import type { ConsumedRecord } from '../../consumer/types.ts';
import { decodeAggregate, type PlainReason, type UserRecord } from '../../protocol/aggregate.ts';
import { PUT_PAYLOAD_UNIT_BYTES } from '../../protocol/limits.ts';
import { type HashKeyRange, hashKeyOf, isInRange, type Md5 } from '../../protocol/partition-key.ts';
import { formatBytes, formatPlural } from '../format.ts';
import { hexOf } from './bytes.ts';

/** Bytes before the message, and after it. */
const MAGIC_BYTES = 4;
const MD5_BYTES = 16;

/** More is not hashed a second time: that would be a task which a person feels. */
const MAX_HASHED_BYTES = 256 * 1024;

/** Nor are more keys. */
const MAX_HASHED_KEYS = 1_000;

/** One thing that the decoder looked at. */
export interface Step {
  readonly ok: boolean;
  readonly text: string;
}

/** Records of one key inside an aggregate. */
export interface KeyUse {
  readonly partitionKey: string;
  readonly explicitHashKey: string | undefined;
  readonly records: number;
  /** Whether it lies outside of the shard. `undefined` where nobody knows its range, or the keys are very many. */
  readonly isOutside: boolean | undefined;
}

export interface Anatomy {
  readonly trail: readonly Step[];
  readonly records: readonly UserRecord[];
  /** Those outside of the shard first. */
  readonly keys: readonly KeyUse[];
  readonly bytes: number;
  /** Of the records alone. */
  readonly contentBytes: number;
  /** PUT payload units that it was, and that its records would have been each by itself. */
  readonly units: number;
  readonly unitsAlone: number;
}

/** In the order in which the decoder looks. */
const CHECKS: readonly PlainReason[] = [
  'no_magic',
  'too_short',
  'checksum',
  'malformed',
  'bad_index',
  'empty',
];

export function readAnatomy(
  record: ConsumedRecord,
  hashKeys: HashKeyRange | undefined,
  md5: Md5,
): Anatomy {
  const data = record.aggregate?.data ?? record.data;
  // The consumer compared the checksums already.
  const decoded = decodeAggregate(data, () => data.subarray(-MD5_BYTES));
  const isAggregate = record.aggregateCount !== undefined;
  const records = isAggregate && decoded.kind === 'aggregate' ? decoded.records : [];
  const reason = isAggregate ? undefined : (record.undecoded ?? 'no_magic');
  return {
    trail: trailOf(data, reason, records.length, md5),
    records,
    keys: keysOf(records, hashKeys, md5),
    bytes: data.length,
    contentBytes: records.reduce((sum, { data }) => sum + data.length, 0),
    units: unitsOf(data.length),
    unitsAlone: records.reduce((sum, { data }) => sum + unitsOf(data.length), 0),
  };
}

function trailOf(
  data: Uint8Array,
  reason: PlainReason | undefined,
  records: number,
  md5: Md5,
): readonly Step[] {
  const failed = reason ? CHECKS.indexOf(reason) : CHECKS.length;
  const begins = hex(data.subarray(0, MAGIC_BYTES), ' ');
  const says = hex(data.subarray(-MD5_BYTES));
  const words: readonly (readonly [question: string, yes: string, no: () => string])[] = [
    ['KPL magic', 'yes', () => `no, it begins with ${begins || 'nothing'}`],
    ['Room for a checksum', 'yes', () => `no, ${formatBytes(data.length)} in all`],
    ['MD5', `yes, ${says.slice(0, 8)}…`, () => `no, it says ${says}${otherMd5(data, md5)}`],
    ['Protobuf', 'yes', () => 'no, the message cannot be read'],
    ['Keys', 'yes', () => 'no, a record names a key that is not in the table'],
    ['Records', `${records}`, () => 'none'],
  ];
  const steps = words.slice(0, failed + 1).map(([question, yes, no], at) => ({
    ok: at < failed,
    text: `${question}: ${at < failed ? yes : no()}`,
  }));
  const outcome = reason
    ? 'Shown as a plain record'
    : `Taken for ${formatPlural(records, 'record')}`;
  return [...steps, { ok: true, text: outcome }];
}

function otherMd5(data: Uint8Array, md5: Md5): string {
  if (data.length > MAX_HASHED_BYTES) return '';
  return `, its content has ${hex(md5(data.subarray(MAGIC_BYTES, -MD5_BYTES)))}`;
}

function keysOf(
  records: readonly UserRecord[],
  hashKeys: HashKeyRange | undefined,
  md5: Md5,
): readonly KeyUse[] {
  const uses = new Map<string, KeyUse>();
  for (const { partitionKey, explicitHashKey } of records) {
    const id = `${explicitHashKey} ${partitionKey}`;
    const known = uses.get(id);
    const isOutside =
      hashKeys && !known && uses.size < MAX_HASHED_KEYS
        ? isOutsideOf(hashKeys, partitionKey, explicitHashKey, md5)
        : known?.isOutside;
    uses.set(id, { partitionKey, explicitHashKey, records: (known?.records ?? 0) + 1, isOutside });
  }
  return [...uses.values()].sort((a, b) => Number(b.isOutside ?? 0) - Number(a.isOutside ?? 0));
}

function isOutsideOf(
  hashKeys: HashKeyRange,
  partitionKey: string,
  explicitHashKey: string | undefined,
  md5: Md5,
): boolean {
  if (explicitHashKey === undefined) return !isInRange(hashKeyOf(partitionKey, md5), hashKeys);
  // An aggregate may hold any text here; what is no number lies nowhere.
  return !(/^\d{1,39}$/.test(explicitHashKey) && isInRange(BigInt(explicitHashKey), hashKeys));
}

function unitsOf(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / PUT_PAYLOAD_UNIT_BYTES));
}

function hex(bytes: Uint8Array, separator = ''): string {
  return [...bytes].map(hexOf).join(separator);
}
