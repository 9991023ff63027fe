/** Reads the chart of rates out, second by second, and makes a range of it the filter's. */

import type { TemplateResult } from 'lit';
import { formatCount, formatShard } from '../format.ts';
import { RATE_SECONDS, type RateSeries } from '../reading/rates.ts';
import type { ViewHost } from '../types.ts';
import { arrivalsIn, clockOf, createBrush, type SecondRange, stepOf } from './brush.ts';
import { rateReaderStyles } from './rate-reader-styles.ts';
import { createRateTable } from './rate-table.ts';

/** What is read out now, and what of it is drawn over the columns. */
export interface Reading {
  readonly words: string | undefined;
  readonly spoken: string | undefined;
  /** Where the cursor is, counted from the first column. */
  readonly column: number | undefined;
  readonly marks: readonly (readonly [name: string, first: number, count: number])[];
  readonly table: TemplateResult;
}

export interface RateReader {
  readonly on: (event: Event) => void;
  readonly read: (series: RateSeries, totals: readonly number[]) => Reading;
  readonly clear: () => void;
}

export function createRateReader(host: ViewHost): RateReader {
  const brush = createBrush();
  const table = createRateTable(host);
  const { styleSheet } = rateReaderStyles;
  if (styleSheet) (host.element.renderRoot as ShadowRoot).adoptedStyleSheets.push(styleSheet);
  /** Whether a pointer draws a range. */
  let isDrawing = false;
  /** Of what is drawn: a file that is shown ends when it was taken. */
  let first = 0;

  const moveTo = (second: number, extend: boolean): void => {
    const to = Math.max(first, Math.min(first + RATE_SECONDS - 1, second));
    if (to === brush.cursor() && (extend || !brush.range())) return;
    host.act(() => brush.moveTo(to, extend));
  };
  const clear = (): void => {
    if (brush.cursor() !== undefined) host.act(brush.clear);
  };
  const setTime = (field: 'after' | 'before', second: number): void => {
    const at = second * 1000;
    host.filter.include(field, at);
    // What is there already is taken away.
    if (!host.filter.text().includes(new Date(at).toISOString())) host.filter.include(field, at);
  };
  const apply = (): void => {
    const range = brush.range();
    if (!range) return;
    const [from, to] = arrivalsIn(host.session().model.rows, range);
    host.act(() => {
      setTime('after', from);
      setTime('before', to + 1);
      host.say(`Filter: ${spanOf(range)}`);
      brush.clear();
    });
  };

  const onKey = (event: KeyboardEvent): void => {
    const { key, shiftKey } = event;
    const step = stepOf(key, RATE_SECONDS);
    const cursor = brush.cursor();
    const isUsed =
      step !== undefined ||
      (key === 'Enter' && brush.range()) ||
      (key === 'Escape' && cursor !== undefined);
    if (!isUsed || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (key === 'Enter') apply();
    else if (step === undefined) clear();
    else moveTo(cursor === undefined ? first + RATE_SECONDS - 1 : cursor + step, shiftKey);
  };
  const onPointer = (event: PointerEvent): void => {
    const plot = event.currentTarget as HTMLElement;
    const { left, width } = plot.getBoundingClientRect();
    const second = first + Math.floor(((event.clientX - left) / width) * RATE_SECONDS);
    if (event.type === 'pointerdown') {
      plot.setPointerCapture(event.pointerId);
      isDrawing = true;
      moveTo(second, event.shiftKey);
    } else if (event.type === 'pointermove') {
      // A pointer that only passes leaves alone what was selected with keys.
      if (isDrawing || !brush.range()) moveTo(second, isDrawing);
    } else {
      if (isDrawing && event.type === 'pointerup') apply();
      else if (!plot.matches(':focus')) clear();
      isDrawing = false;
    }
  };

  return {
    on: (event) => {
      if (event instanceof PointerEvent) onPointer(event);
      else if (event instanceof KeyboardEvent) onKey(event);
      else clear();
    },
    read: (series, totals) => {
      first = series.seconds[0] ?? 0;
      const cursor = brush.cursor();
      const range = brush.range();
      if (cursor === undefined)
        return {
          words: undefined,
          spoken: undefined,
          column: undefined,
          marks: [],
          table: table.render(series),
        };
      const words = readOut(series, totals, range ?? [cursor, cursor]);
      return {
        words,
        spoken: range ? `${words} · Enter filters` : words,
        column: Math.max(0, cursor - first),
        marks: [
          ...(range ? [['chart-range', range[0] - first, range[1] - range[0] + 1] as const] : []),
          ['chart-cursor', cursor - first, 1],
        ],
        table: table.render(series),
      };
    },
    clear: brush.clear,
  };
}

function spanOf([from, to]: SecondRange): string {
  return from === to ? clockOf(from) : `${clockOf(from)} – ${clockOf(to)}`;
}

/** One second or a range in words: how many records, of which shards, and whether reads were throttled. */
function readOut(
  { seconds, byShard, throttledByShard }: RateSeries,
  totals: readonly number[],
  range: SecondRange,
): string {
  const first = seconds[0] ?? 0;
  const sum = (counts: readonly number[]): number =>
    counts
      .slice(Math.max(0, range[0] - first), Math.max(0, range[1] - first + 1))
      .reduce((all, count) => all + count, 0);
  const shards = [...byShard]
    .map(([shardId, counts]) => ({ shardId, count: sum(counts) }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count)
    .slice(0, 4)
    .map(({ shardId, count }) => `shard ${formatShard(shardId)}: ${formatCount(count)}`);
  const refused = [...throttledByShard.values()].reduce((all, counts) => all + sum(counts), 0);
  return [
    `${spanOf(range)} · ${formatCount(sum(totals))} records`,
    ...(refused > 0 ? [`${formatCount(refused)} reads throttled`] : []),
    ...(shards.length > 0 ? [shards.join(', ')] : []),
  ].join(' · ');
}
