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

/** Runs of one lane, and of one reason where they have one, that touch become one. */
export function joinRuns<Run extends LaneRange & { readonly reason?: string }>(
  runs: readonly Run[],
): Run[] {
  const joined: (Run & { count: number })[] = [];
  const keyOf = ({ reason, lane }: Run): string => reason + lane;
  const inOrder = (a: Run, b: Run): number =>
    keyOf(a) === keyOf(b) ? a.first - b.first : keyOf(a) < keyOf(b) ? 1 : -1;
  for (const run of [...runs].sort(inOrder)) {
    const last = joined.at(-1);
    if (last && keyOf(last) === keyOf(run) && last.first + last.count === run.first) {
      last.count += run.count;
    } else joined.push({ ...run });
  }
  return joined;
}
