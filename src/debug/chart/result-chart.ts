/** Figures that somebody asked for, as bars or as lines. The table beside it says the same. */

import { type CSSResult, css, html, nothing, svg, type TemplateResult } from 'lit';
import { formatPlural } from '../format.ts';
import { stepOf } from './brush.ts';

export interface ChartData {
  readonly labels: readonly string[];
  readonly series: readonly {
    readonly name: string;
    readonly values: readonly (number | undefined)[];
  }[];
}

/** More bars are a wall. */
const MAX_BARS = 60;

const NUMBER = new Intl.NumberFormat('en', { maximumSignificantDigits: 6 });

export interface LineChart {
  readonly render: (data: ChartData, what: string) => TemplateResult;
}

/** A line for each series, each on its own axis, over the same labels, with a cursor that arrows and pointers move. */
export function createLineChart(act: (action: () => void) => void): LineChart {
  let cursor: number | undefined;
  return {
    render: ({ labels, series }, what) => {
      const last = Math.max(1, labels.length - 1);
      const at = cursor === undefined ? undefined : Math.min(cursor, labels.length - 1);
      const words =
        at === undefined
          ? formatPlural(labels.length, 'point')
          : [
              labels[at],
              ...series.map(({ name, values }) => `${name} ${formatValue(values[at])}`),
            ].join(' · ');
      const go = (to: number): void =>
        act(() => {
          cursor = Math.max(0, Math.min(labels.length - 1, to));
        });
      const onKey = (event: KeyboardEvent): void => {
        const step = stepOf(event.key, last);
        if (step === undefined) return;
        event.preventDefault();
        go(at === undefined ? last : at + step);
      };
      const onPointer = (event: PointerEvent): void => {
        const { left, width } = (event.currentTarget as Element).getBoundingClientRect();
        go(Math.round(((event.clientX - left) / width) * last));
      };
      return html`<div class="lines">
        <p class="number muted">${words}</p>
        <figure
          tabindex="0"
          role="slider"
          aria-label=${what}
          aria-valuemin="0"
          aria-valuemax=${last}
          aria-valuenow=${at ?? last}
          aria-valuetext=${words}
          @keydown=${onKey}
          @pointermove=${onPointer}
          @pointerdown=${onPointer}
        >
          ${series.map(({ name, values }) => {
            const [low, high] = bounds(values);
            return html`<div class="lines-one">
              <p class="number lines-axis"><span>${NUMBER.format(high)}</span><span>${NUMBER.format(low)}</span></p>
              <b>${name}</b>
              <svg viewBox="0 0 ${last} 100" preserveAspectRatio="none" aria-hidden="true">
                ${svg`<path d=${lineOf(values, low, high)} />`}
              </svg>
            </div>`;
          })}
          ${at === undefined ? nothing : html`<i style="inset-inline-start: ${(100 * at) / last}%"></i>`}
        </figure>
        <p class="number muted lines-ends"><span>${labels[0]}</span><span>${labels.at(-1)}</span></p>
      </div>`;
    },
  };
}

/** A bar for each label, of the first series. */
export function renderBars({ labels, series }: ChartData): TemplateResult {
  const [first] = series;
  const values = first?.values ?? [];
  const most = Math.max(...bounds(values).map(Math.abs));
  const more = labels.length - MAX_BARS;
  return html`<table class="bars">
      <caption class="muted">${first?.name}</caption>
      <tbody>
        ${labels.slice(0, MAX_BARS).map((label, index) => {
          const value = values[index];
          return html`<tr>
            <th scope="row">${label || '(none)'}</th>
            <td class="bars-track" aria-hidden="true">
              <i style="inline-size: ${(Math.abs(value ?? 0) / most) * 100}%" ?data-negative=${(value ?? 0) < 0}></i>
            </td>
            <td class="number">${formatValue(value)}</td>
          </tr>`;
        })}
      </tbody>
    </table>
    ${more > 0 ? html`<p class="muted">${more} more in the table</p>` : nothing}`;
}

export function formatValue(value: number | undefined): string {
  return value === undefined ? '–' : NUMBER.format(value);
}

/** From the least to the greatest, and 0 among them. */
function bounds(values: readonly (number | undefined)[]): readonly [low: number, high: number] {
  let low = 0;
  let high = 0;
  for (const value of values) {
    low = Math.min(low, value ?? 0);
    high = Math.max(high, value ?? 0);
  }
  return low === high ? [0, 1] : [low, high];
}

/** Broken where a value is missing. */
function lineOf(values: readonly (number | undefined)[], low: number, high: number): string {
  let path = '';
  for (const [index, value] of values.entries()) {
    if (value === undefined) continue;
    const isOn = index > 0 && values[index - 1] !== undefined;
    path += `${isOn ? 'L' : 'M'}${index} ${(100 - (100 * (value - low)) / (high - low)).toFixed(2)}`;
  }
  return path;
}

export const resultChartStyles: CSSResult = css`
  .lines {
    display: flex;
    flex-direction: column;
    gap: 6px;
    min-block-size: 100%;
    padding: 0 6px 0 58px;
    font-size: 11.5px;
  }
  .lines figure {
    position: relative;
    display: flex;
    flex: 1;
    flex-direction: column;
    gap: 12px;
    cursor: crosshair;
    touch-action: pan-y;
  }
  .lines-one {
    position: relative;
    flex: 1;
    min-block-size: 64px;
    border-block: 1px solid var(--line);
  }
  .lines-one b {
    position: absolute;
    inset: 2px auto auto 4px;
    font-weight: 600;
  }
  .lines-one svg {
    position: absolute;
    inline-size: 100%;
    block-size: 100%;
    overflow: visible;
  }
  .lines path {
    fill: none;
    stroke: var(--accent);
    stroke-width: 1.6;
    vector-effect: non-scaling-stroke;
  }
  .lines i {
    position: absolute;
    inset-block: 0;
    inline-size: 1px;
    background: var(--text);
    pointer-events: none;
  }
  .lines-ends,
  .lines-axis {
    display: flex;
    justify-content: space-between;
  }
  .lines-axis {
    position: absolute;
    flex-direction: column;
    inset: -6px calc(100% + 6px) -6px auto;
    color: var(--muted);
    font-size: 10.5px;
    text-align: end;
  }
  .bars {
    inline-size: 100%;
    border-spacing: 0 3px;
    font-size: 12px;
  }
  .bars caption {
    text-align: start;
  }
  .bars th {
    max-inline-size: 240px;
    overflow: hidden;
    padding-inline-end: 10px;
    font-weight: 500;
    text-align: start;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .bars td:last-child {
    inline-size: 1%;
    padding-inline-start: 10px;
    text-align: end;
    white-space: nowrap;
  }
  .bars-track {
    inline-size: 60%;
  }
  .bars-track i {
    display: block;
    min-inline-size: 1px;
    block-size: 12px;
    border-radius: 0 3px 3px 0;
    background: var(--accent);
  }
  .bars-track [data-negative] {
    background: none;
    border: 1px solid var(--accent);
  }
  @media (forced-colors: active) {
    .lines path {
      stroke: CanvasText;
    }
    .bars-track i,
    .lines i {
      background: CanvasText;
      forced-color-adjust: none;
    }
  }
`;
