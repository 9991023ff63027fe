/** Which part of the stream has to be read for a filter: it can show nothing of the rest. */

import { type HashKeyRange, hashKeyOf } from '../../protocol/partition-key.ts';
import { formatShard } from '../format.ts';
import { keyMd5 } from '../stream/key-md5.ts';
import type { Reopening } from '../types.ts';
import type { Term } from './parse.ts';
import { parseTime } from './quantities.ts';
import type { Narrowing } from './types.ts';

/** Whether the term says which shards or which time have to be read at all. */
export function isNarrowing(term: Term, now: number): boolean {
  return narrowingOf([term], now) !== undefined;
}

/** Of several terms of one kind the strictest, or the first. */
export function narrowingOf(terms: readonly Term[], now: number): Narrowing | undefined {
  const narrowing: { -readonly [Name in keyof Narrowing]: Narrowing[Name] } = {};
  for (const { negated, path, operator, values } of terms) {
    const [name = ''] = path;
    const isPlain = !negated && path.length === 1 && (operator === ':' || operator === '=');
    if (!isPlain || values.length === 0 || values.some(({ kind }) => kind !== 'text')) continue;
    const texts = values.map(({ text }) => text);
    const [text = ''] = texts;
    if (name === 'shard') {
      const numbers = texts.map((shard) => Number(formatShard(shard)));
      if (numbers.every(Number.isSafeInteger)) narrowing.shardNumbers ??= numbers;
    }
    if (texts.length > 1) continue;
    if (name === 'key') narrowing.partitionKey ??= text;
    const at = name === 'after' || name === 'before' ? parseTime(text, now) : undefined;
    if (at === undefined) continue;
    if (name === 'after') narrowing.after = Math.max(at, narrowing.after ?? at);
    else narrowing.before = Math.min(at, narrowing.before ?? at);
  }
  return Object.keys(narrowing).length > 0 ? narrowing : undefined;
}

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

/** How the stream is read anew for it. */
export function reopeningOf(narrowing: Narrowing, shards: readonly Place[]): Reopening {
  const hashKeys = hashKeysOf(narrowing, shards);
  const { after } = narrowing;
  return {
    ...(hashKeys ? { hashKeys } : {}),
    ...(after === undefined ? {} : { from: { atTimestamp: after } }),
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
