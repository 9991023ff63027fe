import { html, nothing, type TemplateResult } from 'lit';
import type { ClientStats, Consent } from '../../client/types.ts';
import {
  formatAge,
  formatBytes,
  formatCount,
  formatLane,
  formatPlural,
  formatReasons,
  formatRun,
} from '../format.ts';
import { renderIcon } from '../frame/icons.ts';
import { type QueuedSegment, type QueueFacts, queuedSegments } from './queue-facts.ts';
import { describeNext, describePause, describeReturn } from './standing.ts';

const CONSENTS: Record<Consent, string> = {
  granted: 'captured and sent',
  pending: 'captured, not sent',
  denied: 'nothing captured',
};

/** From here on it is worth a look: what comes when it is full is a decision about events. */
const NEARLY_FULL = 0.8;

/** How much waits, why, and what comes next; then each segment. */
export function renderQueueTab(facts: QueueFacts): TemplateResult {
  const { stats, deliveries, page, now } = facts;
  const { queue } = stats;
  const oldest = queue.oldestAt === undefined ? '–' : formatAge(now - queue.oldestAt);
  const next = describeNext(stats, deliveries.sending(), now);
  const others = page.tabs && page.tabs.length > 1 ? ` (of ${page.tabs.length})` : '';
  return html`<dl class="tiles">
      ${renderTile('Events', formatCount(queue.events))}
      ${renderTile('Segments', formatCount(queue.segments))}
      ${renderTile('Size', formatBytes(queue.bytes))}
      ${renderTile('Oldest', oldest)}
    </dl>
    ${renderFill(queue.bytes, stats.maxQueueBytes)}
    <dl class="facts">
      ${next && renderFact('Next send', next)}
      ${renderFact('Log', renderLog(stats))}
      ${renderFact('Consent', html`${stats.consent}, <span class="muted">${CONSENTS[stats.consent]}</span>`)}
      ${renderFact('Sender', (stats.leader ? 'This tab' : 'Another tab') + others)}
      ${
        stats.dropped > 0
          ? html`<dt>Dropped</dt>
            <dd class="dropped">${formatReasons(stats.droppedBy)}</dd>`
          : nothing
      }
    </dl>
    ${renderSegments(facts)}`;
}

export function renderFact(name: string, value: unknown): TemplateResult {
  return html`<dt>${name}</dt>
    <dd>${value}</dd>`;
}

function renderTile(name: string, value: string): TemplateResult {
  return html`<div>
    <dt>${name}</dt>
    <dd class="number">${value}</dd>
  </div>`;
}

/** How much of what may wait does wait. */
function renderFill(bytes: number, maxBytes: number): unknown {
  if (!Number.isFinite(maxBytes)) return nothing;
  const part = Math.min(1, bytes / maxBytes);
  const text = `${formatBytes(bytes)} of ${formatBytes(maxBytes)}`;
  return html`<p class="fill" ?data-nearly-full=${part >= NEARLY_FULL}>
    <span
      role="meter"
      aria-label="Queue, of its cap"
      aria-valuemin="0"
      aria-valuemax=${maxBytes}
      aria-valuenow=${Math.min(bytes, maxBytes)}
      aria-valuetext=${text}
      ><span style="inline-size: ${part * 100}%"></span
    ></span>
    <span class="number" aria-hidden="true">${text}</span>
  </p>`;
}

/** What stands in the way, or that it does no more. */
export function renderStanding({ stats, deliveries, now }: QueueFacts): unknown {
  const { pause } = stats;
  const outage = deliveries.outage();
  if (pause) {
    const [why, ...rest] = describePause(pause, outage, deliveries.failedTries(), now);
    return html`<p class="pause">
      ${renderIcon('pause')} ${why} ${pause.code ? html`<code>${pause.code}</code>` : nothing}
      <span class="number">${rest.join(' ')}</span>
    </p>`;
  }
  const back = outage && describeReturn(outage, stats.queue.events, now);
  return back ? html`<p class="queue-back">${renderIcon('play')} ${back}</p>` : nothing;
}

function renderLog({ log, queue }: ClientStats): unknown {
  if (log === 'memory') return 'Memory, lost with the page';
  const disk = `IndexedDB, survives the browser${queue.isStale ? '; not readable for now' : ''}`;
  if (queue.inMemory === 0) return disk;
  return html`${disk};
    <strong class="in-memory">${formatCount(queue.inMemory)} in memory until it takes them</strong>`;
}

function renderSegments(facts: QueueFacts): unknown {
  const { page } = facts;
  const { segments, more } = queuedSegments(facts);
  if (page.logProblem) return html`<p class="pause">${page.logProblem}</p>`;
  if (segments.length === 0) return nothing;
  return html`<table class="queue-table">
    <caption class="unseen">
      Segments, in the order of sending
    </caption>
    <thead>
      <tr>
        <th scope="col">Segment</th>
        <th scope="col">Events</th>
        <th scope="col">Size</th>
        <th scope="col">Age</th>
        <th scope="col">State</th>
      </tr>
    </thead>
    <tbody>
      ${segments.map((segment) => renderSegment(segment, facts.now))}
    </tbody>
    ${
      more > 0
        ? html`<tfoot>
            <tr>
              <td colspan="5">and ${formatPlural(more, 'segment')} more behind them</td>
            </tr>
          </tfoot>`
        : nothing
    }
  </table>`;
}

function renderSegment(segment: QueuedSegment, now: number): TemplateResult {
  const { id, lane, count, bytes, contextCharacters = 0, priority, isSending, isSealed } = segment;
  const tags = [priority === 'normal' ? '' : priority, isSealed ? 'encrypted' : ''].filter(Boolean);
  return html`<tr ?data-sending=${isSending}>
    <td class="number">${renderId(id)}</td>
    <td class="number" title=${lane}>
      ${formatLane(lane)}·${formatRun(segment)} <span class="muted">(${formatCount(count)})</span>
    </td>
    <td>
      <span class="number">${bytes === undefined ? '–' : formatBytes(bytes)}</span>
      ${
        contextCharacters > 0
          ? html`<span class="number muted" title="The context that all its events share"
              >+${formatBytes(contextCharacters)}</span
            >`
          : nothing
      }
    </td>
    <td class="number">${formatAge(now - segment.at)}</td>
    <td>
      ${isSending ? html`<strong>↑ sending</strong>` : 'waits'}
      ${tags.length > 0 ? html`<span class="muted">${tags.join(', ')}</span>` : nothing}
    </td>
  </tr>`;
}

/** What is left of a segment stands between it and the next: its id has a fraction. */
function renderId(id: number | undefined): unknown {
  if (id === undefined) return html`<span class="muted">memory</span>`;
  return Number.isInteger(id) ? `#${id}` : html`#${Math.floor(id)} <span class="muted">rest</span>`;
}
