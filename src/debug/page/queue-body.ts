import { html, nothing, type TemplateResult } from 'lit';
import type { Client } from '../../client/types.ts';
import { formatCount } from '../format.ts';
import type { Drawing, ViewHost } from '../types.ts';
import { renderClientTab } from './client-tab.ts';
import { createPageWatch } from './page-watch.ts';
import type { QueueFacts } from './queue-facts.ts';
import { queueStyles } from './queue-styles.ts';
import { renderQueueTab, renderStanding } from './queue-tab.ts';
import { renderReceiptsTab } from './receipts-tab.ts';
import { createRejectedTab } from './rejected-tab.ts';

const TABS = ['queue', 'receipts', 'rejected', 'client'] as const;
type TabName = (typeof TABS)[number];

const TITLES: Record<TabName, string> = {
  queue: 'Queue',
  receipts: 'Receipts',
  rejected: 'Rejected',
  client: 'Client',
};

/** What the panel shows of a client. */
export interface QueueBody {
  readonly render: (client: Client, drawing: Drawing) => TemplateResult;
  /** It is in the page, where somebody can see it. */
  readonly drawn: (client: Client, drawing: Drawing) => void;
  readonly select: (tab: TabName) => void;
}

export function createQueueBody(host: ViewHost): QueueBody {
  const watch = createPageWatch({ runtime: host.runtime, onChange: host.request });
  const rejectedTab = createRejectedTab(host);
  const root = host.element.renderRoot as ShadowRoot;
  let tab: TabName = 'queue';
  let watched: Client | undefined;
  const { styleSheet } = queueStyles;
  // An element that was taken out and put back has it already.
  if (styleSheet && !root.adoptedStyleSheets.includes(styleSheet)) {
    root.adoptedStyleSheets.push(styleSheet);
  }

  const select = (next: TabName): void => {
    tab = next;
    root.querySelector('.queue .body')?.scrollTo(0, 0);
  };
  const selectByKey = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const next = step && TABS[(TABS.indexOf(tab) + step + TABS.length) % TABS.length];
    if (!next) return;
    event.preventDefault();
    host.act(() => select(next));
    root.querySelector<HTMLElement>(`#queue-tab-${next}`)?.focus();
  };
  const factsOf = (client: Client, { stats, hues, now }: Drawing): QueueFacts | undefined => {
    const deliveries = host.tap()?.deliveries;
    return stats && deliveries && { client, stats, deliveries, page: watch.facts(), hues, now };
  };

  const renderTabs = (counts: Readonly<Record<TabName, number>>): TemplateResult => html`<div
    class="queue-tabs"
    role="tablist"
    aria-label="This page"
    @keydown=${selectByKey}
  >
    ${TABS.map(
      (name) => html`<button
        id="queue-tab-${name}"
        role="tab"
        aria-controls="queue-body"
        aria-selected=${name === tab}
        tabindex=${name === tab ? 0 : -1}
        @click=${() => host.act(() => select(name))}
      >
        ${TITLES[name]}
        ${
          counts[name] > 0
            ? html`<span class="number" data-of=${name}>${formatCount(counts[name])}</span>`
            : nothing
        }
      </button>`,
    )}
  </div>`;
  const renderBody = (facts: QueueFacts): TemplateResult => {
    const { stats, page, deliveries } = facts;
    const counts = {
      queue: stats.queue.events,
      receipts: deliveries.receipts().length,
      rejected: page.rejected.length,
      client: 0,
    };
    return html`${renderTabs(counts)} ${renderStanding(facts)}
      <div
        class="body"
        id="queue-body"
        role="tabpanel"
        tabindex="0"
        aria-labelledby="queue-tab-${tab}"
      >
        ${renderTab(facts)}
      </div>`;
  };
  const renderTab = (facts: QueueFacts): TemplateResult => {
    if (tab === 'receipts') return renderReceiptsTab(facts);
    if (tab === 'rejected') return rejectedTab.render(facts);
    return tab === 'client' ? renderClientTab(facts, host) : renderQueueTab(facts);
  };

  return {
    render: (client, drawing) => {
      const facts = factsOf(client, drawing);
      return facts ? renderBody(facts) : html`<p class="empty">Asking the client…</p>`;
    },
    drawn: (client, { stats }) => {
      if (client !== watched) {
        watched = client;
        watch.reset();
      }
      if (stats) watch.refresh(client, stats);
    },
    select,
  };
}
