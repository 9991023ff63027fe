import { html, type TemplateResult } from 'lit';

/** The panels that take turns where they do not fit side by side. */
export const TABS = ['records', 'shards', 'queue', 'ledger'] as const;
export type Tab = (typeof TABS)[number];

const TITLES: Record<Tab, string> = {
  records: 'Records',
  shards: 'Shards',
  queue: 'Queue',
  ledger: 'Ledger',
};

export function renderTabs(current: Tab, onChoose: (tab: Tab) => void): TemplateResult {
  return html`<nav class="tabs" aria-label="Panels">
    ${TABS.map(
      (tab) => html`<button
        data-name=${tab}
        aria-current=${tab === current ? 'true' : 'false'}
        @click=${() => onChoose(tab)}
      >
        ${TITLES[tab]}
      </button>`,
    )}
  </nav>`;
}
