/** Records a second by shard, stacked. What a person reads out of it or selects in it comes with `rate-reader.ts`. */

import { html, nothing, svg, type TemplateResult } from 'lit';
import { formatCount } from '../format.ts';
import { renderPanel } from '../frame/panel.ts';
import { RATE_SECONDS, type RateSeries } from '../reading/rates.ts';
import type { Part, ViewHost } from '../types.ts';
import { type Columns, columnsOf, PLOT_HEIGHT } from './columns.ts';
import type { RateReader } from './rate-reader.ts';

export function createRateChartPart(host: ViewHost): Part {
  let reader: RateReader | undefined;
  let isLoading = false;
  /** The series of one second is one object: what is drawn of it is computed once. */
  let known: { readonly series: RateSeries; readonly columns: Columns } | undefined;

  const columnsOnce = (series: RateSeries): Columns => {
    if (known?.series !== series) known = { series, columns: columnsOf(series) };
    return known.columns;
  };
  const load = (): void => {
    if (isLoading) return;
    isLoading = true;
    import('./rate-reader.ts').then(
      ({ createRateReader }) => {
        reader = createRateReader(host);
        host.request();
      },
      () => {
        // The chart is drawn all the same; the next look at it tries again.
        isLoading = false;
      },
    );
  };
  const tell = (event: Event): void => (reader ? reader.on(event) : load());

  return {
    render: ({ now, hues }) => {
      const series = host.session().model.rates.series(now);
      const { seconds, layers, totals, peak, top, throttled } = columnsOnce(series);
      const words = `${formatCount(totals.at(-1) ?? 0)}/s now · peak ${formatCount(peak)}/s`;
      const whole = ` · ${formatCount(totals.reduce((sum, count) => sum + count, 0))} in 5 min`;
      const read = reader?.read(series, totals);
      return renderPanel(
        'chart',
        'Records per second',
        html`<span class="number chart-words">${read?.words ?? html`${words}<span class="whole">${whole}</span>`}</span>
          ${
            throttled.length > 0
              ? html`<span class="chart-legend"><i class="chart-throttled"></i> throttled</span>`
              : nothing
          }
          <button @click=${() => host.openDrawer('metrics')}>Metrics</button>
          <button @click=${() => host.openDrawer('sql')}>SQL</button>`,
        html`<div class="chart-body">
            <figure
              class="chart-plot"
              tabindex="0"
              role="slider"
              aria-label="Records per second by shard over the last five minutes: ${words}${whole}"
              aria-description="Arrows read out a second, Shift and arrows select a range, Enter filters by it"
              aria-valuemin="0"
              aria-valuemax=${RATE_SECONDS - 1}
              aria-valuenow=${read?.column ?? RATE_SECONDS - 1}
              aria-valuetext=${read?.spoken ?? words}
              aria-details=${read ? 'chart-rows' : nothing}
              @focus=${load}
              @keydown=${tell}
              @blur=${tell}
              @pointerenter=${load}
              @pointerdown=${tell}
              @pointermove=${tell}
              @pointerup=${tell}
              @pointercancel=${tell}
              @pointerleave=${tell}
            >
              <svg viewBox="0 0 ${RATE_SECONDS} ${PLOT_HEIGHT}" preserveAspectRatio="none" aria-hidden="true">
                <path class="chart-grid" d="M0 0H300M0 50H300M0 100H300" />
                ${layers.map(
                  ({ shardId, path }) =>
                    svg`<path d=${path} style="--hue: var(--hue-${hues.get(shardId) ?? 7})" />`,
                )}
              </svg>
              ${throttled.map((run) => renderMark('chart-throttled', ...run))}
              ${read?.marks.map((mark) => renderMark(...mark))}
            </figure>
            <p class="chart-axis number" aria-hidden="true">
              ${[top, top / 2, 0].map((rate) => html`<span>${formatCount(rate)}</span>`)}
            </p>
            <p class="chart-times number" aria-hidden="true">
              ${seconds.map((second, column) => (second % 60 === 0 ? renderMinute(second, column) : nothing))}
            </p>
          </div>
          ${read?.table}`,
      );
    },
    reset: () => reader?.clear(),
  };
}

function percent(columns: number): string {
  return `${(columns / RATE_SECONDS) * 100}%`;
}

function renderMark(name: string, first: number, count: number): TemplateResult {
  return html`<i class=${name} style="inset-inline-start: ${percent(first)}; inline-size: ${percent(count)}"></i>`;
}

function renderMinute(second: number, column: number): TemplateResult {
  const minute = new Date(second * 1000).toTimeString().slice(0, 5);
  return html`<span style="inset-inline-start: ${percent(column)}">${minute}</span>`;
}
