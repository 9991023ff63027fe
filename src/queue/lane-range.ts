import type { LaneRange } from '../protocol/event.ts';

/** What two runs share. */
export function overlap(one: LaneRange, other: LaneRange): LaneRange | undefined {
  const { lane } = one;
  const first = Math.max(one.first, other.first);
  const count = Math.min(one.first + one.count, other.first + other.count) - first;
  return lane === other.lane && count > 0 ? { lane, first, count } : undefined;
}

/** What one run leaves of another: the events before it, and those after. */
export function without(range: LaneRange, cut: LaneRange): LaneRange[] {
  const shared = overlap(range, cut);
  if (!shared) return [range];
  const { lane, first, count } = range;
  const next = shared.first + shared.count;
  return [
    { lane, first, count: shared.first - first },
    { lane, first: next, count: first + count - next },
  ].filter((rest) => rest.count > 0);
}
