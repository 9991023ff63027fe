/** Reads what a `drop` event declares. Anybody may write one: what it says is believed as far as it is well formed. */

import { DROP_REASONS, type DropReason, isLane, type LaneRange } from './event.ts';
import { MAX_DROP_RANGES } from './limits.ts';
import { isObject } from './parsed.ts';

/** Runs of one lane that were left out on purpose: at least one. */
export interface Declaration {
  readonly lane: string;
  readonly ranges: readonly LaneRange[];
  /** `unknown` where it is none that this version knows. */
  readonly reason: DropReason | 'unknown';
}

/** `undefined` for what is no `drop` event, or declares nothing. Ranges that are none, and those beyond the bound, are passed over. */
export function parseDrop(event: unknown): Declaration | undefined {
  if (!isObject(event) || event.type !== 'drop' || !isObject(event.properties)) return undefined;
  const { lane, ranges, reason } = event.properties;
  if (!isLane(lane) || !Array.isArray(ranges)) return undefined;
  const declared = ranges.slice(0, MAX_DROP_RANGES).flatMap((range: unknown) => {
    const [first, count] = Array.isArray(range) ? range : [];
    return isCount(first) && isCount(count) && isCount(first + count)
      ? [{ lane, first, count }]
      : [];
  });
  if (declared.length === 0) return undefined;
  const known = DROP_REASONS.find((each) => each === reason);
  return { lane, ranges: declared, reason: known ?? 'unknown' };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}
