import { type CSSResult, css, html, nothing, type TemplateResult } from 'lit';
import type { ClientStats } from '../../client/types.ts';
import type { LaneAccount, LedgerTotals } from '../../consumer/types.ts';
import { formatCount, formatLane, formatPlural, formatReasons, formatRuns } from '../format.ts';
import { renderPanel } from '../frame/panel.ts';
import type { Part, ViewHost } from '../types.ts';
import type { Proof } from './proof.ts';
import { unreadOf } from './verdict.ts';

interface LedgerFacts {
  readonly lanes: readonly LaneAccount[];
  readonly totals: LedgerTotals;
  readonly stats: ClientStats | undefined;
  /** Whether the stream is read from its beginning. */
  readonly fromBeginning: boolean;
}

/** Lanes drawn at a time: the rest is counted, and stands in the totals. */
const MAX_LANES = 40;

/** The account of every lane. */
export function createLedgerPart(host: ViewHost, _proof: Proof): Part {
  return {
    render: ({ lanes, totals, stats }) =>
      renderLedger({ lanes, totals, stats, fromBeginning: host.session().fromBeginning }),
  };
}

function renderLedger(facts: LedgerFacts): TemplateResult {
  const { totals } = facts;
  const aside = totals.lanes > 0 ? formatPlural(totals.lanes, 'lane') : nothing;
  const body =
    totals.lanes === 0 && !facts.stats
      ? html`<p class="empty">Every lane that arrives gets its account here: received, doubled, late, missing.</p>`
      : html`<div class="body" tabindex="0" role="group" aria-label="Ledger, scrollable">
          ${facts.stats ? renderOwn(facts.stats) : nothing} ${renderTable(facts)}
        </div>`;
  return renderPanel('ledger', 'Ledger', aside, body);
}

/** The lanes worth a line: this page's own, those with something missing, then the latest. */
export function orderLanes(lanes: readonly LaneAccount[], own: string | undefined): LaneAccount[] {
  const rank = (lane: LaneAccount): number => {
    if (lane.lane === own) return 0;
    return lane.missing > 0 ? 1 : 2;
  };
  return [...lanes].sort((a, b) => rank(a) - rank(b));
}

function renderOwn(stats: ClientStats): TemplateResult {
  const { captured, stored, rejected, dropped, queue } = stats;
  const left = `${formatCount(queue.events)} queued`;
  // Another tab may have sent ours, or this one sends what other pages left: then there is no sum to make.
  if (captured - stored - rejected - dropped !== queue.events) {
    return html`<p class="sum number">
      <span>${formatCount(captured)} captured here</span> ·
      <span>by this tab, for all pages: ${formatCount(stored)} stored</span> ·
      <span>${formatCount(rejected)} rejected</span> · <span>${formatCount(dropped)} dropped</span> ·
      <span>${left}</span>
    </p>`;
  }
  return html`<p class="sum number">
    <span>${formatCount(captured)} captured</span> − <span>${formatCount(stored)} stored</span> −
    <span>${formatCount(rejected)} rejected</span> − <span>${formatCount(dropped)} dropped</span> =
    <strong class="adds">✓ ${left}</strong>
  </p>`;
}

function renderTable({ lanes, totals, stats, fromBeginning }: LedgerFacts): TemplateResult {
  const ordered = orderLanes(lanes, stats?.lane);
  const hidden = ordered.length - MAX_LANES;
  return html`<table>
    <thead>
      <tr>
        <th scope="col">Lane</th>
        <th scope="col">Received</th>
        <th scope="col"><abbr title="Copies of events that had arrived before">Dup</abbr></th>
        <th scope="col"><abbr title="Arrived after a higher number">Late</abbr></th>
        <th scope="col">Dropped</th>
        <th scope="col">Missing</th>
      </tr>
    </thead>
    <tbody>
      ${ordered.slice(0, MAX_LANES).map((lane) => renderLane(lane, lane.lane === stats?.lane, fromBeginning))}
      ${
        hidden > 0
          ? html`<tr><td colspan="6" class="muted">and ${formatPlural(hidden, 'more lane')}, counted below</td></tr>`
          : nothing
      }
    </tbody>
    <tfoot>
      <tr>
        <th scope="row">All</th>
        ${renderFigures(totals)}
      </tr>
      ${totals.lanes > 1 ? renderReasons(totals) : nothing}
    </tfoot>
  </table>`;
}

function renderLane(lane: LaneAccount, own: boolean, fromBeginning: boolean): TemplateResult {
  const unread = fromBeginning ? 0 : unreadOf(lane);
  const note = unread > 0 ? ` (1–${unread} from before reading began)` : '';
  return html`<tr>
      <th scope="row" title=${lane.lane}>
        ${formatLane(lane.lane)} ${own ? html`<span class="own">this page</span>` : nothing}
      </th>
      ${renderFigures(lane)}
    </tr>
    ${
      lane.gaps.length > 0
        ? html`<tr class="gaps"><td colspan="6">▲ missing ${formatRuns(lane.gaps)}${note}</td></tr>`
        : nothing
    }
    ${renderReasons(lane)}`;
}

/** Who decided that. */
function renderReasons({
  dropped,
  droppedBy,
}: Pick<LaneAccount, 'dropped' | 'droppedBy'>): unknown {
  if (dropped === 0) return nothing;
  return html`<tr class="reasons"><td colspan="6">✂ left out: ${formatReasons(droppedBy)}</td></tr>`;
}

function renderFigures(
  account: Pick<LaneAccount, 'received' | 'duplicates' | 'outOfOrder' | 'dropped' | 'missing'>,
): TemplateResult {
  return html`<td>${formatCount(account.received)}</td>
    <td ?data-some=${account.duplicates > 0}>${formatCount(account.duplicates)}</td>
    <td ?data-some=${account.outOfOrder > 0}>${formatCount(account.outOfOrder)}</td>
    <td ?data-dropped=${account.dropped > 0}>${formatCount(account.dropped)}</td>
    <td ?data-missing=${account.missing > 0}>${formatCount(account.missing)}</td>`;
}

export const ledgerStyles: CSSResult = css`
  .ledger .body {
    padding-block-start: 6px;
  }
  .sum {
    padding-block-end: 6px;
    color: var(--text);
    font-size: 11.5px;
    text-wrap: balance;
  }
  .sum span,
  .sum strong {
    white-space: nowrap;
  }
  .adds {
    color: var(--proven);
    font-weight: 600;
  }
  table {
    inline-size: 100%;
    max-inline-size: 760px;
    border-collapse: collapse;
    font: 11.5px/1.5 var(--mono);
    font-variant-numeric: tabular-nums;
  }
  th,
  td {
    padding: 3px 6px;
    text-align: end;
    white-space: nowrap;
  }
  th:first-child,
  td:first-child {
    padding-inline-start: 0;
    text-align: start;
  }
  thead th {
    position: sticky;
    inset-block-start: -6px;
    background: var(--surface);
    color: var(--muted);
    font: 500 11px/1.5 var(--font);
  }
  abbr {
    text-decoration: none;
  }
  tbody th {
    font-weight: 500;
  }
  tbody tr:not(.gaps, .reasons) > *,
  tfoot tr:not(.reasons) > * {
    border-block-start: 1px solid var(--line);
  }
  tfoot tr > * {
    font-weight: 650;
  }
  .own {
    margin-inline-start: 4px;
    padding: 1px 6px;
    border-radius: 99px;
    background: var(--selected);
    font: 500 10.5px/1.4 var(--font);
  }
  [data-some],
  [data-missing],
  .gaps td {
    color: var(--pending);
    font-weight: 600;
  }
  .gaps td {
    padding-block-start: 0;
    white-space: normal;
    font-weight: 500;
  }
  [data-dropped],
  .reasons td {
    color: var(--dropped);
    font-weight: 600;
  }
  .reasons td {
    padding-block-start: 0;
    white-space: normal;
    font-weight: 500;
  }
  @container rivulet (max-width: 419px) {
    .ledger :is(th, td) {
      padding-inline: 3px;
    }
    .own {
      display: block;
      inline-size: max-content;
      margin: 0 0 2px;
    }
  }
`;
