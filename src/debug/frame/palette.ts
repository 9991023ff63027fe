import { type CSSResult, css, html } from 'lit';
import type { Command, Part, ViewHost } from '../types.ts';
import { createDialog } from './dialog.ts';
import { formatKeys } from './keys-help.ts';
import { placesOf } from './palette-places.ts';

/** Entries shown at a time: more would be a list to read, and typing is quicker. */
const MAX_SHOWN = 12;

/** Everything that the view can do, and every place it can go to, by typing a part of its name. */
export function createPalette(host: ViewHost): Part {
  const dialog = createDialog(host, 'palette', 'Go to, or do');
  let text = '';
  let active = 0;

  const entries = (): readonly Command[] => {
    const wanted = text.trim().toLowerCase().split(/\s+/);
    const named = host
      .commands()
      .filter(({ id, isOffered }) => id !== 'palette' && (isOffered?.() ?? true))
      .filter(({ title }) => wanted.every((word) => title.toLowerCase().includes(word)));
    const titles = new Set<string>();
    // The same thing may have a key in the table and another one elsewhere: one entry will do.
    const unlike = named.filter(({ title }) => !titles.has(title) && titles.add(title));
    return [...placesOf(text.trim(), host), ...unlike].slice(0, MAX_SHOWN);
  };
  const choose = (entry: Command | undefined): void => {
    if (!entry) return;
    dialog.close();
    dialog.drawn();
    host.act(entry.run);
  };
  const onKey = (event: KeyboardEvent): void => {
    const shown = entries();
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      host.act(() => {
        active = (active + step + shown.length) % Math.max(1, shown.length);
      });
    } else if (event.key === 'Enter') {
      event.preventDefault();
      choose(shown[active]);
    }
  };
  const open = (): void => {
    text = '';
    active = 0;
    dialog.open();
  };

  return {
    render: () =>
      dialog.render(() => {
        const shown = entries();
        return html`<input
            class="palette-input"
            type="text"
            role="combobox"
            aria-expanded="true"
            aria-controls="palette-list"
            aria-activedescendant="palette-${active}"
            aria-label="Command, time, sequence number, key or shard"
            placeholder="hold · 21:19:40 · key:u17 · shard 4 · a sequence number or message id"
            autocomplete="off"
            spellcheck="false"
            autofocus
            .value=${text}
            @input=${(event: Event) =>
              host.act(() => {
                text = (event.target as HTMLInputElement).value;
                active = 0;
              })}
            @keydown=${onKey}
          />
          <ul id="palette-list" role="listbox" aria-label="Commands">
            ${shown.map(
              (entry, index) => html`<li
                id="palette-${index}"
                role="option"
                aria-selected=${index === active}
                @click=${() => choose(entry)}
              >
                <span>${entry.title}</span>${entry.keys?.[0] ? html`<kbd>${formatKeys(entry.keys[0])}</kbd>` : ''}
              </li>`,
            )}
          </ul>
          ${shown.length === 0 ? html`<p class="empty">Nothing is called that.</p>` : ''}`;
      }),
    drawn: dialog.drawn,
    commands: [{ id: 'palette', title: 'Command palette', keys: ['Ctrl+k'], run: open }],
  };
}

export const paletteStyles: CSSResult = css`
  .palette-input {
    margin: 4px 12px 8px;
    block-size: 38px;
    padding-inline: 12px;
    border: 1px solid var(--line);
    border-radius: 8px;
    background: var(--background);
    font-size: 14px;
  }
  #palette-list {
    overflow: auto;
    padding: 0 8px 10px;
  }
  #palette-list li {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 12px;
    padding: 7px 10px;
    border-radius: 6px;
    cursor: pointer;
  }
  #palette-list li span {
    overflow-wrap: anywhere;
  }
  #palette-list li[aria-selected='true'] {
    background: var(--selected);
  }
  @media (forced-colors: active) {
    #palette-list li[aria-selected='true'] {
      outline: 2px solid Highlight;
    }
  }
`;
