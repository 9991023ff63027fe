/** Help with typing a filter: what could follow, in a list below the box, and filters of before at the arrow up. */

import { html, nothing, type TemplateResult } from 'lit';
import { formatCount } from '../format.ts';
import type { ViewHost } from '../types.ts';
import { type Index, indexOf, type Suggestion, suggest, termAt } from './discover.ts';
import { createFilterHistory } from './history.ts';
import { CODE } from './parse.ts';

export interface FilterAssist {
  readonly render: () => TemplateResult | typeof nothing;
  /** Which suggestion the arrows are at, -1 for none. `undefined` without a list. */
  readonly active: () => number | undefined;
  readonly onInput: () => void;
  /** Whether the key was for the list, or for a filter of before. */
  readonly onKey: (key: string) => boolean;
  readonly onBlur: () => void;
  /** Whether somebody is in the middle of typing. */
  readonly isTyping: () => boolean;
}

/** What is being typed is wrong more often than not: that is told after a pause. */
const TYPING_MS = 700;

/** How old what is known of the rows may be. */
const INDEX_MS = 2_000;

/** @param onCode code was begun, for which the box is too small */
export function createFilterAssist(host: ViewHost, onCode: () => void): FilterAssist {
  const { monotonic, delay } = host.runtime;
  const history = createFilterHistory(() => sessionStorage);
  let suggestions: readonly Suggestion[] = [];
  let active = -1;
  let typedAt = Number.NEGATIVE_INFINITY;
  let known: { readonly at: number; readonly index: Index } | undefined;

  const field = (): HTMLInputElement | null => host.element.renderRoot.querySelector('.filter');
  const caretOf = ({ selectionStart, value }: HTMLInputElement) => selectionStart ?? value.length;
  const show = (next: readonly Suggestion[]): void =>
    host.act(() => {
      suggestions = next;
      active = -1;
    });
  /** @param isAsked somebody wants to see what there is, where nothing is typed yet */
  const look = (isAsked = false): void => {
    const input = field();
    if (!input?.matches(':focus')) return;
    if (!known || monotonic() - known.at > INDEX_MS) {
      known = { at: monotonic(), index: indexOf(host.session().model) };
    }
    const term = termAt(input.value, caretOf(input));
    show(term || isAsked ? suggest(term, known.index) : []);
  };
  const write = (text: string, caret = text.length): void => {
    show([]);
    host.act(() => host.filter.set(text));
    field()?.setSelectionRange(caret, caret);
  };
  const accept = ({ text }: Suggestion): void => {
    const input = field();
    if (!input) return;
    const { value } = input;
    const caret = caretOf(input);
    const { start, end } = termAt(value, caret) ?? { start: caret, end: caret };
    const isOpen = text.endsWith(':');
    const before = value.slice(0, start) + text + (isOpen ? '' : ' ');
    write(before + value.slice(end).trimStart(), before.length);
    if (text === `${CODE}:`) onCode();
    else if (isOpen) look();
  };
  const leave = (): void => {
    typedAt = Number.NEGATIVE_INFINITY;
    history.add(host.filter.text());
    show([]);
  };
  const move = (to: number): boolean => {
    host.act(() => {
      active = Math.min(to, suggestions.length - 1);
    });
    return true;
  };

  return {
    active: () => (suggestions.length > 0 ? active : undefined),
    isTyping: () => monotonic() - typedAt < TYPING_MS,
    onInput: () => {
      typedAt = monotonic();
      delay(host.request, TYPING_MS);
      if (/(^|\s)-?fn:$/.test(field()?.value ?? '')) onCode();
      else look();
    },
    onBlur: leave,
    onKey: (key) => {
      const chosen = suggestions[active];
      if (chosen && (key === 'Enter' || key === 'Tab')) accept(chosen);
      else if (key === 'Enter') leave();
      else if (key === 'ArrowDown' && suggestions.length > 0) move(active + 1);
      else if (key === 'ArrowUp' && active >= 0) move(active - 1);
      else if (key === 'ArrowUp' || key === 'ArrowDown') {
        const text = history.step(key === 'ArrowUp' ? 1 : -1, host.filter.text());
        if (text !== undefined) write(text);
        else if (key === 'ArrowDown') look(true);
      } else return false;
      return true;
    },
    render: () =>
      suggestions.length === 0
        ? nothing
        : html`<ul class="filter-list" id="filter-list" role="listbox" aria-label="Suggestions">
            ${suggestions.map(
              (suggestion, index) => html`<li
                id="filter-option-${index}"
                role="option"
                aria-selected=${index === active}
                @pointerdown=${(event: Event) => event.preventDefault()}
                @click=${() => accept(suggestion)}
              >
                <span>${suggestion.text}</span>
                <span class="muted">${suggestion.count ? formatCount(suggestion.count) : nothing}</span>
              </li>`,
            )}
          </ul>`,
  };
}
