/** Figures of the rows that the table shows, made anew about once a second, in slices. */

import { html, nothing, type TemplateResult } from 'lit';
import { formatBytes, formatCount, formatDuration } from '../format.ts';
import type { Snapshot } from '../records/records-view.ts';
import type { DrawerBody } from '../sql/drawer.ts';
import type { ViewHost } from '../types.ts';
import { metricsStyles } from './metrics-styles.ts';
import {
  createTally,
  type Figures,
  GROUPINGS,
  type Group,
  type Grouping,
  type MetricGroup,
  type Tally,
} from './tally.ts';
import { rateVital } from './vitals.ts';

/** Figures that change faster cannot be read. */
const EVERY_MS = 1_000;

/** Time for one slice of the rows, well under the 50 ms that a person would feel. */
const SLICE_MS = 15;

/** Rows between two looks at the clock. */
const SLICE_ROWS = 256;

/** Groups beyond these are in a sum. */
const MAX_GROUPS = 20;

export function createMetricsPanel(host: ViewHost): DrawerBody {
  let by: Grouping = 'event';
  let figures: Figures | undefined;
  let doneAt = Number.NEGATIVE_INFINITY;
  let work: { readonly tally: Tally; readonly of: Snapshot; next: number } | undefined;

  const start = (): void => {
    const of = host.table.snapshot();
    work = { tally: createTally(by), of, next: of.first };
  };
  const advance = (): void => {
    const { monotonic } = host.runtime;
    if (!work && monotonic() - doneAt >= EVERY_MS) start();
    if (!work) return;
    const until = monotonic() + SLICE_MS;
    while (work.next < work.of.end && monotonic() < until) {
      const stop = Math.min(work.of.end, work.next + SLICE_ROWS);
      for (; work.next < stop; work.next++) {
        const row = work.of.at(work.next);
        if (row) work.tally.add(row);
      }
    }
    if (work.next < work.of.end) {
      host.request();
      return;
    }
    figures = work.tally.read();
    work = undefined;
    doneAt = monotonic();
  };
  const groupBy = (next: Grouping): void =>
    host.act(() => {
      by = next;
      figures = undefined;
      start();
    });

  return {
    styles: metricsStyles,
    focus: '.metrics',
    render: () => {
      advance();
      const isFiltered = host.filter.text().trim() !== '';
      return html`<div class="metrics body" tabindex="0" role="group" aria-label="Metrics, scrollable">
        <p class="muted">
          Of the rows ${isFiltered ? 'that the filter shows' : 'in the window'}.
          ${figures ? `Percentiles are at most ${percent(errorOf(figures))} off.` : nothing}
        </p>
        ${figures ? renderFigures(figures, by, groupBy) : html`<p>Counting …</p>`}
      </div>`;
    },
    reset: () => {
      figures = undefined;
      work = undefined;
      doneAt = Number.NEGATIVE_INFINITY;
    },
  };
}

function renderFigures(
  figures: Figures,
  by: Grouping,
  groupBy: (next: Grouping) => void,
): TemplateResult {
  const { records, bytes, perSecond, latency, sizes, metrics, unreadable } = figures;
  const of = (value: number | undefined, format: (value: number) => string): string =>
    value === undefined ? '–' : format(value);
  const tile = (value: string, name: string) =>
    html`<div><dd class="number">${value}</dd><dt>${name}</dt></div>`;
  return html`<dl class="metrics-tiles">
      ${tile(formatCount(records), 'records')} ${tile(formatBytes(bytes), 'data')}
      ${tile(
        of(perSecond, (rate) => `${rate < 10 ? rate.toFixed(1) : formatCount(Math.round(rate))}/s`),
        'rate',
      )}
      ${tile(of(latency.p50, formatDuration), 'latency, median')}
      ${tile(of(latency.p95, formatDuration), 'latency, p95')}
      ${tile(of(latency.p99, formatDuration), 'latency, p99')}
      ${tile(of(latency.p100, formatDuration), 'latency, longest')}
      ${tile(of(sizes.p50, rounded), 'size, median')} ${tile(of(sizes.p95, rounded), 'size, p95')}
      ${tile(of(sizes.p100, rounded), 'size, largest')}
    </dl>
    <div class="metrics-tables">
      <section>
        <header>
          <h4>Records by</h4>
          ${GROUPINGS.map(
            (name) =>
              html`<button aria-pressed=${name === by} @click=${() => groupBy(name)}>${name}</button>`,
          )}
        </header>
        ${renderGroups(figures)}
      </section>
      <section>
        <header><h4>Web vitals and metrics</h4></header>
        ${
          metrics.length === 0
            ? html`<p class="muted">No metric events among these rows.</p>`
            : renderMetrics(metrics)
        }
        ${unreadable > 0 ? html`<p class="muted">⚠ ${formatCount(unreadable)} with a value that is no number</p>` : nothing}
      </section>
    </div>`;
}

function rounded(bytes: number): string {
  return formatBytes(Math.round(bytes));
}

function renderGroups({ groups, records }: Figures): TemplateResult {
  const most = groups[0]?.records ?? 1;
  const rest = groups.slice(MAX_GROUPS);
  const duration = (value: number | undefined) =>
    value === undefined ? '–' : formatDuration(value);
  const row = ({ name, records: count, bytes, latency }: Group) => html`<tr>
    <th scope="row" title=${name}>${name}</th>
    <td class="metrics-bar" aria-hidden="true"><i style="inline-size: ${(count / most) * 100}%"></i></td>
    <td>${formatCount(count)}</td>
    <td>${percent(count / records)}</td>
    <td>${formatBytes(bytes)}</td>
    <td>${duration(latency.p50)}</td>
    <td>${duration(latency.p95)}</td>
  </tr>`;
  return html`<table class="number metrics-groups">
      <thead>
        <tr>
          <th scope="col">Group</th><td class="metrics-bar"></td><th scope="col">Records</th><th scope="col">Share</th>
          <th scope="col">Data</th><th scope="col">Latency p50</th><th scope="col">p95</th>
        </tr>
      </thead>
      <tbody>${groups.slice(0, MAX_GROUPS).map(row)}</tbody>
    </table>
    ${
      rest.length > 0
        ? html`<p class="muted">
            ${formatCount(rest.length)} more, with
            ${formatCount(rest.reduce((sum, { records }) => sum + records, 0))} records together
          </p>`
        : nothing
    }`;
}

/** Clients may send histograms that are coarser than what is counted here. */
function errorOf({ latency, sizes, metrics }: Figures): number {
  const spreads = [latency, sizes, ...metrics.map(({ readings }) => readings)];
  return Math.max(...spreads.map(({ relativeError }) => relativeError));
}

function percent(part: number): string {
  return part > 0 && part < 0.001 ? '< 0.1 %' : `${(100 * part).toFixed(1)} %`;
}

const SIGNS = { good: '✓', 'needs improvement': '⚠', poor: '✕' } as const;

function renderMetrics(metrics: readonly MetricGroup[]): TemplateResult {
  const show = (value: number | undefined, unit: string): string => {
    if (value === undefined) return '–';
    const text = Number(value.toPrecision(3)).toLocaleString('en');
    return unit ? `${text} ${unit}` : text;
  };
  return html`<table class="number metrics-readings">
    <thead>
      <tr>
        <th scope="col">Metric</th><th scope="col">Readings</th><th scope="col">p50</th>
        <th scope="col">p75</th><th scope="col">p95</th><th scope="col">At p75</th>
      </tr>
    </thead>
    <tbody>
      ${metrics.map(({ name, unit, readings }) => {
        const rating = rateVital(name, readings.p75);
        return html`<tr>
          <th scope="row">${name}</th>
          <td>${formatCount(readings.count)}</td>
          <td>${show(readings.p50, unit)}</td>
          <td>${show(readings.p75, unit)}</td>
          <td>${show(readings.p95, unit)}</td>
          <td data-rating=${rating ?? nothing}>${rating ? `${SIGNS[rating]} ${rating}` : '–'}</td>
        </tr>`;
      })}
    </tbody>
  </table>`;
}
