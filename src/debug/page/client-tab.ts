import { html, nothing, type TemplateResult } from 'lit';
import type { ClientStats } from '../../client/types.ts';
import type { DropReason } from '../../protocol/event.ts';
import { formatAge, formatBytes, formatCount, formatDuration, formatReason } from '../format.ts';
import type { ViewHost } from '../types.ts';
import type { QueueFacts } from './queue-facts.ts';
import { renderFact } from './queue-tab.ts';
import { formatClock } from './standing.ts';
import type { OriginTab } from './tabs-of-origin.ts';

/** By whose decision. */
const DROPS: Record<DropReason, string> = {
  queue_full: 'the queue was at its cap',
  too_old: 'waited longer than maxQueueAgeMs',
  too_large: 'larger than an event may be',
  not_serialisable: 'no JSON can be made of it',
  sampled: 'left out by a sample rate',
  rate_limited: 'beyond maxEventsPerSecond',
  consent: 'the user has not agreed',
  middleware: 'a middleware left it out',
  rejected: 'the relay refused it',
  storage_lost: 'the browser lost it',
};

/** Who this page's client is, what it shares with other tabs, and what it left out. */
export function renderClientTab(facts: QueueFacts, host: ViewHost): TemplateResult {
  const { stats, page, now } = facts;
  return html`<dl class="facts">
      ${renderFact('Tabs', renderTabs(page.tabs, stats))}
      ${renderFact('So far', describeAccount(stats))}
      ${renderFact('Session', describeSession(stats, now))}
      ${renderFact('Clock', describeClock(stats.clockOffsetMs))}
      ${renderFact('Storage', renderStorage(facts, host))}
      ${renderFact('Lane', html`<span class="number">${stats.lane}</span>`)}
      ${renderFact('Visitor', html`<span class="number">${stats.clientId || 'none kept'}</span>`)}
      ${stats.userId ? renderFact('User', html`<span class="number">${stats.userId}</span>`) : nothing}
      ${stats.missing.length > 0 ? renderFact('Without', stats.missing.join(', ')) : nothing}
    </dl>
    ${renderDrops(stats)}`;
}

function renderTabs(tabs: readonly OriginTab[] | undefined, { leader }: ClientStats): unknown {
  if (!tabs) return 'The browser does not tell: this page is not secure.';
  const does = leader ? 'sends for itself alone' : 'does not ask to send';
  return html`<ol class="queue-tabs-list">
    ${tabs.map(
      ({ isThis, isSending }) => html`<li ?data-this=${isThis}>
        ${isThis ? 'this tab' : 'another tab'}: ${isSending ? 'sends for all' : 'waits to take over'}
      </li>`,
    )}
    ${tabs.some(({ isThis }) => isThis) ? nothing : html`<li data-this>this tab: ${does}</li>`}
  </ol>`;
}

function describeAccount({ captured, stored, rejected, dropped }: ClientStats): string {
  return Object.entries({ captured, stored, rejected, dropped })
    .map(([name, count]) => `${formatCount(count)} ${name}`)
    .join(' · ');
}

function describeSession({ sessionExpires, clockOffsetMs = 0 }: ClientStats, now: number): string {
  if (sessionExpires === undefined) return 'none yet: asked for with the first batch';
  const at = sessionExpires - clockOffsetMs;
  return at > now
    ? `token ends in ${formatAge(at - now)}, at ${formatClock(at)}`
    : 'token has ended: renewed with the next batch';
}

function describeClock(offsetMs: number | undefined): string {
  if (offsetMs === undefined) return 'not compared with the relay’s yet';
  if (offsetMs === 0) return '≈ the relay’s';
  const side = offsetMs > 0 ? 'behind' : 'ahead of';
  return `≈ ${formatDuration(Math.abs(offsetMs))} ${side} the relay’s, by which events are stamped`;
}

function renderStorage({ client, stats, page }: QueueFacts, host: ViewHost): unknown {
  const { isPersisted, estimate } = page;
  const { usage, quota } = estimate ?? {};
  const space =
    usage === undefined || quota === undefined
      ? ''
      : `, ${formatBytes(usage)} of ${formatBytes(quota)} in use by the origin`;
  if (stats.log === 'memory') return `memory of this page${space}`;
  const ask = async (): Promise<void> => {
    const isKept = await client.persist();
    host.say(isKept ? 'The browser keeps this origin’s storage' : 'The browser did not agree');
  };
  if (isPersisted === undefined) return `IndexedDB${space}`;
  return isPersisted
    ? `IndexedDB, persistent${space}`
    : html`IndexedDB${space}; cleared when the browser runs short
        <button class="queue-small" @click=${() => host.act(ask)}>Ask to keep it</button>`;
}

function renderDrops({ droppedBy }: ClientStats): unknown {
  const drops = Object.entries(droppedBy) as [DropReason, number][];
  if (drops.length === 0) return nothing;
  return html`<table class="queue-table">
    <caption>Left out by this page, and declared on the stream</caption>
    <tbody>
      ${drops.map(
        ([reason, count]) => html`<tr class="queue-drop">
          <td class="number">${formatCount(count)}</td>
          <th scope="row">✂ ${formatReason(reason)}</th>
          <td>${DROPS[reason] ?? nothing}</td>
        </tr>`,
      )}
    </tbody>
  </table>`;
}
