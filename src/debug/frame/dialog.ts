import { type CSSResult, css, html, type TemplateResult } from 'lit';
import type { ViewHost } from '../types.ts';
import { renderIcon } from './icons.ts';

/** A window over the view: the platform's own, which keeps the focus inside and closes at Escape. */
export interface Dialog {
  readonly isOpen: () => boolean;
  readonly open: () => void;
  readonly close: () => void;
  readonly render: (body: () => TemplateResult) => TemplateResult;
  readonly drawn: () => void;
}

export function createDialog(host: ViewHost, name: string, title: string): Dialog {
  let isOpen = false;
  const close = (): void => {
    isOpen = false;
  };
  const element = (): HTMLDialogElement | null =>
    host.element.renderRoot.querySelector(`dialog.${name}`);
  return {
    isOpen: () => isOpen,
    open: () => {
      isOpen = true;
    },
    close,
    render: (body) => html`<dialog
      class="dialog ${name}"
      aria-labelledby="title-${name}"
      @close=${() => host.act(close)}
      @keydown=${(event: KeyboardEvent) => event.stopPropagation()}
      @click=${(event: MouseEvent) => {
        // Beside the window's content: the backdrop.
        if (event.target === event.currentTarget) element()?.close();
      }}
    >
      ${
        isOpen
          ? html`<div class="dialog-body">
              <header>
                <h3 id="title-${name}">${title}</h3>
                <button class="close" aria-label="Close" @click=${() => element()?.close()}>
                  ${renderIcon('close')}
                </button>
              </header>
              ${body()}
            </div>`
          : ''
      }
    </dialog>`,
    drawn: () => {
      const dialog = element();
      if (!dialog || dialog.open === isOpen) return;
      if (isOpen) dialog.showModal();
      else dialog.close();
    },
  };
}

export const dialogStyles: CSSResult = css`
  .dialog {
    inline-size: min(560px, calc(100vw - 24px));
    max-block-size: min(640px, calc(100dvh - 48px));
    margin-block-start: max(24px, 10dvh);
    padding: 0;
    overflow: hidden;
    border: 1px solid var(--line);
    border-radius: 12px;
    background: var(--surface);
    box-shadow: 0 18px 60px rgb(0 0 0 / 0.4);
    color: var(--text);
    font: 13px/1.45 var(--font);
  }
  .dialog::backdrop {
    background: rgb(0 0 0 / 0.35);
  }
  .dialog-body {
    display: flex;
    flex-direction: column;
    max-block-size: inherit;
  }
  .dialog header {
    display: flex;
    align-items: center;
    justify-content: space-between;
    padding: 8px 8px 4px 16px;
  }
  .dialog h3 {
    font-size: 14px;
  }
  .dialog .close {
    border-color: transparent;
    background: none;
  }
`;
