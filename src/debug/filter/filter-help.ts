/** What belongs to the filter and is not needed to filter. It is loaded when somebody goes to the filter, or one is set. */

import type { nothing, TemplateResult } from 'lit';
import type { Drawing, ViewHost } from '../types.ts';
import { createCodeEditor } from './code-editor.ts';
import { createFilterAssist, type FilterAssist } from './filter-assist.ts';
import { filterHelpStyles } from './filter-help-styles.ts';
import { createFilterNotes } from './filter-notes.ts';

export interface FilterHelp extends Omit<FilterAssist, 'render' | 'isTyping'> {
  readonly renderList: () => TemplateResult | typeof nothing;
  readonly renderNotes: (drawing: Drawing) => TemplateResult;
  readonly renderEditor: () => TemplateResult | typeof nothing;
  readonly drawn: () => void;
  readonly editCode: () => void;
}

export function createFilterHelp(host: ViewHost): FilterHelp {
  const { styleSheet } = filterHelpStyles;
  const { adoptedStyleSheets } = host.element.renderRoot as ShadowRoot;
  if (styleSheet && !adoptedStyleSheets.includes(styleSheet)) adoptedStyleSheets.push(styleSheet);
  const editor = createCodeEditor(host);
  const editCode = (): void => host.act(editor.open);
  const { render, isTyping, ...assist } = createFilterAssist(host, editCode);
  const notes = createFilterNotes(host, isTyping);
  return {
    ...assist,
    renderList: render,
    renderNotes: notes.render,
    renderEditor: editor.render,
    drawn: () => {
      notes.drawn();
      editor.drawn();
    },
    editCode,
  };
}
