import { type CSSResult, css, html, type TemplateResult } from 'lit';
import type { Runtime } from '../../runtime.ts';

/** A short line about what a person just did. */
export interface Toast {
  readonly say: (text: string) => void;
  readonly render: () => TemplateResult;
}

/** Long enough to be read, short enough not to be in the way. */
const SHOWN_MS = 3_000;

export function createToast(runtime: Pick<Runtime, 'delay'>, draw: () => void): Toast {
  let text = '';
  let cancel: (() => void) | undefined;
  return {
    say: (next) => {
      cancel?.();
      text = next;
      draw();
      cancel = runtime.delay(() => {
        text = '';
        draw();
      }, SHOWN_MS);
    },
    render: () => html`<p class="toast" role="status" ?data-shown=${text !== ''}>${text}</p>`,
  };
}

export const toastStyles: CSSResult = css`
  .toast {
    position: absolute;
    inset-block-end: 20px;
    inset-inline: 0;
    z-index: 6;
    inline-size: max-content;
    max-inline-size: calc(100% - 32px);
    margin-inline: auto;
    padding: 6px 14px;
    border-radius: 99px;
    background: var(--text);
    color: var(--surface);
    font-size: 12.5px;
    pointer-events: none;
    opacity: 0;
  }
  .toast[data-shown] {
    opacity: 1;
  }
`;
