import { type CSSResult, css, html } from 'lit';
import { formatCount, formatPlural } from '../format.ts';
import type { Part, ViewHost } from '../types.ts';

/** The line in which rows are looked for, and what came of it. */
export function createFilterBar(host: ViewHost): Part {
  return {
    render: () => {
      const text = host.filter.text();
      const { scanned, shown } = host.table.snapshot();
      return html`<search class="filter-bar" part="filter">
        <input
          class="filter"
          type="search"
          placeholder="Filter: name, key, id, JSON"
          aria-label="Filter records"
          autocomplete="off"
          spellcheck="false"
          .value=${text}
          @input=${(event: Event) => host.act(() => host.filter.set((event.target as HTMLInputElement).value))}
        /><span class="number muted scanned"
          >${
            text
              ? `scanned ${formatCount(scanned)} · shown ${formatCount(shown)}`
              : formatPlural(shown, 'row')
          }</span
        >
      </search>`;
    },
    commands: [
      {
        id: 'filter',
        title: 'Go to the filter',
        keys: ['/'],
        run: () => {
          host.show('records');
          host.element.renderRoot.querySelector<HTMLInputElement>('.filter')?.focus();
        },
      },
    ],
  };
}

export const filterBarStyles: CSSResult = css`
  .filter-bar {
    display: flex;
    align-items: center;
    gap: 8px;
    min-inline-size: 0;
    padding: 4px 10px;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface);
  }
  .filter {
    flex: 1;
    min-inline-size: 0;
    block-size: 28px;
    padding-inline: 10px;
    border: 1px solid var(--line);
    border-radius: 6px;
    background: var(--background);
    color: var(--text);
    font-size: 12.5px;
  }
  .filter::placeholder {
    color: var(--muted);
    opacity: 1;
  }
  .scanned {
    flex: none;
    font-size: 11.5px;
  }
  @media (pointer: coarse) {
    .filter {
      block-size: 36px;
      font-size: 16px;
    }
  }
`;
