import { type CSSResult, css } from 'lit';
import { resultChartStyles } from '../chart/result-chart.ts';

export const sqlStyles: CSSResult = css`
  ${resultChartStyles}
  .sql {
    display: grid;
    flex: 1;
    min-block-size: 0;
    grid-template-columns: minmax(280px, 36%) minmax(0, 1fr);
  }
  .sql-ask {
    display: flex;
    flex-direction: column;
    gap: 8px;
    min-block-size: 0;
    overflow: auto;
    padding: 10px;
    border-inline-end: 1px solid var(--line);
  }
  .sql-text {
    flex: 0 0 auto;
    block-size: 124px;
    padding: 8px 10px;
    border: 1px solid var(--line);
    border-radius: 6px;
    background: var(--background);
    color: var(--text);
    font-size: 12px;
    line-height: 1.5;
    resize: vertical;
  }
  .sql-actions {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
  }
  .sql .sql-run {
    border-color: var(--accent);
    background: var(--accent);
    color: var(--surface);
    font-weight: 600;
  }
  .sql-columns {
    font-size: 11.5px;
  }
  .sql-columns summary {
    cursor: pointer;
  }
  .sql-columns dl {
    columns: 220px;
    padding-block-start: 6px;
  }
  .sql-columns dl > div {
    display: flex;
    gap: 8px;
    break-inside: avoid;
  }
  .sql-columns dt {
    flex: 0 0 68px;
  }
  .sql-columns dd {
    color: var(--muted);
  }
  .sql-answer {
    display: flex;
    flex-direction: column;
    min-block-size: 0;
    min-inline-size: 0;
  }
  .sql-answer > header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px 10px;
    flex: none;
    padding: 8px 10px;
  }
  .sql-answer > header p {
    flex: 1 1 200px;
    color: var(--muted);
    font-size: 12px;
    overflow-wrap: anywhere;
  }
  .sql-shapes {
    display: flex;
    gap: 4px;
  }
  .sql [aria-pressed='true'] {
    border-color: var(--accent);
    background: var(--selected);
    font-weight: 600;
  }
  .sql-problem {
    color: var(--lost);
  }
  .sql .sql-rows {
    padding: 0;
  }
  .sql-rows table {
    border-collapse: collapse;
    min-inline-size: 100%;
    font-size: 11.5px;
  }
  .sql-rows thead {
    position: sticky;
    inset-block-start: 0;
    background: var(--raised);
  }
  .sql-rows :is(th, td) {
    padding: 3px 10px;
    border-block-end: 1px solid var(--line);
    text-align: start;
    white-space: nowrap;
  }
  .sql-rows th {
    padding: 0;
  }
  .sql-rows th button {
    inline-size: 100%;
    padding-inline: 10px;
    border: none;
    background: none;
    font-weight: 600;
    text-align: start;
    outline-offset: -2px;
  }
  .sql-rows td {
    max-inline-size: 420px;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .sql-rows [data-number],
  .sql-rows [data-number] button {
    text-align: end;
  }
  .sql-pages {
    display: flex;
    align-items: center;
    gap: 10px;
    padding: 6px 10px;
    border-block-start: 1px solid var(--line);
    font-size: 12px;
  }
  @container rivulet (max-width: 799px) {
    .sql {
      grid-template: auto minmax(0, 1fr) / minmax(0, 1fr);
    }
    .sql-text {
      block-size: 96px;
    }
    .sql-ask {
      max-block-size: 38cqh;
      border-inline-end: none;
      border-block-end: 1px solid var(--line);
    }
  }
  @media (pointer: coarse) {
    .sql-text {
      font-size: 16px;
    }
  }
`;
