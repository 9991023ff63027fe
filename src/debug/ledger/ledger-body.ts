import { html, nothing, type TemplateResult } from 'lit';
import type { ClientStats } from '../../client/types.ts';
import type { LaneAccount } from '../../consumer/types.ts';
import type { LaneRange } from '../../protocol/event.ts';
import { formatCount, formatPlural, formatReasons } from '../format.ts';
import type { Drawing, ViewHost } from '../types.ts';
import { absencesOf } from './absences.ts';
import { createGapLog, rowOf } from './gap-log.ts';
import {
  addUp,
  emptyAccount,
  type Figures,
  figuresOf,
  groupByClient,
  sumOf,
} from './lane-figures.ts';
import { COLUMNS, type LaneRow, renderClient, renderFigures, renderLane } from './ledger-rows.ts';
import { ledgerStyles } from './ledger-styles.ts';
import type { Proof } from './proof.ts';
import { proofText } from './proof-text.ts';
import { unreadOf, type Verdict } from './verdict.ts';

/** Clients drawn at a time, and lanes of each: the rest is counted, and stands in the sums. */
const MAX_CLIENTS = 40;
const MAX_LANES = 20;

const SIGNS: Record<Verdict['tone'], string> = { none: '○', proven: '✓', pending: '◌', lost: '✕' };

/** What the panel shows and does; it comes when the panel is first seen. */
export interface LedgerBody {
  readonly render: (drawing: Drawing) => TemplateResult;
  readonly copyProof: (drawing: Drawing) => void;
  readonly goToLoss: (drawing: Drawing) => void;
  readonly reset: () => void;
}

export function createLedgerBody(host: ViewHost, proof: Proof): LedgerBody {
  const { styleSheet } = ledgerStyles;
  const { adoptedStyleSheets: adopted } = host.element.renderRoot as ShadowRoot;
  if (styleSheet && !adopted.includes(styleSheet)) adopted.push(styleSheet);
  const gaps = createGapLog();
  /** What a person opened or closed; lanes with something absent are open by themselves. */
  const open = new Map<string, boolean>();

  const copyProof = ({ now, verdict, shards }: Drawing): void => {
    const { model, reachOf, fromBeginning, replayed } = host.session();
    const stream = replayed ?? (host.settings().source?.stream || 'of this page');
    const facts = { now, stream, fromBeginning, verdict, ledger: model.ledger, shards, reachOf };
    host.copy(proofText(facts), 'the proof');
  };
  const goTo = (range: LaneRange): void => {
    const { rows } = host.session().model;
    gaps.look(rows);
    const row = rowOf(range, gaps, rows);
    if (row) {
      host.show('records');
      host.table.go(row);
    } else host.say('No row of it is in the window any more');
  };
  const goToLoss = ({ verdict }: Drawing): void => {
    const [run] = verdict.lost;
    if (run) goTo(run);
  };

  /** Lanes of which there is nothing but a promise, and this page's own before anything of it arrived. */
  const withUnseen = ({ lanes, laneById, stats, verdict }: Drawing): readonly LaneAccount[] => {
    const unseen = new Map<string, LaneAccount>();
    if (stats && !laneById.has(stats.lane)) {
      unseen.set(stats.lane, emptyAccount(stats.lane, stats.clientId));
    }
    for (const { lane } of verdict.lost) {
      if (!laneById.has(lane) && !unseen.has(lane)) unseen.set(lane, emptyAccount(lane, ''));
    }
    return unseen.size > 0 ? [...unseen.values(), ...lanes] : lanes;
  };

  const renderTable = (drawing: Drawing): TemplateResult => {
    const { stats, now, shards, totals, verdict } = drawing;
    const { fromBeginning, reachOf, model } = host.session();
    gaps.look(model.rows);
    const lanes = withUnseen(drawing);
    const facts = { stats, fromBeginning };
    const promised = host.tap()?.stored() ?? [];
    const looked = { shards, reachOf, fromBeginning };
    const rowFor = (account: LaneAccount): LaneRow => {
      const own = promised.filter(({ lane }) => lane === account.lane);
      const absences =
        account.missing > 0 || own.length > 0 ? absencesOf(account, own, looked) : [];
      const lostAbove = absences
        .filter(({ state, first }) => state === 'lost' && first > account.highest)
        .reduce((sum, { count }) => sum + count, 0);
      return {
        account,
        absences,
        figures: figuresOf(account, facts, lostAbove),
        isOwn: account.lane === stats?.lane,
        isOpen: open.get(account.lane) ?? absences.length > 0,
        unread: fromBeginning ? 0 : unreadOf(account),
        now,
        sinceOf: (range) => gaps.of(range)?.at,
        onToggle: (isOpen) => host.act(() => open.set(account.lane, isOpen)),
        onGo: (range) => host.act(() => goTo(range)),
      };
    };
    const groups = groupByClient(lanes, stats?.lane, MAX_CLIENTS);
    const hidden = lanes.length - groups.reduce((sum, { lanes }) => sum + lanes.length, 0);
    return html`<table>
      <thead>
        <tr>
          <th scope="col">Lane</th>
          ${COLUMNS.map(
            ({ name, title, says }) =>
              html`<th scope="col" class=${name}><abbr title=${says}>${title}</abbr></th>`,
          )}
        </tr>
      </thead>
      <tbody>
        ${groups.map(({ client, lanes: [first, ...rest] }) => {
          if (!first) return nothing;
          const row = rowFor(first);
          if (rest.length === 0) return renderLane(row);
          const rows = [row, ...rest.map(rowFor)];
          const isOpen =
            open.get(`of ${client}`) ??
            rows.some(({ isOwn, absences }) => isOwn || absences.length > 0);
          const toggle = (): void => host.act(() => open.set(`of ${client}`, !isOpen));
          return html`${renderClient(client, rows, isOpen, toggle)}
          ${isOpen ? [rows.slice(0, MAX_LANES).map(renderLane), renderMore(rows.length - MAX_LANES)] : nothing}`;
        })}
        ${renderMore(hidden)}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">All</th>
          ${renderFigures(totalsOf(drawing, fromBeginning), verdict.lost.length > 0)}
        </tr>
        ${
          totals.lanes > 1 && totals.dropped > 0
            ? html`<tr class="reasons"><td colspan=${COLUMNS.length + 1}>✂ left out: ${formatReasons(totals.droppedBy)}</td></tr>`
            : nothing
        }
      </tfoot>
    </table>`;
  };

  const renderVerdict = (drawing: Drawing, { verdict, totals } = drawing): TemplateResult => html`<p
      class="ledger-verdict"
      data-tone=${verdict.tone}
    >
      <span><span aria-hidden="true">${SIGNS[verdict.tone]}</span> ${verdict.text}</span>
      ${
        verdict.tone === 'lost'
          ? html`<button @click=${() => host.act(() => goToLoss(drawing))}>Show the gap</button>
              <button @click=${() => host.act(proof.acknowledge)}>Acknowledge</button>`
          : nothing
      }
      ${totals.late > 0 ? html`<span class="muted">${formatCount(totals.late)} came late</span>` : nothing}
    </p>`;

  return {
    render: (
      drawing,
    ) => html`<div class="body" tabindex="0" role="group" aria-label="Ledger, scrollable">
      ${renderVerdict(drawing)} ${drawing.stats ? renderOwn(drawing.stats) : nothing} ${renderTable(drawing)}
    </div>`,
    copyProof,
    goToLoss,
    reset: () => {
      gaps.reset();
      open.clear();
    },
  };
}

function totalsOf({ totals, lanes, stats, laneById }: Drawing, fromBeginning: boolean): Figures {
  const unread = fromBeginning ? 0 : lanes.reduce((sum, lane) => sum + unreadOf(lane), 0);
  const own = stats && (laneById.get(stats.lane) ?? emptyAccount(stats.lane, stats.clientId));
  const { queued } = sumOf(own ? [figuresOf(own, { stats, fromBeginning })] : []);
  return addUp(totals, totals.missing - unread, queued);
}

function renderMore(lanes: number): unknown {
  if (lanes <= 0) return nothing;
  return html`<tr>
    <td colspan=${COLUMNS.length + 1} class="muted">and ${formatPlural(lanes, 'more lane')}, counted in the sums</td>
  </tr>`;
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
