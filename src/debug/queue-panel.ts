import { type CSSResult, css, html, nothing, type TemplateResult } from 'lit';
import type { ClientStats, Pause, PauseReason } from '../client/types.ts';
import { formatAge, formatBytes, formatCount, formatRun, formatTime } from './format.ts';
import { renderIcon } from './icons.ts';
import { renderPanel } from './panel.ts';
import { renderShard } from './shard-badge.ts';

export interface QueueFacts {
  readonly hasClient: boolean;
  readonly stats: ClientStats | undefined;
  readonly hues: ReadonlyMap<string, number>;
  readonly now: number;
  readonly isFlushing: boolean;
  readonly onFlush: () => void;
}

const REASONS: Record<PauseReason, string> = {
  offline: 'The browser is offline; capturing goes on.',
  unreachable: 'The relay does not answer.',
  backoff: 'The relay asked to wait.',
  refused: 'The relay refuses this page until a setting changes.',
  follower: 'Another tab sends for all.',
};

export function renderQueue(facts: QueueFacts): TemplateResult {
  const { stats } = facts;
  const aside = facts.hasClient
    ? html`<button ?disabled=${facts.isFlushing} @click=${facts.onFlush}>
        ${facts.isFlushing ? 'Flushing…' : 'Flush'}
      </button>`
    : nothing;
  return renderPanel(
    'queue',
    'This page’s queue',
    aside,
    stats ? renderStats(stats, facts) : renderNone(facts),
  );
}

function renderNone({ hasClient }: QueueFacts): TemplateResult {
  return html`<p class="empty">
    ${hasClient ? 'Asking the client…' : 'No client on this page. The stream is only read here.'}
  </p>`;
}

function renderStats(stats: ClientStats, facts: QueueFacts): TemplateResult {
  const { queue } = stats;
  const oldest = queue.oldestAt === undefined ? '–' : formatAge(facts.now - queue.oldestAt);
  return html`<div class="body" tabindex="0" role="group" aria-label="Queue, scrollable">
    <dl class="tiles">
      ${renderTile('Events', formatCount(queue.events))}
      ${renderTile('Segments', formatCount(queue.segments))}
      ${renderTile('Size', formatBytes(queue.bytes))}
      ${renderTile('Oldest', oldest)}
    </dl>
    ${stats.pause ? renderPause(stats.pause, facts.now) : nothing}
    <dl class="facts">
      <dt>Log</dt>
      <dd>${stats.log === 'indexeddb' ? 'IndexedDB, survives the browser' : 'Memory, lost with the page'}</dd>
      <dt>Sender</dt>
      <dd>${stats.leader ? 'This tab' : 'Another tab'}</dd>
      <dt>Lane</dt>
      <dd class="number">${stats.lane}</dd>
      <dt>So far</dt>
      <dd class="number">
        ${formatCount(stats.captured)} captured · ${formatCount(stats.stored)} stored ·
        ${formatCount(stats.rejected)} rejected · ${formatCount(stats.dropped)} dropped
      </dd>
      <dt>Last receipt</dt>
      <dd class="number">${renderReceipt(stats, facts)}</dd>
    </dl>
  </div>`;
}

function renderTile(name: string, value: string): TemplateResult {
  return html`<div>
    <dt>${name}</dt>
    <dd class="number">${value}</dd>
  </div>`;
}

function renderPause(pause: Pause, now: number): TemplateResult {
  const wait = pause.until === undefined ? undefined : pause.until - now;
  return html`<p class="pause">
    ${renderIcon('pause')} ${REASONS[pause.reason]}
    ${pause.code ? html`<code>${pause.code}</code>` : nothing}
    ${
      wait === undefined
        ? nothing
        : html`<span class="number">${wait > 0 ? `Next try in ${formatAge(wait)}.` : 'Trying now.'}</span>`
    }
  </p>`;
}

function renderReceipt({ lastReceipt }: ClientStats, facts: QueueFacts): unknown {
  if (!lastReceipt) return html`<span class="muted">none yet</span>`;
  const { receipt, at } = lastReceipt;
  const where =
    receipt.status === 'stored'
      ? html`${renderShard(receipt.shard, facts.hues)} <span title=${receipt.sequence}>…${receipt.sequence.slice(-8)}</span>`
      : receipt.status;
  return html`${formatTime(at).slice(0, 8)} · ${formatRun(receipt)} ${where}`;
}

export const queueStyles: CSSResult = css`
  .tiles {
    display: grid;
    grid-template-columns: repeat(4, minmax(0, 1fr));
    gap: 1px;
    overflow: hidden;
    border: 1px solid var(--line);
    border-radius: 6px;
    background: var(--line);
  }
  .tiles > div {
    display: flex;
    flex-direction: column-reverse;
    padding: 6px 8px;
    background: var(--raised);
  }
  .tiles dt {
    color: var(--muted);
    font-size: 11px;
  }
  .tiles dd {
    font-size: 15px;
    font-weight: 600;
    white-space: nowrap;
  }
  .pause {
    margin-block-start: 8px;
    padding: 6px 10px;
    border-radius: 6px;
    background: var(--pending-soft);
    color: var(--pending);
    font-size: 12px;
  }
  .pause code {
    font-family: var(--mono);
  }
  .facts {
    display: grid;
    grid-template-columns: max-content minmax(0, 1fr);
    gap: 4px 12px;
    margin-block-start: 10px;
    font-size: 12px;
  }
  .facts dt {
    color: var(--muted);
  }
  .facts dd {
    overflow-wrap: anywhere;
  }
  .facts .number {
    font-size: 11.5px;
  }
`;
