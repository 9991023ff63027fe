import { type CSSResult, css, html, type TemplateResult } from 'lit';

/** The frame of every part: a heading, what stands beside it, and a body that scrolls by itself. */
export function renderPanel(
  name: string,
  title: string,
  aside: unknown,
  body: unknown,
): TemplateResult {
  return html`<section class="panel ${name}" part=${name} aria-labelledby="title-${name}">
    <header>
      <h3 id="title-${name}">${title}</h3>
      <div class="aside">${aside}</div>
    </header>
    ${body}
  </section>`;
}

export const panelStyles: CSSResult = css`
  .panel {
    /* Holds what is unseen in its body, which would make the page longer from inside what scrolls. */
    position: relative;
    display: flex;
    flex-direction: column;
    min-block-size: 0;
    min-inline-size: 0;
    overflow: hidden;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface);
  }
  .panel > header {
    display: flex;
    align-items: center;
    gap: 8px;
    flex: none;
    min-block-size: 36px;
    padding: 3px 10px;
    border-block-end: 1px solid var(--line);
  }
  h3 {
    flex: none;
    font: 600 12.5px/1.4 var(--font);
  }
  .aside {
    display: flex;
    align-items: center;
    justify-content: flex-end;
    gap: 8px;
    flex: 1;
    min-inline-size: 0;
    color: var(--muted);
    font-size: 12px;
  }
  .body {
    flex: 1;
    min-block-size: 0;
    overflow: auto;
    padding: 10px;
  }
  .empty {
    padding: 12px;
    color: var(--muted);
    text-wrap: pretty;
  }
`;
