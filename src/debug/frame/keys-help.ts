import { type CSSResult, css, html } from 'lit';
import type { Part, ViewHost } from '../types.ts';
import { createDialog } from './dialog.ts';

const NAMES: Readonly<Record<string, string>> = {
  ' ': 'Space',
  ArrowDown: '↓',
  ArrowUp: '↑',
  ArrowLeft: '←',
  ArrowRight: '→',
  PageDown: 'PgDn',
  PageUp: 'PgUp',
  Escape: 'Esc',
  'Ctrl+k': 'Ctrl/⌘ K',
};

/** Keys as they stand on them: `c` `j` for two after each other. */
export function formatKeys(keys: string): string {
  return (
    NAMES[keys] ??
    keys
      .split(' ')
      .map((key) => NAMES[key] ?? key)
      .join(' ')
  );
}

/** The list of all keys. */
export function createKeysHelp(host: ViewHost): Part {
  const dialog = createDialog(host, 'keys', 'Keys');
  return {
    render: () =>
      dialog.render(() => {
        const byTitle = new Map<string, string[]>();
        for (const { title, keys = [] } of host.commands()) {
          if (keys.length > 0) byTitle.set(title, [...(byTitle.get(title) ?? []), ...keys]);
        }
        return html`<div class="keys-list" tabindex="0" role="group" aria-label="Keys, scrollable">
            <dl>
              ${[...byTitle].map(
                ([title, keys]) =>
                  html`<div><dt>${keys.map((key) => html`<kbd>${formatKeys(key)}</kbd> `)}</dt><dd>${title}</dd></div>`,
              )}
            </dl>
          </div>
          <p class="keys-note muted">They act only while the focus is inside the view, and never while you type.</p>`;
      }),
    drawn: dialog.drawn,
    commands: [{ id: 'keys', title: 'Keys', keys: ['?'], run: dialog.open }],
  };
}

export const keysStyles: CSSResult = css`
  .keys-list {
    overflow: auto;
    padding: 0 16px;
  }
  .keys-list dl > div {
    display: grid;
    grid-template-columns: 132px minmax(0, 1fr);
    gap: 12px;
    padding-block: 4px;
    border-block-end: 1px solid var(--line);
  }
  .keys-note {
    padding: 8px 16px 14px;
    font-size: 12px;
  }
`;
