import { type CSSResult, css, html, type TemplateResult } from 'lit';

/** Longer text is shown without colours: thousands of spans would make opening it slow. */
const MAX_COLOURED_CHARACTERS = 40_000;

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/g;

/** Pretty JSON with names, texts and values told apart. Everything is text; nothing of it becomes markup. */
export function renderJson(text: string): TemplateResult {
  return html`<pre class="json" tabindex="0" aria-label="The event as JSON">${colour(text)}</pre>`;
}

function colour(text: string): unknown {
  if (text.length > MAX_COLOURED_CHARACTERS) return text;
  const parts: unknown[] = [];
  let from = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [whole, string, colon] = match;
    parts.push(text.slice(from, match.index));
    if (colon !== undefined) parts.push(html`<b>${string}</b>${colon}`);
    else if (string !== undefined) parts.push(html`<q>${string}</q>`);
    else parts.push(html`<i>${whole}</i>`);
    from = match.index + whole.length;
  }
  parts.push(text.slice(from));
  return parts;
}

export const jsonStyles: CSSResult = css`
  .json {
    padding: 10px;
    border: 1px solid var(--line);
    border-radius: 6px;
    background: var(--raised);
    font: 11.5px/1.6 var(--mono);
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    tab-size: 2;
  }
  .json b {
    color: var(--accent);
    font-weight: 500;
  }
  .json q {
    color: var(--proven);
    quotes: none;
  }
  .json i {
    color: var(--dropped);
    font-style: normal;
  }
`;
