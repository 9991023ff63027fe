import { html, svg, type TemplateResult } from 'lit';
import type { Theme } from './theme.ts';

const sun = svg`<circle cx="12" cy="12" r="4.2" /><path d="M12 2.5v2.5M12 19v2.5M2.5 12H5M19 12h2.5M5.3 5.3l1.8 1.8M16.9 16.9l1.8 1.8M18.7 5.3l-1.8 1.8M7.1 16.9l-1.8 1.8" />`;
const moon = svg`<path d="M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5Z" />`;

/** Whose page this is, and what it shows, in one sentence. Not the shop's, and so not captured. */
export function pageHeader(theme: Theme, onTheme: () => void): TemplateResult {
  const other = theme === 'dark' ? 'light' : 'dark';
  return html`
    <header class="page-header" data-rivulet-ignore>
      <h1 class="wordmark">
        <svg viewBox="0 0 32 32" fill="none" stroke-width="3" stroke-linecap="round" aria-hidden="true">
          <path d="M4 11c4-5 8-5 12 0s8 5 12 0" />
          <path d="M4 21c4-5 8-5 12 0s8 5 12 0" />
        </svg>
        Rivulet
      </h1>
      <p class="claim">
        Every click in this shop flows into a Kinesis stream as you watch.
        <span>Pull any plug: nothing is lost.</span>
      </p>
      <nav class="pages" aria-label="The live view elsewhere">
        ${elsewhere('/debug/', 'Full view')} ${elsewhere('/overlay/', 'Overlay')}
      </nav>
      <button class="theme" type="button" aria-label=${`Switch to ${other}`} @click=${onTheme}>
        <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
          ${theme === 'dark' ? sun : moon}
        </svg>
      </button>
    </header>
  `;
}

/** In a tab of its own: the shop goes on beside it. */
function elsewhere(href: string, text: string): TemplateResult {
  return html`
    <a href=${href} target="_blank"
      >${text}<span aria-hidden="true"> ↗</span
      ><span class="visually-hidden"> (in a new tab)</span></a
    >
  `;
}
