import { type CSSResult, css } from 'lit';

export const recordsStyles: CSSResult = css`
  .stage {
    container: records / inline-size;
    position: relative;
    flex: 1;
    min-block-size: 0;
  }
  .grid {
    position: absolute;
    inset: 0;
    overflow: auto;
    overflow-anchor: none;
    scrollbar-gutter: stable;
  }
  .grid:focus-visible {
    outline: none;
  }
  /* Above the rows, which would cover one of the grid's own. */
  .stage:has(> .grid:focus-visible)::after {
    position: absolute;
    inset: 0;
    z-index: 2;
    outline: 2px solid var(--accent);
    outline-offset: -2px;
    content: '';
    pointer-events: none;
  }
  .row.head {
    position: sticky;
    inset-block-start: 0;
    z-index: 1;
    border-block-end: 1px solid var(--line);
    background: var(--raised);
    color: var(--muted);
    font: 500 11px/1.4 var(--font);
  }
  .rows {
    position: relative;
    contain: strict;
    /* What a fast scroll shows before the next drawing. */
    background: repeating-linear-gradient(
      var(--surface) 0 calc(var(--row) - 1px),
      color-mix(in srgb, var(--line), transparent 45%) 0 var(--row)
    );
  }
  .stage > .empty {
    position: absolute;
    inset: 50% 0 auto;
    translate: 0 -50%;
    padding-inline: 24px;
    text-align: center;
    pointer-events: none;
  }
  .pill {
    position: absolute;
    inset-block-end: 12px;
    inset-inline: 0;
    z-index: 2;
    inline-size: max-content;
    max-inline-size: calc(100% - 24px);
    margin-inline: auto;
    border-color: var(--accent);
    border-radius: 99px;
    background: var(--surface);
    box-shadow: 0 2px 10px rgb(0 0 0 / 0.2);
    font-size: 12.5px;
  }
  kbd {
    padding: 0 5px;
    border: 1px solid var(--line);
    border-radius: 4px;
    background: var(--raised);
    font: 11px var(--mono);
  }
`;
