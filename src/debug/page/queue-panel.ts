import { html, nothing } from 'lit';
import type { Client } from '../../client/types.ts';
import { renderPanel } from '../frame/panel.ts';
import type { Part, ViewHost } from '../types.ts';
import type { QueueBody } from './queue-body.ts';

/** What this page's own client has captured and not yet delivered, and what became of the rest. */
export function createQueuePart(host: ViewHost): Part {
  let body: QueueBody | undefined;
  let isLoading = false;
  let problem: string | undefined;
  let isFlushing = false;

  const client = (): Client | undefined => host.settings().source?.client;
  const hasClient = (): boolean => client() !== undefined;
  /** What draws it comes late: a closed bubble needs none of it, nor does a page without a client. */
  const load = async (): Promise<void> => {
    isLoading = true;
    problem = undefined;
    try {
      const { createQueueBody } = await import('./queue-body.ts');
      body = createQueueBody(host);
    } catch (error) {
      problem = `The panel did not load: ${error instanceof Error ? error.message : error}`;
    }
    host.request();
  };
  const flush = (): void => {
    isFlushing = true;
    client()
      ?.flush()
      .finally(() => {
        isFlushing = false;
        host.request();
      });
  };
  const renderFlush = (): unknown =>
    html`<button ?disabled=${isFlushing} @click=${() => host.act(flush)}>
      ${isFlushing ? 'Flushing…' : 'Flush'}
    </button>`;
  const renderNone = (): unknown => html`<p class="empty">
    ${problem ?? 'Asking the client…'}
    ${problem ? html`<button @click=${() => host.act(load)}>Try again</button>` : nothing}
  </p>`;

  return {
    render: (drawing) => {
      const own = client();
      const content = own
        ? (body?.render(own, drawing) ?? renderNone())
        : html`<p class="empty">No client on this page. The stream is only read here.</p>`;
      return renderPanel('queue', 'This page', own ? renderFlush() : nothing, content);
    },
    drawn: (drawing) => {
      const own = client();
      if (!own) return;
      if (!isLoading) load();
      body?.drawn(own, drawing);
    },
    commands: [
      { id: 'flush', title: 'Send what is queued now', isOffered: hasClient, run: flush },
      {
        id: 'show-rejected',
        title: 'Show rejected events',
        isOffered: () => hasClient() && body !== undefined,
        run: () => {
          body?.select('rejected');
          host.show('queue');
        },
      },
    ],
  };
}
