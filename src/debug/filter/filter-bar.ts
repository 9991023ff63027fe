import { html, nothing, type TemplateResult } from 'lit';
import { formatCount, formatPlural } from '../format.ts';
import { renderIcon } from '../frame/icons.ts';
import type { NamedFilter, Part, ViewHost } from '../types.ts';
import { hasAll, toggleFilter } from './edit.ts';
import type { FilterHelp } from './filter-help.ts';
import { isNarrowing } from './narrowing.ts';
import { parse } from './parse.ts';

export { filterBarStyles } from './filter-styles.ts';

/** Those that everybody needs; the page's own stand behind them. */
const FILTERS: readonly NamedFilter[] = [
  { name: 'mine', filter: 'is:mine' },
  { name: 'problems', filter: 'is:problem' },
  { name: 'marked', filter: 'is:marked' },
];

/** The line in which rows are looked for, and what came of it. */
export function createFilterBar(host: ViewHost): Part {
  let help: FilterHelp | undefined;
  let loading: Promise<void> | undefined;
  /** Where there is little room, the named filters are under a button. */
  let isOpen = false;

  const load = (): Promise<void> => {
    loading ??= import('./filter-help.ts').then(
      ({ createFilterHelp }) => {
        help = createFilterHelp(host);
        host.request();
      },
      () => {
        // Filtering goes on without it; the next one asks again.
        loading = undefined;
      },
    );
    return loading;
  };
  const field = (): HTMLInputElement | null => host.element.renderRoot.querySelector('.filter');
  const clear = (): void => host.filter.set('');
  const toggle = ({ filter }: NamedFilter): void =>
    host.filter.set(toggleFilter(host.filter.text(), filter));

  const onInput = (event: Event): void => {
    const { value } = event.target as HTMLInputElement;
    host.act(() => host.filter.set(value));
    void load().then(() => help?.onInput());
  };
  const onKey = (event: KeyboardEvent): void => {
    const isLeaving = event.key === 'Escape';
    if (isLeaving) host.element.renderRoot.querySelector<HTMLElement>('.grid')?.focus();
    if (isLeaving || help?.onKey(event.key)) event.preventDefault();
  };

  const renderBox = (text: string): TemplateResult => {
    const active = help?.active();
    const isListed = active !== undefined;
    return html`<div class="filter-box">
      <div class="filter-ink" aria-hidden="true">${renderInk(text, host.runtime.now())}</div>
      <input
        class="filter"
        type="text"
        role="combobox"
        aria-label="Filter records"
        aria-autocomplete="list"
        aria-expanded=${isListed}
        aria-controls=${isListed ? 'filter-list' : nothing}
        aria-activedescendant=${isListed && active >= 0 ? `filter-option-${active}` : nothing}
        aria-describedby=${help ? 'filter-notes' : nothing}
        placeholder="Filter: text, type:track, price>=10, is:problem"
        enterkeyhint="search"
        autocomplete="off"
        autocapitalize="off"
        spellcheck="false"
        .value=${text}
        @focus=${load}
        @input=${onInput}
        @keydown=${onKey}
        @scroll=${alignInk}
        @blur=${() => help?.onBlur()}
      />
      ${help?.renderList() ?? nothing}
    </div>`;
  };
  const renderChip = (named: NamedFilter): TemplateResult => html`<button
    class="filter-chip"
    title=${named.filter}
    aria-pressed=${hasAll(host.filter.text(), named.filter)}
    @click=${() => host.act(() => toggle(named))}
  >
    ${named.name}
  </button>`;

  return {
    render: (drawing) => {
      const text = host.filter.text();
      if (text) void load();
      const { scanned, shown } = host.table.snapshot();
      const { rows } = host.session().model;
      const all = rows.end() - rows.first();
      const of = scanned < all ? ` of ${formatCount(all)}` : '';
      return html`<search class="filter-bar" part="filter" ?data-open=${isOpen}>
        <div class="filter-line">${renderBox(text)}
        ${
          text
            ? html`<button
                class="filter-clear"
                title="Clear the filter (x)"
                aria-label="Clear the filter"
                @click=${() => host.act(clear)}
              >
                ${renderIcon('close')}
              </button>`
            : nothing
        }
        <div class="filter-chips" role="group" aria-label="Named filters">
          ${[...FILTERS, ...host.settings().filters].map(renderChip)}
        </div>
        <span class="number muted scanned"
          >${
            text
              ? `scanned ${formatCount(scanned)}${of} · shown ${formatCount(shown)}`
              : formatPlural(shown, 'row')
          }</span
        >
        <button
          class="filter-more number"
          aria-expanded=${isOpen}
          aria-label="Named filters; ${formatPlural(shown, 'row')} shown"
          @click=${() =>
            host.act(() => {
              isOpen = !isOpen;
            })}
        >
          <span aria-hidden="true">≡ ${formatCount(shown)}</span>
        </button></div>
        ${help?.renderNotes(drawing) ?? nothing} ${help?.renderEditor() ?? nothing}
      </search>`;
    },
    drawn: () => {
      alignInk({ target: field() });
      help?.drawn();
    },
    commands: [
      {
        id: 'filter',
        title: 'Go to the filter',
        keys: ['/'],
        run: () => {
          host.show('records');
          field()?.focus();
        },
      },
      {
        id: 'filter-clear',
        title: 'Clear the filter',
        keys: ['x'],
        isOffered: () => host.filter.text() !== '',
        run: clear,
      },
      ...FILTERS.map((named) => ({
        id: `filter-${named.name}`,
        title: `Show ${named.name}, or all again`,
        run: () => toggle(named),
      })),
      {
        id: 'filter-code',
        title: 'Filter by code',
        run: () => void load().then(() => help?.editCode()),
      },
    ],
  };
}

/** The marks lie behind the text of the box, and move with it. */
function alignInk({ target }: Pick<Event, 'target'>): void {
  const field = target as HTMLElement | null;
  if (field?.previousElementSibling) field.previousElementSibling.scrollLeft = field.scrollLeft;
}

function renderInk(text: string, now: number): unknown {
  let at = 0;
  const marked = parse(text).map((term) => {
    const { start, end, negated, problem } = term;
    const before = text.slice(at, start);
    at = end;
    const mark = problem ? 'problem' : isNarrowing(term, now) ? 'narrow' : negated && 'negated';
    return html`${before}<span data-mark=${mark || nothing}>${text.slice(start, end)}</span>`;
  });
  return [marked, text.slice(at)];
}
