/** Which partition key an event goes under. */

import { createHash } from 'node:crypto';
import type { StreamRecord } from '../src/protocol/event.ts';
import { MAX_PARTITION_KEY_CHARACTERS } from '../src/protocol/limits.ts';
import { isObject } from '../src/protocol/parsed.ts';
import type { Source } from './sources.ts';

/**
 * The key by the source's rule, or the client id where the rule finds nothing.
 * `draw` in [0, 1) is chance, drawn once a segment: neighbours stay together, and so in one aggregate.
 */
export function partitionKeyOf(
  { partition, spread }: Pick<Source, 'partition' | 'spread'>,
  record: StreamRecord,
  draw: number,
): string {
  const key = partition === 'random' ? randomKey(draw) : readKey(partition, record);
  const salted = spread > 1 ? `${key}#${Math.floor(draw * spread)}` : key;
  // A lone surrogate has no UTF-8: two ends would hash different bytes.
  return shorten(salted.toWellFormed());
}

function readKey(rule: Exclude<Source['partition'], 'random'>, record: StreamRecord): string {
  const value = fieldOf(rule, record);
  const usable =
    (typeof value === 'string' && value !== '') ||
    typeof value === 'number' ||
    typeof value === 'boolean';
  return usable ? String(value) : record.anonymousId;
}

function fieldOf(rule: Exclude<Source['partition'], 'random'>, record: StreamRecord): unknown {
  switch (rule) {
    case 'client':
      return record.anonymousId;
    case 'user':
      return record.userId;
    case 'session':
      return record.context.sessionId;
    case 'lane':
      return record.rivulet.lane;
    default:
      return rule
        .split('.')
        .reduce<unknown>(
          (value, field) =>
            isObject(value) && Object.hasOwn(value, field) ? value[field] : undefined,
          record,
        );
  }
}

function randomKey(draw: number): string {
  return draw.toString(36).slice(2) || '0';
}

/** Kinesis counts characters, JavaScript counts units: no text has more of the first than of the second. */
function shorten(key: string): string {
  if (key.length <= MAX_PARTITION_KEY_CHARACTERS) return key;
  if ([...key].length <= MAX_PARTITION_KEY_CHARACTERS) return key;
  return createHash('sha256').update(key).digest('hex');
}
