import { type CSSResult, css, html, nothing, type TemplateResult } from 'lit';
import type { ClientStats, Consent, Pause, PauseReason } from '../../client/types.ts';
import {
  formatAge,
  formatBytes,
  formatCount,
  formatReasons,
  formatRun,
  formatTime,
} from '../format.ts';
import { renderIcon } from '../frame/icons.ts';
import { renderPanel } from '../frame/panel.ts';
import { renderShard } from '../frame/shard-badge.ts';
import type { Part, ViewHost } from '../types.ts';

interface QueueFacts {
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
  consent: 'The user has not agreed, or not yet: nothing is sent.',
  storage: 'The log cannot be read for now; capturing goes on.',
};

const CONSENTS: Record<Consent, string> = {
  granted: 'captured and sent',
  pending: 'captured, not sent',
  denied: 'nothing captured',
};

/** From here on it is worth a look: what comes when it is full is a decision about events. */
const NEARLY_FULL = 0.8;

/** What this page's own client has captured and not yet delivered. */
export function createQueuePart(host: ViewHost): Part {
  let isFlushing = false;
  const flush = (): void => {
    isFlushing = true;
    host
      .settings()
      .source?.client?.flush()
      .finally(() => {
        isFlushing = false;
        host.request();
      });
  };
  return {
    render: ({ stats, hues, now }) =>
      renderQueue({
        hasClient: host.settings().source?.client !== undefined,
        stats,
        hues,
        now,
        isFlushing,
        onFlush: () => host.act(flush),
      }),
  };
}

function renderQueue(facts: QueueFacts): TemplateResult {
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
    ${renderFill(queue.bytes, stats.maxQueueBytes)}
    ${stats.pause ? renderPause(stats.pause, facts.now) : nothing}
    <dl class="facts">
      <dt>Log</dt>
      <dd>${renderLog(stats)}</dd>
      <dt>Consent</dt>
      <dd>${stats.consent}, <span class="muted">${CONSENTS[stats.consent]}</span></dd>
      <dt>Sender</dt>
      <dd>${stats.leader ? 'This tab' : 'Another tab'}</dd>
      <dt>Lane</dt>
      <dd class="number">${stats.lane}</dd>
      <dt>So far</dt>
      <dd class="number">
        ${formatCount(stats.captured)} captured · ${formatCount(stats.stored)} stored ·
        ${formatCount(stats.rejected)} rejected · ${formatCount(stats.dropped)} dropped
      </dd>
      ${
        stats.dropped > 0
          ? html`<dt>Dropped</dt>
            <dd class="number dropped">${formatReasons(stats.droppedBy)}</dd>`
          : nothing
      }
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

function renderLog({ log, queue }: ClientStats): unknown {
  if (log === 'memory') return 'Memory, lost with the page';
  const disk = 'IndexedDB, survives the browser';
  if (queue.inMemory === 0) return disk;
  return html`${disk};
    <strong class="in-memory">${formatCount(queue.inMemory)} in memory until it takes them</strong>`;
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
  .fill {
    display: flex;
    align-items: center;
    gap: 8px;
    margin-block-start: 6px;
    color: var(--muted);
    font-size: 11px;
  }
  .fill [role='meter'] {
    flex: auto;
    overflow: hidden;
    block-size: 6px;
    border-radius: 3px;
    background: var(--background);
    box-shadow: inset 0 0 0 1px var(--line);
  }
  .fill [role='meter'] span {
    display: block;
    block-size: 100%;
    background: var(--accent);
    forced-color-adjust: none;
  }
  .fill[data-nearly-full] {
    color: var(--pending);
  }
  .fill[data-nearly-full] [role='meter'] span {
    background: var(--pending);
  }
  .in-memory {
    color: var(--pending);
    font-weight: 600;
  }
  .facts .dropped {
    color: var(--dropped);
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
