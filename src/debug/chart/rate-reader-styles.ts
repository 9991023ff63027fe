import { type CSSResult, css } from 'lit';

export const rateReaderStyles: CSSResult = css`
  .chart-range {
    border-inline: 2px solid var(--accent);
    background: color-mix(in srgb, var(--accent), transparent 78%);
  }
  .chart-cursor {
    min-inline-size: 2px;
    background: color-mix(in srgb, var(--text), transparent 40%);
  }
  .chart-rows:focus-within {
    inset-block-start: 100%;
    inset-inline-end: 8px;
    z-index: 6;
    inline-size: auto;
    block-size: auto;
    max-inline-size: calc(100% - 16px);
    max-block-size: 60cqh;
    overflow: auto;
    clip-path: none;
    padding: 8px;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--raised);
    font-size: 11.5px;
  }
  .chart-rows :is(th, td) {
    padding: 2px 10px 2px 0;
    font-weight: 500;
    text-align: end;
  }
  .chart-rows [aria-disabled='true'] {
    color: var(--muted);
    cursor: default;
  }
  @container rivulet (max-width: 559px) {
    .chart:has(.chart-cursor) :is(h3, .chart-legend) {
      display: none;
    }
  }
  @media (forced-colors: active) {
    .chart-cursor {
      background: Highlight;
      forced-color-adjust: none;
    }
  }
`;
