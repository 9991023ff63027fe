import { html, nothing, type TemplateResult } from 'lit';
import type { LaneAccount } from '../../consumer/types.ts';
import type { LaneRange } from '../../protocol/event.ts';
import { formatCount, formatLane, formatPlural, formatReasons } from '../format.ts';
import type { Absence } from './absences.ts';
import { type Figures, sumOf } from './lane-figures.ts';
import { describeRun, runsOf } from './lane-runs.ts';

export interface LaneRow {
  readonly account: LaneAccount;
  readonly absences: readonly Absence[];
  readonly figures: Figures;
  /** This page's own. */
  readonly isOwn: boolean;
  readonly isOpen: boolean;
  /** Numbers from before reading began. */
  readonly unread: number;
  readonly now: number;
  /** When a row first showed the absence. */
  readonly sinceOf: (range: LaneRange) => number | undefined;
  readonly onToggle: (isOpen: boolean) => void;
  readonly onGo: (range: LaneRange) => void;
}

interface Column {
  readonly name: keyof Figures;
  readonly title: string;
  readonly says: string;
}

export const COLUMNS: readonly Column[] = [
  { name: 'captured', title: 'Captured', says: 'As far as the lane’s numbers go' },
  { name: 'stored', title: 'Stored', says: 'Distinct events that were read from the stream' },
  { name: 'rejected', title: 'Rejected', says: 'Refused by the relay for good, and declared' },
  { name: 'dropped', title: 'Dropped', says: 'Left out on purpose, and declared' },
  { name: 'queued', title: 'Queued', says: 'On this page, or on their way; unknown of others' },
  { name: 'duplicates', title: 'Dup', says: 'Copies of events that had arrived before' },
  { name: 'outOfOrder', title: 'Order', says: 'Arrived after a higher number' },
  { name: 'late', title: 'Late', says: 'Arrived more than a minute after they were captured' },
  { name: 'missing', title: 'Missing', says: 'Neither arrived nor declared' },
];

const WIDTH = COLUMNS.length + 1;

export function renderFigures(figures: Figures, isLost: boolean): TemplateResult[] {
  return COLUMNS.map(({ name }) => {
    const value = figures[name];
    const tone = !value
      ? undefined
      : name === 'missing'
        ? isLost
          ? 'lost'
          : 'missing'
        : name === 'captured' || name === 'stored' || name === 'queued'
          ? undefined
          : name;
    const text =
      value === undefined
        ? '–'
        : name === 'outOfOrder' && value === 0
          ? 'ok'
          : name === 'missing' && isLost
            ? `✕ ${formatCount(value)}`
            : formatCount(value);
    return html`<td class=${name} data-tone=${tone ?? nothing} ?data-none=${!value}>${text}</td>`;
  });
}

/** A client that has several lanes: their sum. */
export function renderClient(
  client: string,
  rows: readonly LaneRow[],
  isOpen: boolean,
  toggle: () => void,
): TemplateResult {
  const figures = sumOf(rows.map(({ figures }) => figures));
  return html`<tr class="ledger-client">
    <th scope="row" title=${client}>
      ${renderToggle(isOpen, toggle, html`<span class="ledger-name">${client}</span>`)}
      <span class="muted">${formatPlural(rows.length, 'lane')}</span>
    </th>
    ${renderFigures(figures, rows.some(isLossy))}
  </tr>`;
}

export function renderLane(row: LaneRow): TemplateResult {
  const { account, figures, isOwn, isOpen, absences } = row;
  return html`<tr>
      <th scope="row" title="${account.lane} of ${account.client}">
        ${renderToggle(isOpen, () => row.onToggle(!isOpen), formatLane(account.lane))}
        ${isOwn ? html`<span class="own">this page</span>` : nothing}
      </th>
      ${renderFigures(figures, isLossy(row))}
    </tr>
    ${
      isOpen
        ? html`<tr class="ledger-runs ${absences.length > 0 ? 'gaps' : ''}">
            <td colspan=${WIDTH}>${renderRuns(row)}</td>
          </tr>`
        : nothing
    }
    ${
      account.dropped > 0
        ? html`<tr class="reasons"><td colspan=${WIDTH}>✂ left out: ${formatReasons(account.droppedBy)}</td></tr>`
        : nothing
    }`;
}

function isLossy({ absences }: LaneRow): boolean {
  return absences.some(({ state }) => state === 'lost');
}

function renderToggle(isOpen: boolean, toggle: () => void, name: unknown): TemplateResult {
  return html`<button class="ledger-toggle" aria-expanded=${isOpen} @click=${toggle}>
    <span aria-hidden="true">${isOpen ? '▾' : '▸'}</span> ${name}
  </button>`;
}

const SIGNS: Record<Absence['state'], string> = { lost: '✕', stored: '◌', missing: '▲' };

function renderRuns(row: LaneRow): TemplateResult {
  const { account, absences, unread, isOwn, now, figures } = row;
  const first = unread > 0 ? unread + 1 : account.first;
  const { runs, more } = runsOf({ first, highest: account.highest }, absences);
  return html`<ul>
    ${unread > 0 ? html`<li>1–${formatCount(unread)} from before reading began</li>` : nothing}
    ${runs.map((run) => {
      const text = describeRun(run, {
        now,
        since: row.sinceOf({ lane: account.lane, ...run }),
        isOwn,
      });
      const { absence } = run;
      if (!absence) return html`<li>${text}</li>`;
      return html`<li data-state=${absence.state}>
        <button title="Show it among the records" @click=${() => row.onGo(absence)}>
          <span aria-hidden="true">${SIGNS[absence.state]}</span> ${text}
        </button>
      </li>`;
    })}
    ${more > 0 ? html`<li>and ${formatPlural(more, 'more gap')}</li>` : nothing}
    ${figures.queued ? html`<li>${formatCount(figures.queued)} above, on this page or on their way</li>` : nothing}
    ${runs.length === 0 && !figures.queued ? html`<li>nothing read so far</li>` : nothing}
    <li class="ledger-more">
      ${formatCount(figures.captured)} captured, ${formatCount(figures.rejected)} rejected,
      ${formatCount(figures.duplicates)} dup, ${formatCount(figures.outOfOrder)} out of order,
      ${formatCount(figures.late)} late
    </li>
  </ul>`;
}
