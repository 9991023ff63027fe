/** A column for each second, a layer for each shard: what the chart of rates draws, as numbers and paths. */

import type { RateSeries } from '../reading/rates.ts';

/** Height of the drawing in its own units; its width is one unit a second. */
export const PLOT_HEIGHT = 100;

export interface Layer {
  readonly shardId: string;
  /** Outline of its columns, as SVG takes it. */
  readonly path: string;
}

export interface Columns {
  readonly seconds: readonly number[];
  /** From the bottom up. */
  readonly layers: readonly Layer[];
  readonly totals: readonly number[];
  readonly peak: number;
  /** What the axis ends with. */
  readonly top: number;
  /** Seconds in which reads were refused, as runs of columns: first, and how many. */
  readonly throttled: readonly (readonly [first: number, count: number])[];
}

export function columnsOf(series: RateSeries): Columns {
  const { seconds, byShard, throttledByShard } = series;
  const shards = [...byShard.keys()].sort();
  const totals = sumOf(seconds, [...byShard.values()]);
  const peak = Math.max(0, ...totals);
  const top = roundUp(peak);
  let below: readonly number[] = seconds.map(() => 0);
  const layers = shards.map((shardId) => {
    const counts = byShard.get(shardId) ?? [];
    const above = below.map((sum, column) => sum + (counts[column] ?? 0));
    const path = outline(below, above, PLOT_HEIGHT / top);
    below = above;
    return { shardId, path };
  });
  const throttled = runsOf(sumOf(seconds, [...throttledByShard.values()]));
  return { seconds, layers, totals, peak, top, throttled };
}

/** The next of 4, 10, 20, 40, 100 …, so that the middle is a whole number too. */
export function roundUp(rate: number): number {
  for (let power = 1; ; power *= 10) {
    const step = [2, 4, 10].find((factor) => factor * power >= Math.max(4, rate));
    if (step !== undefined) return step * power;
  }
}

/** Columns of this shard that have something in them, each run of them as one shape. */
function outline(below: readonly number[], above: readonly number[], unit: number): string {
  const y = (value: number): number => Math.round((PLOT_HEIGHT - value * unit) * 100) / 100;
  let path = '';
  for (let from = 0; from < above.length; from++) {
    if (above[from] === below[from]) continue;
    let to = from;
    let ground = '';
    for (; to < above.length && above[to] !== below[to]; to++) {
      path += `${to === from ? `M${from} ` : 'V'}${y(above[to] ?? 0)}H${to + 1}`;
      ground = `V${y(below[to] ?? 0)}H${to}${ground}`;
    }
    path += `${ground}Z`;
    from = to;
  }
  return path;
}

function sumOf(
  seconds: readonly number[],
  rows: readonly (readonly number[])[],
): readonly number[] {
  return seconds.map((_, column) => rows.reduce((sum, row) => sum + (row[column] ?? 0), 0));
}

function runsOf(counts: readonly number[]): (readonly [number, number])[] {
  const runs: [number, number][] = [];
  for (const [column, count] of counts.entries()) {
    const last = runs.at(-1);
    if (count === 0) continue;
    if (last && last[0] + last[1] === column) last[1]++;
    else runs.push([column, 1]);
  }
  return runs;
}
