import { type CSSResult, css } from 'lit';

/** The line itself. What belongs to it comes with what is loaded later. */
export const filterBarStyles: CSSResult = css`
  .filter-bar {
    position: relative;
    display: grid;
    gap: 4px;
    min-inline-size: 0;
    padding: 4px 10px;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface);
  }
  .filter-line {
    display: flex;
    align-items: center;
    gap: 4px 8px;
    min-inline-size: 0;
  }
  .filter-box {
    position: relative;
    display: grid;
    flex: 3 1 220px;
    min-inline-size: 0;
    border: 1px solid var(--line);
    border-radius: 6px;
    background: var(--background);
  }
  .filter,
  .filter-ink {
    grid-area: 1 / 1;
    min-inline-size: 0;
    block-size: 28px;
    margin: 0;
    padding: 0 10px;
    border: 0;
    border-radius: 6px;
    background: none;
    font: 12.5px/28px var(--mono);
    letter-spacing: 0;
    white-space: pre;
  }
  /* Behind the text of the box, letter by letter. */
  .filter-ink {
    overflow: hidden;
    color: transparent;
    pointer-events: none;
    user-select: none;
    forced-color-adjust: none;
  }
  .filter-ink [data-mark] {
    border-radius: 3px;
    box-shadow: 0 0 0 2px var(--tint);
    background: var(--tint);
    --tint: var(--selected);
  }
  .filter-ink [data-mark='narrow'] {
    text-decoration: underline 2px var(--accent);
    text-underline-offset: 4px;
  }
  .filter-ink [data-mark='negated'] {
    --tint: var(--dropped-soft);
  }
  .filter-ink [data-mark='problem'] {
    --tint: var(--pending-soft);
  }
  .filter {
    position: relative;
    color: var(--text);
    outline-offset: 0;
  }
  .filter::placeholder {
    color: var(--muted);
    font-family: var(--font);
    opacity: 1;
  }
  .filter-clear {
    min-inline-size: 28px;
    padding: 0;
  }
  .filter-chips {
    display: flex;
    flex: 0 1 auto;
    gap: 4px;
    min-inline-size: 0;
    overflow-x: auto;
    scrollbar-width: none;
  }
  .filter-chip {
    flex: none;
    padding-inline: 10px;
    border-radius: 99px;
    font-size: 12px;
  }
  .filter-chip[aria-pressed='true'] {
    border-color: var(--accent);
    background: var(--selected);
    color: var(--accent);
    font-weight: 600;
  }
  .filter-chip[aria-pressed='true']::before {
    content: '✓ ' / '';
  }
  .scanned {
    flex: none;
    font-size: 11.5px;
  }
  .filter-more {
    display: none;
    flex: none;
    padding-inline: 8px;
    font-size: 12px;
  }
  @container rivulet (max-width: 639px) {
    .filter-bar {
      padding: 4px 6px;
    }
    .filter-line {
      flex-wrap: wrap;
    }
    .filter-box {
      flex-basis: 120px;
    }
    .filter-more {
      display: block;
    }
    .filter-bar .scanned,
    .filter-bar:not([data-open]) .filter-chips {
      display: none;
    }
    .filter-chips {
      order: 1;
      inline-size: 100%;
    }
  }
  @media (pointer: coarse) {
    .filter,
    .filter-ink {
      block-size: 42px;
      font-size: 16px;
      line-height: 42px;
    }
    .filter-clear {
      min-inline-size: 44px;
    }
  }
  @media (forced-colors: active) {
    .filter-ink [data-mark='narrow'] {
      text-decoration-color: Highlight;
    }
    .filter-chip[aria-pressed='true'] {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
  }
`;
