import { type CSSResult, css, html, type TemplateResult } from 'lit';
import type { ClientStats } from '../../client/types.ts';
import type { Verdict } from '../ledger/verdict.ts';

export interface BubbleFacts {
  /** Of the page's own client, where there is one and it has answered. */
  readonly stats: Pick<ClientStats, 'queue' | 'pause'> | undefined;
  /** Once the stream is read. */
  readonly verdict: Verdict | undefined;
  readonly isOnline: boolean;
}

/** What a closed view says. */
export interface Badge {
  readonly tone: Verdict['tone'] | 'offline';
  readonly sign: string;
  readonly count: number;
  /** The same in words. */
  readonly words: string;
}

const COUNT = new Intl.NumberFormat('en-US');

export function badgeOf({ stats, verdict, isOnline }: BubbleFacts): Badge {
  const queued = stats?.queue.events ?? 0;
  const waiting = `${COUNT.format(queued)} ${queued === 1 ? 'event' : 'events'} queued`;
  if (verdict?.tone === 'lost') {
    const lost = Number.parseInt(verdict.text.replaceAll(',', ''), 10);
    return { tone: 'lost', sign: '!', count: lost, words: `${verdict.text}, ${waiting}` };
  }
  if (!isOnline || stats?.pause?.reason === 'offline') {
    return { tone: 'offline', sign: '◌', count: queued, words: `Offline, ${waiting}` };
  }
  const sign = verdict?.tone === 'proven' ? '✓' : verdict?.tone === 'pending' ? '…' : '';
  const said = verdict && verdict.tone !== 'none' ? `, ${verdict.text}` : '';
  return { tone: verdict?.tone ?? 'none', sign, count: queued, words: `${waiting}${said}` };
}

export function renderBubble(badge: Badge, open: () => void): TemplateResult {
  const figure = COUNT.format(badge.count);
  return html`<button
      class="bubble"
      part="bubble"
      data-tone=${badge.tone}
      aria-label="Rivulet: ${badge.words}. Open the debug view"
      title="Rivulet: ${badge.words}"
      @click=${open}
    >
      <svg viewBox="0 0 32 32" fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round" aria-hidden="true">
        <path d="M4 11c4-5 8-5 12 0s8 5 12 0M4 21c4-5 8-5 12 0s8 5 12 0" />
      </svg>
      ${badge.tone === 'lost' || badge.tone === 'offline' ? `${badge.sign} ${figure}` : `${figure} ${badge.sign}`}
    </button>
    <p class="unseen" role="status">${badge.tone}</p>`;
}

export const bubbleStyles: CSSResult = css`
  .bubble {
    display: flex;
    align-items: center;
    gap: 8px;
    min-inline-size: 44px;
    min-block-size: 44px;
    padding-inline: 14px;
    border-radius: 99px;
    background: var(--surface);
    box-shadow: 0 4px 18px rgb(0 0 0 / 0.28);
    color: var(--text);
    font: 650 14px/1 var(--font);
    font-variant-numeric: tabular-nums;
  }
  .bubble svg {
    inline-size: 20px;
    color: var(--accent);
  }
  .bubble[data-tone='proven'] {
    border-color: var(--proven);
  }
  .bubble[data-tone='pending'] {
    border-color: var(--pending);
  }
  .bubble[data-tone='offline'] {
    border-style: dashed;
    border-color: var(--muted);
    color: var(--muted);
  }
  .bubble[data-tone='lost'] {
    border: 2px solid var(--lost);
    background: var(--lost-soft);
    color: var(--lost);
  }
`;
