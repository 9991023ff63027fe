/** Units: what Kinesis stores or refuses as a whole. One record, or one aggregate of a single partition key. */

import { createHash } from 'node:crypto';
import {
  encodeAggregate,
  singleKeyBaseBytes,
  singleKeyRecordBytes,
} from '../../src/protocol/aggregate.ts';
import type { Md5 } from '../../src/protocol/partition-key.ts';

/** An event ready to be stored. */
export interface Entry {
  /** Its place in the batch. */
  readonly index: number;
  readonly partitionKey: string;
  readonly data: Uint8Array;
  /** Where it goes. Default: the source's own stream. */
  readonly stream?: string;
}

export interface Unit {
  readonly partitionKey: string;
  readonly entries: readonly Entry[];
  /** What it counts against the limits of a call: data and partition key. */
  readonly bytes: number;
}

export interface UnitPlan {
  readonly aggregate: boolean;
  readonly aggregateBytes: number;
  /** Data and partition key. */
  readonly maxRecordBytes: number;
}

/** The units of each key, in order. */
export function planUnits(
  entries: readonly Entry[],
  { aggregate, aggregateBytes, maxRecordBytes }: UnitPlan,
): Map<string, Unit[]> {
  const byKey = new Map<string, Unit[]>();
  for (const [partitionKey, ofKey] of groupByKey(entries)) {
    const keyBytes = Buffer.byteLength(partitionKey);
    const baseBytes = singleKeyBaseBytes(keyBytes);
    const maxBytes = Math.min(aggregateBytes, maxRecordBytes - keyBytes);
    const units: Unit[] = [];
    let open: Entry[] = [];
    let openBytes = baseBytes;
    for (const entry of ofKey) {
      const entryBytes = singleKeyRecordBytes(entry.data.length);
      if (open.length > 0 && (!aggregate || openBytes + entryBytes > maxBytes)) {
        units.push(createUnit(partitionKey, open));
        open = [];
        openBytes = baseBytes;
      }
      open.push(entry);
      openBytes += entryBytes;
    }
    units.push(createUnit(partitionKey, open));
    byKey.set(partitionKey, units);
  }
  return byKey;
}

/** The two halves of a unit, in order. */
export function splitUnit({ partitionKey, entries }: Unit): [Unit, Unit] {
  const middle = Math.ceil(entries.length / 2);
  return [
    createUnit(partitionKey, entries.slice(0, middle)),
    createUnit(partitionKey, entries.slice(middle)),
  ];
}

/** An event alone goes as it is: readers that do not de-aggregate understand it, and it is smaller. */
export function encodeUnit({ entries }: Unit): Uint8Array {
  const [first] = entries;
  return first && entries.length === 1 ? first.data : encodeAggregate(entries, md5);
}

/** workerd's own MD5, in native code. */
const md5: Md5 = (bytes) => createHash('md5').update(bytes).digest();

function createUnit(partitionKey: string, entries: readonly Entry[]): Unit {
  const keyBytes = Buffer.byteLength(partitionKey);
  const [first] = entries;
  const dataBytes =
    first && entries.length === 1
      ? first.data.length
      : entries.reduce(
          (sum, { data }) => sum + singleKeyRecordBytes(data.length),
          singleKeyBaseBytes(keyBytes),
        );
  return { partitionKey, entries, bytes: keyBytes + dataBytes };
}

function groupByKey(entries: readonly Entry[]): Map<string, Entry[]> {
  const byKey = new Map<string, Entry[]>();
  for (const entry of entries) {
    const ofKey = byKey.get(entry.partitionKey);
    if (ofKey) ofKey.push(entry);
    else byKey.set(entry.partitionKey, [entry]);
  }
  return byKey;
}
