import { type CSSResult, css, html, nothing } from 'lit';
import { findRow } from '../reading/row-list.ts';
import type { Drawing, Part, ViewHost } from '../types.ts';
import { type Check, checksOf } from './checks.ts';
import { renderTokenForm } from './token-form.ts';

const SIGNS: Record<Check['state'], string> = {
  done: '✓',
  waiting: '…',
  failed: '✕',
  absent: '–',
};

/** What its event is called: told apart from the page's own by anybody who meets it in the stream. */
const TEST_EVENT = 'Rivulet Test Event';

/** In place of records while none has arrived: how far everything is, and what to do next. */
export function createFirstSteps(host: ViewHost): Part {
  /** Events that were asked for here and have not arrived yet: the first one is opened. */
  let awaited: string | undefined;

  const sendTest = (): void => {
    const client = host.settings().source?.client;
    if (!client) return;
    const stop = client.on('captured', ({ lane, seq, event }) => {
      if (event === TEST_EVENT) awaited = `${lane}.${seq}`;
    });
    client.track(TEST_EVENT, { from: 'debug view' });
    stop();
    void client.flush();
    host.say('Test event captured: its row opens as soon as it is read');
  };

  return {
    render: ({ shards, stats }: Drawing) => {
      const session = host.session();
      if (session.model.counts().records > 0 || session.replayed) return nothing;
      const { source } = host.settings();
      const checks = checksOf({
        hasClient: source?.client !== undefined,
        stats,
        hasReader: session.isConnected,
        needsToken: host.readToken.isNeeded(),
        failure: session.failure(),
        shards,
      });
      return html`<section class="panel first-steps" part="first-steps" aria-labelledby="title-first-steps">
        <div class="body" tabindex="0" role="group" aria-label="First steps, scrollable">
          <h3 id="title-first-steps">No record yet</h3>
          <ol>
            ${checks.map(
              ({ title, state, says }) => html`<li data-state=${state}>
                <span class="sign" aria-hidden="true">${SIGNS[state]}</span>
                <span><strong>${title}</strong><span class="unseen">: ${state}.</span> <span class="muted">${says}</span></span>
              </li>`,
            )}
          </ol>
          ${host.readToken.isNeeded() ? renderTokenForm(host) : nothing}
          ${
            source?.client
              ? html`<button class="primary" @click=${() => host.act(sendTest)}>Send a test event</button>`
              : nothing
          }
        </div>
      </section>`;
    },
    drawn: () => {
      if (!awaited) return;
      const row = findRow(
        host.session().model.rows,
        (row) => row.kind === 'record' && row.record.event?.messageId === awaited,
      );
      if (!row) return;
      awaited = undefined;
      host.table.open(row);
      host.request();
    },
    commands: [
      {
        id: 'test-event',
        title: 'Send a test event',
        isOffered: () => host.settings().source?.client !== undefined,
        run: sendTest,
      },
    ],
  };
}

export const firstStepsStyles: CSSResult = css`
  .first-steps {
    z-index: 2;
  }
  .first-steps .body {
    display: flex;
    flex-direction: column;
    align-items: center;
    justify-content: safe center;
    gap: 16px;
    padding: 20px;
  }
  .first-steps h3 {
    font-size: 16px;
  }
  .first-steps ol {
    display: grid;
    gap: 8px;
    inline-size: min(420px, 100%);
  }
  .first-steps li {
    display: grid;
    grid-template-columns: 24px minmax(0, 1fr);
    gap: 8px;
    overflow-wrap: anywhere;
  }
  .first-steps .sign {
    display: grid;
    place-items: center;
    block-size: 22px;
    border-radius: 50%;
    background: var(--raised);
    color: var(--muted);
    font-weight: 700;
  }
  .first-steps [data-state='done'] .sign {
    background: var(--proven-soft);
    color: var(--proven);
  }
  .first-steps [data-state='failed'] .sign {
    background: var(--lost-soft);
    color: var(--lost);
  }
  .first-steps [data-state='absent'] {
    color: var(--muted);
  }
`;
