/** Records a second by shard, stacked. uPlot comes only when the chart is first seen. */

import { type CSSResult, css, html, type TemplateResult } from 'lit';
import type uPlot from 'uplot';
import { formatCount } from '../format.ts';
import { renderPanel } from '../frame/panel.ts';
import type { RateSeries } from '../reading/rates.ts';
import type { Part, ViewHost } from '../types.ts';

interface RateChart {
  /** Draws what is new, at most once a second. Does nothing while the place for it is not shown. */
  readonly update: (
    place: HTMLElement | null,
    series: RateSeries,
    hues: ReadonlyMap<string, number>,
  ) => void;
  readonly destroy: () => void;
}

/** Room for the axis of times below. */
const AXIS_PX = 22;

/** Records a second by shard. */
export function createRateChartPart(host: ViewHost): Part {
  const chart = createRateChart();
  const series = (now: number): RateSeries => host.session().model.rates.series(now);
  return {
    render: ({ now }) => renderChart(series(now)),
    drawn: ({ now, hues }) =>
      chart.update(host.element.renderRoot.querySelector<HTMLElement>('.plot'), series(now), hues),
    close: chart.destroy,
  };
}

function createRateChart(): RateChart {
  let Plot: typeof uPlot | undefined;
  let isLoading = false;
  let plot: uPlot | undefined;
  /** What the plot was built for; another shard, width or theme needs another plot. */
  let builtFor = '';
  let drawnSecond = 0;

  const load = (): void => {
    if (isLoading) return;
    isLoading = true;
    // Half of the view's third-party bytes: they come when somebody looks at the chart.
    import('uplot').then(
      (module) => {
        Plot = module.default;
      },
      () => {
        // The chart stays empty, its figures are in its text; the next look tries again.
        isLoading = false;
      },
    );
  };

  return {
    update: (place, series, hues) => {
      const width = place?.clientWidth ?? 0;
      const height = place?.clientHeight ?? 0;
      if (!place || width === 0 || height === 0) return;
      if (!Plot) return load();
      const second = series.seconds.at(-1) ?? 0;
      const style = getComputedStyle(place);
      const shards = [...series.byShard.keys()].sort();
      const needs = [width, height, style.color, style.borderTopColor, ...shards].join();
      if (needs === builtFor && second === drawnSecond) return;
      const data = stack(series, shards);
      drawnSecond = second;
      if (needs === builtFor && plot) {
        plot.setData(data);
        return;
      }
      plot?.destroy();
      builtFor = needs;
      plot = new Plot(optionsOf(Plot, { width, height, style, shards, hues }), data, place);
    },
    destroy: () => {
      plot?.destroy();
      plot = undefined;
      builtFor = '';
    },
  };
}

/** Column sums from the first shard up, tallest first: later series are painted over earlier ones. */
export function stack(series: RateSeries, shards: readonly string[]): uPlot.AlignedData {
  const sums: number[] = series.seconds.map(() => 0);
  const layers = shards.map((shard) => {
    const counts = series.byShard.get(shard) ?? [];
    for (const index of sums.keys()) sums[index] = (sums[index] ?? 0) + (counts[index] ?? 0);
    return [...sums];
  });
  return [[...series.seconds], ...layers.reverse()];
}

interface Look {
  readonly width: number;
  readonly height: number;
  readonly style: CSSStyleDeclaration;
  readonly shards: readonly string[];
  readonly hues: ReadonlyMap<string, number>;
}

function optionsOf(
  Plot: typeof uPlot,
  { width, height, style, shards, hues }: Look,
): uPlot.Options {
  const text = style.color;
  const line = style.borderTopColor;
  const stepped = Plot.paths.stepped?.({ align: 1 });
  const font = `10.5px ${style.fontFamily}`;
  const axis = { stroke: text, font, grid: { stroke: line, width: 1 }, ticks: { show: false } };
  return {
    width,
    height,
    legend: { show: false },
    cursor: { show: false },
    padding: [6, 30, 0, 0],
    scales: { y: { range: (_plot, _min, max) => [0, roundUp(max)] } },
    axes: [
      {
        ...axis,
        size: AXIS_PX,
        grid: { show: false },
        space: 70,
        values: (_plot, times) => times.map(timeOf),
      },
      {
        ...axis,
        size: 44,
        splits: (_plot, _axis, _min, max) => [0, max / 2, max],
        values: (_plot, values) => values.map(rateOf),
      },
    ],
    series: [
      {},
      ...[...shards].reverse().map((shard) => {
        const colour = style.getPropertyValue(`--chart-${hues.get(shard) ?? 7}`);
        return {
          fill: colour,
          width: 0,
          points: { show: false },
          ...(stepped ? { paths: stepped } : {}),
        };
      }),
    ],
  };
}

function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toTimeString().slice(0, 8);
}

function rateOf(value: number): string {
  return Number.isInteger(value) ? formatCount(value) : '';
}

/** The next of 4, 10, 20, 40, 100 …, so that the middle is a whole number too. */
export function roundUp(rate: number): number {
  for (let power = 1; ; power *= 10) {
    const step = [2, 4, 10].find((factor) => factor * power >= Math.max(4, rate));
    if (step !== undefined) return step * power;
  }
}

/** The chart's place, and what it shows in words. */
function renderChart(series: RateSeries): TemplateResult {
  const totals = series.seconds.map((_, index) =>
    [...series.byShard.values()].reduce((sum, counts) => sum + (counts[index] ?? 0), 0),
  );
  const now = totals.at(-1) ?? 0;
  const peak = Math.max(0, ...totals);
  const all = totals.reduce((sum, count) => sum + count, 0);
  const words = `${formatCount(now)}/s now · peak ${formatCount(peak)}/s`;
  const whole = ` · ${formatCount(all)} in 5 min`;
  return renderPanel(
    'chart',
    'Records per second',
    html`<span class="number">${words}<span class="whole">${whole}</span></span>`,
    html`<figure
      class="plot"
      tabindex="0"
      role="img"
      aria-label="Records per second by shard over the last five minutes: ${words}${whole}"
    ></figure>`,
  );
}

/** uPlot brings its own stylesheet; a plot without legend and cursor needs no more than this of it. */
export const chartStyles: CSSResult = css`
  .plot {
    flex: 1;
    min-block-size: 0;
    overflow: hidden;
    /* Read by the canvas: its text and its lines. */
    border-block-start: 0 solid var(--line);
    color: var(--muted);
    --chart-0: #0072b2;
    --chart-1: #e69f00;
    --chart-2: #009e73;
    --chart-3: #cc79a7;
    --chart-4: #56b4e9;
    --chart-5: #d55e00;
    --chart-6: #e3d530;
    --chart-7: #7c8794;
  }
  .plot .u-wrap {
    position: relative;
  }
  .plot .u-over,
  .plot .u-under,
  .plot .u-axis {
    position: absolute;
  }
  .plot canvas {
    display: block;
    inline-size: 100%;
    block-size: 100%;
  }
  @container rivulet (max-width: 419px) {
    .chart .whole {
      display: none;
    }
  }
`;
