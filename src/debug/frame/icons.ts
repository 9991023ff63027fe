import { html, type SVGTemplateResult, svg, type TemplateResult } from 'lit';

type IconName = 'pause' | 'play' | 'close' | 'aggregate';

/** Drawn, because the fonts of many systems lack these signs. */
const SHAPES: Readonly<Record<IconName, SVGTemplateResult>> = {
  pause: svg`<path d="M4.5 3v10M11.5 3v10" stroke-width="3" />`,
  play: svg`<path d="M4 2.5v11l9-5.5z" fill="currentColor" stroke-width="1" />`,
  close: svg`<path d="m3.5 3.5 9 9m0-9-9 9" stroke-width="1.8" />`,
  aggregate: svg`<path d="M5.5 2.5h8v8h-8zM10.5 13.5h-8v-8" stroke-width="1.4" />`,
};

export function renderIcon(name: IconName): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" fill="none" stroke="currentColor">
    ${SHAPES[name]}
  </svg>`;
}
