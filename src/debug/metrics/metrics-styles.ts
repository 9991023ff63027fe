import { type CSSResult, css } from 'lit';

export const metricsStyles: CSSResult = css`
  .metrics {
    display: flex;
    flex-direction: column;
    gap: 10px;
    font-size: 12px;
  }
  .metrics-tiles {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(96px, 1fr));
    gap: 8px;
  }
  .metrics-tiles > div {
    display: flex;
    flex-direction: column;
    padding: 6px 10px;
    border: 1px solid var(--line);
    border-radius: 6px;
    background: var(--raised);
  }
  .metrics-tiles dd {
    font-size: 15px;
    font-weight: 600;
    white-space: nowrap;
  }
  .metrics-tiles dt {
    color: var(--muted);
    font-size: 11px;
  }
  .metrics-tables {
    display: grid;
    grid-template-columns: minmax(0, 1.5fr) minmax(0, 1fr);
    gap: 10px 24px;
  }
  .metrics section {
    min-inline-size: 0;
  }
  .metrics section > header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px;
    min-block-size: 32px;
  }
  .metrics h4 {
    margin-inline-end: 6px;
    font: 600 12.5px/1.4 var(--font);
  }
  .metrics [aria-pressed='true'] {
    border-color: var(--accent);
    background: var(--selected);
    font-weight: 600;
  }
  .metrics table {
    inline-size: 100%;
    border-collapse: collapse;
    font-size: 11.5px;
  }
  .metrics :is(th, td) {
    padding: 3px 0 3px 12px;
    border-block-end: 1px solid var(--line);
    text-align: end;
    white-space: nowrap;
  }
  .metrics thead th {
    color: var(--muted);
    font-weight: 500;
  }
  .metrics tr > :first-child {
    max-inline-size: 220px;
    overflow: hidden;
    padding-inline-start: 0;
    text-align: start;
    text-overflow: ellipsis;
  }
  .metrics tbody th {
    font-weight: 500;
  }
  .metrics .metrics-bar {
    inline-size: 30%;
    min-inline-size: 40px;
  }
  .metrics-bar i {
    display: block;
    min-inline-size: 1px;
    block-size: 10px;
    border-radius: 0 3px 3px 0;
    background: var(--accent);
  }
  .metrics [data-rating='good'] {
    color: var(--proven);
  }
  .metrics [data-rating='needs improvement'] {
    color: var(--pending);
  }
  .metrics [data-rating='poor'] {
    color: var(--lost);
  }
  @container rivulet (max-width: 799px) {
    .metrics-tables {
      grid-template-columns: minmax(0, 1fr);
    }
    .metrics .metrics-bar {
      display: none;
    }
  }
  /* What is left is what is compared. */
  @container rivulet (max-width: 559px) {
    .metrics-groups tr > :is(:nth-child(4), :nth-child(5), :nth-child(7)),
    .metrics-readings tr > :is(:nth-child(3), :nth-child(5)) {
      display: none;
    }
    /* The name takes the room that the figures leave. */
    .metrics tr > :first-child {
      inline-size: 100%;
      max-inline-size: 0;
    }
  }
  @media (forced-colors: active) {
    .metrics-bar i {
      background: CanvasText;
      forced-color-adjust: none;
    }
  }
`;
