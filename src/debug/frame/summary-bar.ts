import { type CSSResult, css, html, nothing, type TemplateResult } from 'lit';
import { formatCount } from '../format.ts';
import type { Verdict } from '../ledger/verdict.ts';
import type { Part, ViewHost } from '../types.ts';
import { renderIcon } from './icons.ts';
import type { LiveState } from './live-state.ts';

interface SummaryFacts {
  readonly stream: string | undefined;
  readonly live: LiveState;
  readonly verdict: Verdict;
  readonly isHeld: boolean;
  readonly held: number;
  readonly onToggleHold: () => void;
}

const SIGNS: Record<Verdict['tone'], string> = { none: '○', proven: '✓', pending: '◌', lost: '✕' };
const WORDS: Record<Verdict['tone'], string> = {
  none: '',
  proven: 'Proven: ',
  pending: 'Pending: ',
  lost: 'Loss: ',
};

/** Which stream, whether it is live, and whether anything is missing. */
export function createSummary(host: ViewHost): Part {
  const toggleHold = (): void => host.table.toggleHold();
  return {
    render: ({ live, verdict }) =>
      renderSummary({
        stream: host.settings().source?.stream,
        live,
        verdict,
        isHeld: host.session().view.isHeld(),
        held: host.table.snapshot().held,
        onToggleHold: () => host.act(toggleHold),
      }),
  };
}

function renderSummary(facts: SummaryFacts): TemplateResult {
  const { live, verdict } = facts;
  return html`<header class="summary" part="summary">
    <h2>Rivulet ${facts.stream ? html`<span class="stream">${facts.stream}</span>` : nothing}</h2>
    <p class="live" data-tone=${live.tone} title=${live.detail ?? nothing}>
      <span class="dot" aria-hidden="true"></span><span class="line">${live.text}</span>
    </p>
    <p class="verdict" data-tone=${verdict.tone}>
      <span aria-hidden="true">${SIGNS[verdict.tone]}</span>
      <span class="unseen">${WORDS[verdict.tone]}</span><span class="line">${verdict.text}</span>
    </p>
    <button class="hold" aria-pressed=${facts.isHeld} @click=${facts.onToggleHold}>
      ${
        facts.isHeld
          ? html`${renderIcon('play')} Follow<span class="number held"
              >${facts.held > 0 ? ` +${formatCount(facts.held)}` : ''}</span
            >`
          : html`${renderIcon('pause')} Hold`
      }
    </button>
  </header>`;
}

export const summaryStyles: CSSResult = css`
  .summary {
    display: flex;
    align-items: center;
    gap: 10px;
    min-inline-size: 0;
    padding: 8px 12px;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface);
  }
  h2 {
    margin: 0;
    flex: none;
    font: 650 14px/1.3 var(--font);
    letter-spacing: -0.01em;
  }
  .stream {
    margin-inline-start: 4px;
    color: var(--muted);
    font-weight: 500;
  }
  .live,
  .verdict {
    font-variant-numeric: tabular-nums;
    display: flex;
    align-items: center;
    gap: 6px;
    min-inline-size: 0;
    font-size: 12.5px;
  }
  .live {
    flex: 1 1 auto;
    max-inline-size: 100%;
    padding-inline-start: 3px;
  }
  .line {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .dot {
    flex: none;
    inline-size: 8px;
    block-size: 8px;
    border-radius: 50%;
    background: var(--muted);
    forced-color-adjust: none;
  }
  .live[data-tone='live'] .dot {
    background: var(--proven);
    box-shadow: 0 0 0 3px var(--proven-soft);
  }
  .live[data-tone='reading'] .dot {
    background: var(--accent);
  }
  .live[data-tone='failed'] {
    color: var(--lost);
  }
  .live[data-tone='failed'] .dot {
    background: var(--lost);
  }
  .verdict {
    flex: 0 1 auto;
    padding: 3px 10px;
    border: 1px solid transparent;
    border-radius: 99px;
    background: var(--raised);
    font-weight: 600;
  }
  .verdict[data-tone='proven'] {
    background: var(--proven-soft);
    color: var(--proven);
  }
  .verdict[data-tone='pending'] {
    background: var(--pending-soft);
    color: var(--pending);
  }
  .verdict[data-tone='lost'] {
    background: var(--lost-soft);
    color: var(--lost);
  }
  .hold {
    flex: none;
    min-inline-size: 84px;
  }
  .hold[aria-pressed='true'] {
    border-color: var(--accent);
    color: var(--accent);
    font-weight: 600;
  }
  @container rivulet (max-width: 819px) {
    .summary {
      display: grid;
      grid-template-columns: minmax(0, 1fr) auto;
      gap: 6px 8px;
      padding: 8px 10px;
    }
    .live {
      order: 3;
    }
    .verdict {
      order: 4;
      justify-self: end;
      max-inline-size: 100%;
    }
    .hold {
      justify-self: end;
    }
  }
  @container rivulet (max-width: 519px) {
    .live,
    .verdict {
      grid-column: 1 / -1;
      justify-self: start;
    }
  }
`;
