import { type CSSResult, css } from 'lit';

export const ledgerStyles: CSSResult = css`
  .ledger .body {
    container: ledger / inline-size;
    padding-block-start: 6px;
  }
  .ledger-copy {
    min-block-size: 24px;
    padding-inline: 8px;
    font-size: 11.5px;
  }
  .ledger-verdict {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 10px;
    padding-block-end: 4px;
    font-weight: 600;
    font-variant-numeric: tabular-nums;
  }
  .ledger-verdict :is(.muted, button) {
    font-weight: 500;
  }
  .ledger-verdict[data-tone='proven'],
  .adds {
    color: var(--proven);
  }
  .ledger-verdict[data-tone='pending'] {
    color: var(--pending);
  }
  .ledger-verdict[data-tone='lost'] {
    margin-block-end: 6px;
    padding: 6px 8px;
    border: 1px solid var(--lost);
    border-radius: 6px;
    background: var(--lost-soft);
    color: var(--lost);
  }
  .sum {
    padding-block-end: 6px;
    color: var(--text);
    font-size: 11.5px;
    text-wrap: balance;
  }
  .sum span,
  .sum strong {
    white-space: nowrap;
  }
  .ledger table {
    inline-size: 100%;
    max-inline-size: 960px;
    border-collapse: collapse;
    font: 11.5px/1.5 var(--mono);
    font-variant-numeric: tabular-nums;
  }
  .ledger :is(th, td) {
    padding: 2px 6px;
    text-align: end;
    white-space: nowrap;
  }
  .ledger :is(th, td):first-child {
    padding-inline-start: 0;
    text-align: start;
  }
  .ledger thead th {
    position: sticky;
    inset-block-start: -6px;
    z-index: 1;
    background: var(--surface);
    color: var(--muted);
    font: 500 11px/1.5 var(--font);
  }
  .ledger abbr {
    text-decoration: none;
  }
  .ledger tbody th {
    font-weight: 500;
  }
  .ledger tr:not(.ledger-runs, .reasons) > :is(td, tbody th, tfoot th),
  .ledger tbody tr:not(.ledger-runs, .reasons) > th {
    border-block-start: 1px solid var(--line);
  }
  .ledger tfoot tr > * {
    font-weight: 650;
  }
  .ledger [data-none] {
    color: var(--muted);
    font-weight: 400;
  }
  .ledger-toggle {
    min-block-size: 24px;
    margin-inline-start: -4px;
    padding: 0 4px;
    border-color: transparent;
    background: none;
    font: inherit;
  }
  .ledger-name {
    display: inline-block;
    max-inline-size: 16ch;
    overflow: hidden;
    text-overflow: ellipsis;
    vertical-align: bottom;
  }
  .ledger-client th {
    font-family: var(--font);
  }
  .ledger-client ~ tr:not(.ledger-client) .ledger-toggle {
    margin-inline-start: 10px;
  }
  .own {
    padding: 1px 6px;
    border-radius: 99px;
    background: var(--selected);
    font: 500 10.5px/1.4 var(--font);
  }
  .ledger td:is([data-tone='duplicates'], [data-tone='outOfOrder'], [data-tone='late'], [data-tone='missing']),
  .ledger-runs [data-state] button {
    color: var(--pending);
    font-weight: 600;
  }
  .ledger td:is([data-tone='lost'], [data-tone='rejected']),
  .ledger-runs [data-state='lost'] button {
    color: var(--lost);
    font-weight: 700;
  }
  .ledger td[data-tone='dropped'],
  .ledger .reasons td {
    color: var(--dropped);
    font-weight: 600;
  }
  .ledger :is(.ledger-runs, .reasons) td {
    padding-block: 0 4px;
    padding-inline-start: 14px;
    white-space: normal;
    font-weight: 500;
  }
  .ledger-runs ul {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 14px;
    color: var(--muted);
  }
  .ledger-runs button {
    min-block-size: 24px;
    padding: 0 6px;
    border-style: dashed;
    border-color: currentColor;
    background: none;
    font: inherit;
    text-align: start;
    white-space: normal;
  }
  .ledger-more {
    display: none;
  }
  @container ledger (max-width: 639px) {
    .ledger :is(.captured, .rejected, .late) {
      display: none;
    }
    .ledger-more {
      display: block;
    }
  }
  @container ledger (max-width: 459px) {
    .ledger :is(.duplicates, .outOfOrder) {
      display: none;
    }
    .ledger :is(th, td) {
      padding-inline: 3px;
    }
    .ledger-name {
      max-inline-size: 7ch;
    }
    .own {
      display: block;
      inline-size: max-content;
    }
  }
  @container ledger (max-width: 319px) {
    .ledger .dropped {
      display: none;
    }
  }
  @media (pointer: coarse) {
    .ledger-toggle,
    .ledger-copy,
    .ledger-runs button {
      min-block-size: 44px;
    }
  }
  @media (forced-colors: active) {
    .ledger td[data-tone='lost'],
    .ledger-verdict[data-tone='lost'] {
      outline: 2px solid CanvasText;
    }
  }
`;
