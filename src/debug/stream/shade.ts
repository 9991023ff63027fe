/** How dark a rectangle of the map is, second by second. */

import type { RateSeries } from '../reading/rates.ts';
import { loadOf } from './shard-figures.ts';
import { CELL_MS, PLANE_MS, type Plane, type PlaneShard } from './shard-plane.ts';

const CELL_SECONDS = CELL_MS / 1000;
const CELLS = PLANE_MS / CELL_MS;

/** Shades of an idle shard, of one with a record in a while, and of one at its limit: all are told apart from the panel. */
const IDLE = 10;
const LEAST = 24;
const MOST = 90;

/** A stretch of time in a rectangle, in percent of its height. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export interface Shading {
  /** Stops of a gradient down the rectangle: percent of the shard's hue. */
  readonly stops: readonly (Stretch & { readonly percent: number })[];
  /** Where reads were throttled. */
  readonly throttled: readonly Stretch[];
}

export function shadeOf(
  { shard: { shardId }, top, bottom }: PlaneShard,
  plane: Plane,
  series: RateSeries,
  now: number,
): Shading {
  const records = series.byShard.get(shardId) ?? [];
  const bytes = series.bytesByShard.get(shardId) ?? [];
  const throttles = series.throttledByShard.get(shardId) ?? [];
  const stops: (Stretch & { percent: number })[] = [];
  const throttled: Stretch[] = [];
  const partOf = (y: number): number =>
    Math.round(Math.max(0, Math.min(1, (y - top) / (bottom - top || 1))) * 1000) / 10;

  for (let cell = 0; cell < CELLS; cell++) {
    const at = now - PLANE_MS + cell * CELL_MS;
    const stretch = { from: partOf(plane.yOf(at)), to: partOf(plane.yOf(at + CELL_MS)) };
    if (stretch.from === stretch.to) continue;
    const first = series.seconds.length - (CELLS - cell) * CELL_SECONDS;
    const perSecond = (counts: readonly number[]): number =>
      sum(counts.slice(first, first + CELL_SECONDS)) / CELL_SECONDS;
    const percent = percentOf(loadOf(perSecond(records), perSecond(bytes)));
    const last = stops.at(-1);
    if (last?.percent === percent) stops[stops.length - 1] = { ...last, to: stretch.to };
    else stops.push({ ...stretch, percent });
    if (perSecond(throttles) === 0) continue;
    const before = throttled.at(-1);
    if (before?.to === stretch.from)
      throttled[throttled.length - 1] = { ...before, to: stretch.to };
    else throttled.push(stretch);
  }
  return { stops, throttled };
}

/** By its logarithm: one record a second is seen, and so is the difference between 500 and 1,000. */
function percentOf(load: number): number {
  if (load === 0) return IDLE;
  const height = Math.min(1, Math.log1p(load * 1000) / Math.log1p(1000));
  return Math.round(LEAST + (MOST - LEAST) * height);
}

/** `linear-gradient` of the shard's hue, `undefined` where there is one shade only. */
export function gradientOf({ stops }: Shading): string | undefined {
  const shade = (percent: number): string =>
    `color-mix(in srgb,var(--hue) ${percent}%,var(--surface))`;
  const begin = stops[0] && stops[0].from > 0 ? `${shade(IDLE)} ${stops[0].from}%,` : '';
  const parts = stops.map(({ from, to, percent }) => `${shade(percent)} ${from}% ${to}%`);
  return parts.length > 0 ? `linear-gradient(${begin}${parts})` : undefined;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
