import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { RejectedEvent } from '../../client/types.ts';
import { messageIdOf, type Position } from '../../protocol/event.ts';
import { formatBytes, formatLane, formatReason } from '../format.ts';
import type { ViewHost } from '../types.ts';
import type { QueueFacts } from './queue-facts.ts';
import { captureAgain, whyNotAgain } from './resend.ts';
import { formatClock } from './standing.ts';

export interface RejectedTab {
  readonly render: (facts: QueueFacts) => TemplateResult;
}

/** The rest comes page by page. */
const PAGE = 50;
/** An event may be as large as a batch: that much is shown, and all of it copied. */
const MAX_SHOWN_CHARACTERS = 20_000;

/** What the relay refused for good, with its reason and a way to try again. */
export function createRejectedTab(host: ViewHost): RejectedTab {
  const open = new Set<string>();
  const results = new Map<string, Position | 'none'>();
  let shown = PAGE;

  const toggle = (id: string, { target }: Event): void => {
    const { open: isOpen } = target as HTMLDetailsElement;
    if (isOpen === open.has(id)) return;
    if (isOpen) open.add(id);
    else open.delete(id);
    host.request();
  };
  const resend = (id: string, rejected: RejectedEvent, { client }: QueueFacts): void => {
    results.set(id, captureAgain(client, rejected) ?? 'none');
  };

  const renderEvent = (rejected: RejectedEvent, facts: QueueFacts): TemplateResult => {
    const { event, code, reason, at, lane, seq } = rejected;
    const id = messageIdOf(rejected);
    return html`<details ?open=${open.has(id)} @toggle=${(event: Event) => toggle(id, event)}>
      <summary>
        <span class="number">${formatClock(at)}</span>
        <strong>✕ ${formatReason(code)}</strong>
        <span>${event ? (event.event ?? event.type) : 'not JSON'}</span>
        <span class="number muted" title=${lane}>${formatLane(lane)}·${seq}</span>
      </summary>
      <p class="queue-reason">${reason}</p>
      ${open.has(id) ? renderOpen(rejected, id, facts) : nothing}
    </details>`;
  };
  const renderOpen = (rejected: RejectedEvent, id: string, facts: QueueFacts): TemplateResult => {
    const { event } = rejected;
    const why = whyNotAgain(event);
    const result = results.get(id);
    const json = event && JSON.stringify(event, undefined, 2);
    return html`${json ? renderJson(json) : nothing}
      <p class="queue-actions">
        <button
          ?disabled=${why !== undefined || typeof result === 'object'}
          @click=${() => host.act(() => resend(id, rejected, facts))}
        >
          Resend
        </button>
        ${json ? html`<button @click=${() => host.copy(json, 'the event')}>Copy JSON</button>` : nothing}
        <span role="status">${why ?? describeResult(result)}</span>
      </p>`;
  };

  return {
    render: (facts) => {
      const { rejected } = facts.page;
      if (rejected.length === 0) {
        return html`<p class="empty">
          Nothing was refused for good. What is, stays here with its reason, and is sent no more.
        </p>`;
      }
      return html`${repeat(rejected.slice(0, shown), messageIdOf, (event) => renderEvent(event, facts))}
      ${
        rejected.length > shown
          ? html`<button
              @click=${() =>
                host.act(() => {
                  shown += PAGE;
                })}
            >
              Show older, ${rejected.length - shown} more
            </button>`
          : nothing
      }`;
    },
  };
}

function describeResult(result: Position | 'none' | undefined): string {
  if (result === undefined) {
    return 'Captures it anew: another number and time, this page’s context of now. What refused it is asked again.';
  }
  if (result === 'none') {
    return 'The client took none: consent, sampling, a middleware or a limit left it out.';
  }
  return `Captured anew as ${formatLane(result.lane)}·${result.seq}.`;
}

function renderJson(json: string): TemplateResult {
  const rest = json.length - MAX_SHOWN_CHARACTERS;
  return html`<pre class="queue-json" tabindex="0" aria-label="The event as JSON">
${json.slice(0, MAX_SHOWN_CHARACTERS)}${rest > 0 ? `\n… ${formatBytes(rest)} more` : ''}</pre
  >`;
}
