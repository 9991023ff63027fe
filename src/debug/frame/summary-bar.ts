import { type CSSResult, css, html, nothing, type TemplateResult } from 'lit';
import type { StartPosition } from '../../consumer/types.ts';
import { formatCount } from '../format.ts';
import type { Verdict } from '../ledger/verdict.ts';
import type { Drawing, Part, ViewHost } from '../types.ts';
import { renderIcon } from './icons.ts';

const SIGNS: Record<Verdict['tone'], string> = { none: '○', proven: '✓', pending: '◌', lost: '✕' };
const WORDS: Record<Verdict['tone'], string> = {
  none: '',
  proven: 'Proven: ',
  pending: 'Pending: ',
  lost: 'Loss: ',
};

/** Where reading may begin, as a person says it. A time counts from when it is chosen. */
const STARTS: readonly (readonly [string, (now: number) => StartPosition])[] = [
  ['the oldest record', () => 'TRIM_HORIZON'],
  ['an hour ago', (now) => ({ atTimestamp: now - 3_600_000 })],
  ['five minutes ago', (now) => ({ atTimestamp: now - 300_000 })],
  ['now', () => 'LATEST'],
];

/** Which stream, whether it is live, and whether anything is missing. */
export function createSummary(host: ViewHost): Part {
  const toggleHold = (): void => host.table.toggleHold();
  const { frame } = host;
  const turnTheme = (): void => {
    const { colorScheme } = getComputedStyle(host.element);
    const isDark = /light/.test(colorScheme)
      ? /dark/.test(colorScheme) && matchMedia('(prefers-color-scheme: dark)').matches
      : /dark/.test(colorScheme);
    frame.setTheme(isDark ? 'light' : 'dark');
  };

  const renderStart = (): TemplateResult | typeof nothing => {
    const { source } = host.settings();
    // A consumer that the page made begins where the page said.
    if (!source || source.consumer || host.session().replayed) return nothing;
    const start = host.start();
    const isNamed = start === 'TRIM_HORIZON' || start === 'LATEST';
    const chosen = start === 'LATEST' ? STARTS.length - 1 : 0;
    return html`<label class="start">
      from
      <select
        aria-label="Read from"
        @change=${(event: Event) => {
          const choice = STARTS[Number((event.target as HTMLSelectElement).value)];
          if (choice) host.act(() => host.reopen({ from: choice[1](host.runtime.now()) }));
        }}
      >
        ${isNamed ? nothing : html`<option selected disabled>a chosen time</option>`}
        ${STARTS.map(
          ([name], index) =>
            html`<option value=${index} ?selected=${isNamed && index === chosen}>${name}</option>`,
        )}
      </select>
    </label>`;
  };

  const renderSource = (): TemplateResult | typeof nothing => {
    const sources = frame.sources();
    const { source } = host.settings();
    if (sources.length < 2) {
      return source?.stream ? html`<span class="stream">${source.stream}</span>` : nothing;
    }
    return html`<select
      class="stream"
      aria-label="Stream"
      @change=${(event: Event) =>
        frame.chooseSource(Number((event.target as HTMLSelectElement).value))}
    >
      ${sources.map(
        ({ name }, index) =>
          html`<option value=${index} ?selected=${name === source?.name}>${name}</option>`,
      )}
    </select>`;
  };

  const renderHold = (): TemplateResult => {
    const isHeld = host.session().view.isHeld();
    const { held } = host.table.snapshot();
    return html`<button class="hold" aria-pressed=${isHeld} @click=${() => host.act(toggleHold)}>
      ${
        isHeld
          ? html`${renderIcon('play')} Follow<span class="number held"
              >${held > 0 ? ` +${formatCount(held)}` : ''}</span
            >`
          : html`${renderIcon('pause')} Hold`
      }
    </button>`;
  };

  const renderTool = (name: string, title: string, sign: unknown, run: () => void) =>
    html`<button class="tool" data-name=${name} aria-label=${title} title=${title} @click=${() => host.act(run)}>
      ${sign}
    </button>`;
  const runCommand = (id: string): void =>
    host
      .commands()
      .find((command) => command.id === id)
      ?.run();

  return {
    render: ({ live, verdict }: Drawing) => html`<header class="summary" part="summary">
      <h2>Rivulet ${renderSource()}</h2>
      <p class="live" data-tone=${live.tone} title=${live.detail ?? nothing}>
        <span class="dot" aria-hidden="true"></span><span class="line">${live.text}</span>
      </p>
      ${renderStart()}
      <button
        class="verdict"
        data-tone=${verdict.tone}
        title=${verdict.tone === 'lost' ? 'Go to the first lost event' : 'Show the ledger'}
        @click=${() => (verdict.tone === 'lost' ? host.act(() => runCommand('show-loss')) : host.show('ledger'))}
      >
        <span aria-hidden="true">${SIGNS[verdict.tone]}</span>
        <span class="unseen">${WORDS[verdict.tone]}</span><span class="line">${verdict.text}</span>
      </button>
      <div class="tools">
        ${renderHold()}
        ${renderTool('palette', 'Command palette (Ctrl or ⌘ K)', renderIcon('search'), () => runCommand('palette'))}
        ${renderTool('keys', 'Keys (?)', '?', () => runCommand('keys'))}
        ${renderTool('theme', 'Light or dark', renderIcon('theme'), turnTheme)}
        ${renderTool('full', frame.isFull() ? 'Back to its place' : 'Fill the window', renderIcon(frame.isFull() ? 'smaller' : 'larger'), frame.toggleFull)}
        ${frame.isClosable() ? renderTool('close-view', 'Close the view', renderIcon('close'), frame.close) : nothing}
      </div>
    </header>`,
    commands: [
      { id: 'theme', title: 'Light or dark', run: turnTheme },
      { id: 'full', title: 'Fill the window, or go back', run: frame.toggleFull },
      {
        id: 'close-view',
        title: 'Close the view',
        isOffered: frame.isClosable,
        run: frame.close,
      },
    ],
  };
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
  .tools {
    display: flex;
    gap: 4px;
    flex: none;
  }
  .tool {
    display: grid;
    place-items: center;
    min-inline-size: 28px;
    padding: 0;
    border-color: transparent;
    background: none;
    color: var(--muted);
    font-weight: 650;
  }
  .tool:hover {
    color: var(--text);
  }
  .tool .icon {
    inline-size: 14px;
    block-size: 14px;
  }
  .start {
    flex: none;
    color: var(--muted);
    font-size: 12px;
  }
  .summary select {
    max-inline-size: 180px;
    min-block-size: 28px;
    padding: 0 4px;
    border: 1px solid var(--line);
    border-radius: 6px;
    background: var(--raised);
    color: var(--text);
    font: 500 12px/1.3 var(--font);
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
    .tools {
      justify-self: end;
    }
    .start {
      display: none;
    }
  }
  @media (pointer: coarse) {
    .tool {
      min-inline-size: 40px;
    }
  }
  @container rivulet (max-width: 519px) {
    .tool:is([data-name='keys'], [data-name='theme'], [data-name='full']) {
      display: none;
    }
    .live,
    .verdict {
      grid-column: 1 / -1;
      justify-self: start;
    }
  }
`;
