import { html } from 'lit';
import type { PanelName, Part, ViewHost } from '../types.ts';

const TITLES: Record<PanelName, string> = {
  records: 'Records',
  shards: 'Shards',
  queue: 'Queue',
  ledger: 'Ledger',
};
const NAMES = Object.keys(TITLES) as readonly PanelName[];

/** The panels that take turns where they do not fit side by side. */
export function createTabs(host: ViewHost): Part {
  const show = (name: PanelName): void => {
    host.table.close();
    host.show(name);
  };
  return {
    render: () => html`<nav class="tabs" aria-label="Panels">
      ${NAMES.map(
        (name) => html`<button
          data-name=${name}
          aria-current=${name === host.panel() ? 'true' : 'false'}
          @click=${() => show(name)}
        >
          ${TITLES[name]}
        </button>`,
      )}
    </nav>`,
    commands: NAMES.map((name, index) => ({
      id: `show-${name}`,
      title: `Show ${TITLES[name].toLowerCase()}`,
      keys: [String(index + 1)],
      run: () => show(name),
    })),
  };
}
