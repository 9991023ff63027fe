/** Where the code of an `fn:` term is written, looked at and run. Loaded when it is asked for. */

import { html, nothing, type TemplateResult } from 'lit';
import type { ViewHost } from '../types.ts';
import { allowCode } from './code.ts';
import { codeOf } from './filter.ts';
import { CODE, parse, print } from './parse.ts';

export interface CodeEditor {
  readonly open: () => void;
  readonly render: () => TemplateResult | typeof nothing;
  readonly drawn: () => void;
}

export function createCodeEditor(host: ViewHost): CodeEditor {
  let isOpen = false;
  let mustFocus = false;

  const area = (): HTMLTextAreaElement | null =>
    host.element.renderRoot.querySelector('.filter-code textarea');
  const leave = (): void => {
    isOpen = false;
    host.element.renderRoot.querySelector<HTMLElement>('.filter')?.focus();
  };
  const run = (): void => {
    const code = area()?.value.trim() ?? '';
    const others = parse(host.filter.text()).filter(({ path }) => path[0] !== CODE);
    const values = [{ kind: 'text', text: code }] as const;
    const term = { negated: false, path: [CODE], operator: ':', values } as const;
    if (code) allowCode(code);
    host.filter.set(print(code ? [...others, term] : others));
    leave();
  };
  const onKey = (event: KeyboardEvent): void => {
    // What is typed here is no key of the view.
    event.stopPropagation();
    const isRun = event.key === 'Enter' && (event.ctrlKey || event.metaKey);
    if (!isRun && event.key !== 'Escape') return;
    event.preventDefault();
    host.act(isRun ? run : leave);
  };

  return {
    open: () => {
      isOpen = true;
      mustFocus = true;
    },
    render: () => {
      if (!isOpen) return nothing;
      const code = parse(host.filter.text()).map(codeOf).find(Boolean) ?? '';
      return html`<div class="filter-code" role="group" aria-label="Filter by code" @keydown=${onKey}>
        <label for="filter-code">
          <code>(event, record) =&gt; …</code> Rows that it is true of are shown. It runs in a worker,
          which is ended where one record takes longer than 400 ms.
        </label>
        <textarea
          id="filter-code"
          rows="4"
          spellcheck="false"
          autocapitalize="off"
          placeholder="event.properties.price * event.properties.quantity > 100"
          .value=${code}
        ></textarea>
        <div>
          <button @click=${() => host.act(run)}>Run</button>
          <button @click=${() => host.act(leave)}>Close</button>
          <span class="muted">Ctrl + Enter runs, Esc closes.</span>
        </div>
      </div>`;
    },
    drawn: () => {
      if (!mustFocus) return;
      mustFocus = false;
      area()?.focus();
    },
  };
}
