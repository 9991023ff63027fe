/** How the stream is read anew for a filter that is about a part of it. */

import { type HashKeyRange, hashKeyOf } from '../../protocol/partition-key.ts';
import { formatShard } from '../format.ts';
import { keyMd5 } from '../stream/key-md5.ts';
import type { Reopening } from '../types.ts';
import type { Narrowing } from './types.ts';

interface Place {
  readonly shardId: string;
  readonly hashKeys: HashKeyRange;
}

/** The hash keys that a filter is about: those of its key, or from the first to the last of its shards. */
export function hashKeysOf(
  { partitionKey, shardNumbers }: Narrowing,
  shards: readonly Place[],
): HashKeyRange | undefined {
  if (partitionKey !== undefined) {
    const at = hashKeyOf(partitionKey, keyMd5);
    return { start: at, end: at };
  }
  const ranges = shards
    .filter(({ shardId }) => shardNumbers?.includes(Number(formatShard(shardId))))
    .map(({ hashKeys }) => hashKeys);
  const [first, ...others] = ranges;
  return first && others.reduce(hull, first);
}

/** How the stream would be read for a filter, where that is less than what is read now. */
export function describeNarrowing(
  narrowing: Narrowing | undefined,
  reading: Reopening,
  shards: readonly Place[],
): Reopening | undefined {
  if (!narrowing) return undefined;
  const { from } = reading;
  const { after } = narrowing;
  const hashKeys = hashKeysOf(narrowing, shards);
  const isNarrower = hashKeys && !isSame(hashKeys, reading.hashKeys);
  // Times that count from now move on with every reading: one that began before is enough.
  const isRead =
    typeof from === 'object' && 'atTimestamp' in from && from.atTimestamp <= Number(after);
  const isLater = after !== undefined && !isRead;
  if (!isNarrower && !isLater) return undefined;
  return {
    ...reading,
    ...(isNarrower ? { hashKeys } : {}),
    ...(isLater ? { from: { atTimestamp: after } } : {}),
  };
}

/** Open shards that are read then. */
export function countShards(
  shards: readonly (Place & { readonly status: string })[],
  hashKeys: HashKeyRange | undefined,
): { readonly read: number; readonly all: number } {
  const open = shards.filter(({ status }) => status !== 'closed');
  const read = open.filter(
    ({ hashKeys: own }) => !hashKeys || (own.start <= hashKeys.end && hashKeys.start <= own.end),
  );
  return { read: read.length, all: open.length };
}

function hull(a: HashKeyRange, b: HashKeyRange): HashKeyRange {
  return { start: a.start < b.start ? a.start : b.start, end: a.end > b.end ? a.end : b.end };
}

function isSame(a: HashKeyRange, b: HashKeyRange | undefined): boolean {
  return a.start === b?.start && a.end === b.end;
}
