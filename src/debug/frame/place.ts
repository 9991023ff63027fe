import { type CSSResult, css } from 'lit';

/** Where the element is: in its own place on the page, at the bottom of the window, over all of it, or a bubble in its corner. */
export type Place = 'page' | 'dock' | 'full' | 'bubble';

/** Above what pages put over themselves. */
export const placeStyles: CSSResult = css`
  :host {
    display: block;
    position: relative;
    min-inline-size: 0;
    color: var(--text);
    font: 13px/1.45 var(--font);
    text-align: start;
  }
  :host([hidden]) {
    display: none;
  }
  :host(:is([data-place='dock'], [data-place='full'], [data-place='bubble'])) {
    position: fixed;
    inset: 0;
    z-index: 2147483000;
  }
  :host([data-place='dock']) {
    inset-block-start: auto;
    block-size: clamp(240px, var(--dock-size, 62dvh), 96dvh);
    min-block-size: 0;
    border-block-start: 1px solid var(--line);
    box-shadow: 0 -8px 32px rgb(0 0 0 / 0.25);
  }
  :host([data-place='full']) {
    block-size: auto;
    min-block-size: 0;
  }
  :host([data-place='bubble']) {
    inset: auto max(16px, env(safe-area-inset-right)) max(16px, env(safe-area-inset-bottom)) auto;
    block-size: auto;
    min-block-size: 0;
    container: none;
    background: none;
  }
  @media (max-width: 639px) {
    :host([data-place='dock']) {
      block-size: 92dvh;
    }
  }
  @media print {
    :host(:is([data-place='dock'], [data-place='full'], [data-place='bubble'])) {
      display: none;
    }
  }
`;
