import { html, type SVGTemplateResult, svg, type TemplateResult } from 'lit';

type IconName =
  | 'pause'
  | 'play'
  | 'close'
  | 'aggregate'
  | 'search'
  | 'theme'
  | 'larger'
  | 'smaller';

/** Drawn, because the fonts of many systems lack these signs. */
const SHAPES: Readonly<Record<IconName, SVGTemplateResult>> = {
  pause: svg`<path d="M4.5 3v10M11.5 3v10" stroke-width="3" />`,
  play: svg`<path d="M4 2.5v11l9-5.5z" fill="currentColor" stroke-width="1" />`,
  close: svg`<path d="m3.5 3.5 9 9m0-9-9 9" stroke-width="1.8" />`,
  search: svg`<circle cx="7" cy="7" r="4.5" stroke-width="1.6" /><path d="m10.5 10.5 3.5 3.5" stroke-width="1.6" />`,
  theme: svg`<circle cx="8" cy="8" r="5.7" stroke-width="1.4" /><path d="M8 2.3a5.7 5.7 0 0 1 0 11.4z" fill="currentColor" stroke="none" />`,
  larger: svg`<path d="M9.5 2.5h4v4M6.5 13.5h-4v-4M13.5 2.5l-4.5 4.5M2.5 13.5l4.5-4.5" stroke-width="1.5" />`,
  smaller: svg`<path d="M13 7H9V3M3 9h4v4M9 7l4.5-4.5M7 9l-4.5 4.5" stroke-width="1.5" />`,
  aggregate: svg`<path d="M5.5 2.5h8v8h-8zM10.5 13.5h-8v-8" stroke-width="1.4" />`,
};

export function renderIcon(name: IconName): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" fill="none" stroke="currentColor">
    ${SHAPES[name]}
  </svg>`;
}
