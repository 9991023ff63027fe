import { html, nothing } from 'lit';
import type { Client } from '../../client/types.ts';
import { renderPanel } from '../frame/panel.ts';
import type { Part, ViewHost } from '../types.ts';
import type { QueueBody } from './queue-body.ts';

/** What this page's own client has captured and not yet delivered, and what became of the rest. */
export function createQueuePart(host: ViewHost): Part {
  let body: QueueBody | undefined;
  let loading: Promise<void> | undefined;
  let problem: string | undefined;
  let isFlushing = false;

  /** A file has a client's account, and not its queue: the page's own would not belong beside it. */
  const client = (): Client | undefined =>
    host.session().replayed === undefined ? host.settings().source?.client : undefined;
  const hasClient = (): boolean => client() !== undefined;
  /** What draws it comes when it is first seen: a page without a client needs none of it, nor does a closed bubble. */
  const load = (): Promise<void> => {
    problem = undefined;
    loading ??= import('./queue-body.ts')
      .then(
        ({ createQueueBody }) => {
          body = createQueueBody(host);
        },
        (error: unknown) => {
          loading = undefined;
          problem = `The panel did not load: ${error instanceof Error ? error.message : error}`;
        },
      )
      .finally(host.request);
    return loading;
  };
  const isSeen = (): boolean =>
    host.element.renderRoot.querySelector('.queue')?.checkVisibility() ?? false;
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
  const showRejected = async (): Promise<void> => {
    host.show('queue');
    await load();
    host.act(() => body?.select('rejected'));
  };
  const renderNone = (): unknown => html`<p class="empty">
    ${problem ?? 'Asking the client…'}
    ${problem ? html`<button @click=${() => host.act(load)}>Try again</button>` : nothing}
  </p>`;

  return {
    render: (drawing) => {
      const own = client();
      const content = own
        ? (body?.render(own, drawing) ?? renderNone())
        : html`<p class="empty">
            ${
              host.session().replayed === undefined
                ? 'No client on this page. The stream is only read here.'
                : 'The file has no queue. What its page captured, and what became of it, stands in the ledger.'
            }
          </p>`;
      return renderPanel('queue', 'This page', own ? renderFlush() : nothing, content);
    },
    drawn: (drawing) => {
      const own = client();
      if (!own || !isSeen()) return;
      if (!body && !problem) load();
      body?.drawn(own, drawing);
    },
    commands: [
      { id: 'flush', title: 'Send what is queued now', isOffered: hasClient, run: flush },
      {
        id: 'show-rejected',
        title: 'Show rejected events',
        isOffered: hasClient,
        run: showRejected,
      },
    ],
  };
}
