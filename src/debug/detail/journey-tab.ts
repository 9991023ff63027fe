import { html, nothing, type TemplateResult } from 'lit';
import { formatDuration, formatTime } from '../format.ts';
import type { Leg, Station } from './legs.ts';

const STATIONS: Record<Station, string> = {
  captured: 'Captured',
  logged: 'In the log',
  sent: 'Sent',
  relay: 'At the relay',
  arrived: 'In the stream',
  receipt: 'Receipt',
  read: 'Read',
  shown: 'Shown',
};

/**
 * The stops of an event, each leg as long as it took.
 *
 * @param whose where the title has to say it
 */
export function renderJourney(legs: readonly Leg[], whose?: string): TemplateResult {
  const start = legs[0]?.at ?? 0;
  const whole = Math.max(1, ...legs.map((leg) => leg.at - start));
  const [first] = legs;
  const last = legs.at(-1);
  return html`<h4>
      Journey ${whose ? `of ${whose}` : nothing}
      <span class="number muted"
        >${first && last ? `${formatDuration(whole)} from ${first.station} to ${last.station}` : nothing}</span
      >
    </h4>
    <ol class="journey">
      ${legs.map((leg, index) => {
        const end = ((leg.at - start) / whole) * 100;
        const width = (Math.max(0, leg.tookMs) / whole) * 100;
        const sign = leg.tookMs < 0 ? '' : '+';
        return html`<li>
          <span class="station">${STATIONS[leg.station]}</span>
          <span class="lane-bar" aria-hidden="true"
            ><span
              ?data-guess=${leg.approximate}
              style="inset-inline-start: ${Math.max(0, end - width)}%; inline-size: ${width}%"
            ></span
          ></span>
          <span class="number took" title=${formatTime(leg.at)}
            >${leg.approximate ? '≈ ' : ''}${index === 0 ? formatTime(leg.at) : `${sign}${formatDuration(leg.tookMs)}`}</span
          >
          ${leg.note ? html`<span class="muted leg-note">${leg.note}</span>` : nothing}
        </li>`;
      })}
    </ol>
    ${
      legs.some((leg) => leg.approximate)
        ? html`<p class="muted hint">≈ another clock than this page’s: the leg is a guess.</p>`
        : nothing
    }`;
}
