/** Which part of the stream has to be read for a filter: it can show nothing of the rest. */

import { formatShard } from '../format.ts';
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
