import { type CSSResult, css } from 'lit';

export const bodyStyles: CSSResult = css`
  .detail .aside .number {
    font-size: 11.5px;
  }
  .detail-tabs {
    display: flex;
    flex: none;
    gap: 2px;
    padding: 4px 6px 0;
    border-block-end: 1px solid var(--line);
    overflow-x: auto;
    scrollbar-width: none;
  }
  .detail-tabs button {
    flex: none;
    padding: 0 7px;
    border: 0;
    border-block-end: 2px solid transparent;
    border-radius: 0;
    background: none;
    color: var(--muted);
    font-size: 12px;
  }
  .detail-tabs [aria-selected='true'] {
    border-color: var(--accent);
    color: var(--text);
    font-weight: 600;
  }
  .detail-tabs :focus-visible,
  .detail .body:focus-visible {
    outline-offset: -2px;
  }
  .detail-bar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px;
    flex: none;
    font-size: 12px;
  }
  .detail-bar [aria-pressed='true'] {
    border-color: var(--accent);
    background: var(--selected);
  }
  footer.detail-bar {
    padding: 5px 10px;
    border-block-start: 1px solid var(--line);
  }
  footer.detail-bar > :last-child {
    margin-inline-start: auto;
  }
  .detail-steps {
    display: inline-flex;
    align-items: center;
    color: var(--muted);
  }
  .detail-steps button {
    min-inline-size: 28px;
    padding: 0;
    color: var(--text);
  }
  .detail-steps span {
    padding-inline: 5px;
  }
  .detail-lines > div {
    display: grid;
    grid-template-columns: minmax(72px, 38%) minmax(0, 1fr);
    align-items: baseline;
    column-gap: 8px;
    padding-block: 1px;
    font-size: 12px;
  }
  .detail-lines dt {
    color: var(--muted);
    overflow-wrap: anywhere;
  }
  .detail-lines dd {
    display: flex;
    align-items: baseline;
    gap: 4px;
    overflow-wrap: anywhere;
  }
  .detail-lines dd .muted {
    font-size: 11px;
  }
  .detail-lines [data-problem] {
    background: var(--lost-soft);
  }
  .detail-value {
    font-size: 11.5px;
    overflow-wrap: anywhere;
    white-space: normal;
    text-align: start;
  }
  button.detail-value {
    min-block-size: 20px;
    margin-inline-start: -5px;
    padding: 0 4px;
    border-color: transparent;
    border-radius: 4px;
    background: none;
    text-decoration: underline dotted var(--muted) 1px;
    text-underline-offset: 3px;
  }
  button.detail-value:hover:not(:disabled) {
    border-color: var(--line);
    background: var(--selected);
  }
  .detail-lines dd > span:first-child {
    flex: 1;
    min-inline-size: 0;
  }
  .detail-column {
    flex: none;
    min-block-size: 20px;
    inline-size: 22px;
    padding: 0;
    border-color: transparent;
    background: none;
    color: var(--muted);
  }
  .detail-problems,
  .detail-problem {
    color: var(--lost);
    font-size: 12px;
  }
  .detail-problems {
    margin-block-end: 10px;
    padding: 6px 8px;
    border-radius: 6px;
    background: var(--lost-soft);
    overflow-wrap: anywhere;
  }
  .detail-plan {
    margin-block-end: 8px;
    font-size: 11.5px;
  }
  .tree {
    font-size: 11.5px;
    line-height: 20px;
  }
  .tree li {
    padding-inline-start: calc((var(--level) - 1) * 12px + 14px);
    border-radius: 4px;
    overflow-wrap: anywhere;
    cursor: pointer;
  }
  .tree span {
    white-space: pre-wrap;
  }
  .tree li:hover {
    background: var(--raised);
  }
  .tree li:focus-visible {
    outline-offset: -2px;
  }
  .tree [aria-expanded]::before {
    display: inline-block;
    inline-size: 14px;
    margin-inline-start: -14px;
    color: var(--muted);
    content: '▸' / '';
  }
  .tree [aria-expanded='true']::before {
    content: '▾' / '';
  }
  .tree b {
    color: var(--accent);
    font-weight: 500;
  }
  .tree i {
    color: var(--muted);
  }
  .tree [data-type='string'] {
    color: var(--proven);
  }
  .tree :is([data-type='number'], [data-type='boolean']) {
    color: var(--dropped);
  }
  .detail-bytes {
    margin-block: 8px;
    padding: 8px;
    border: 1px solid var(--line);
    border-radius: 6px;
    background: var(--raised);
    font: 11px/1.55 var(--mono);
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .detail-trail {
    font-size: 12px;
    line-height: 1.7;
    overflow-wrap: anywhere;
  }
  .detail-trail li {
    display: inline-block;
    margin-inline-end: 10px;
  }
  .detail-trail :last-child {
    font-weight: 600;
  }
  .detail-trail [data-no],
  .detail-kcl[data-no] {
    color: var(--lost);
  }
  .detail-kcl {
    margin-block-end: 6px;
    font-size: 12px;
  }
  .detail-table {
    inline-size: 100%;
    border-collapse: collapse;
    font-size: 11.5px;
  }
  .detail-table td {
    font-family: var(--mono);
  }
  .detail-table :is(th, td) {
    padding: 2px 6px 2px 0;
    border-block-end: 1px solid var(--line);
    text-align: start;
    overflow-wrap: anywhere;
  }
  .detail-table th {
    color: var(--muted);
    font-weight: 500;
  }
  .detail-table [aria-current] {
    background: var(--selected);
  }
  .detail-table button {
    min-block-size: 22px;
    min-inline-size: 28px;
    padding: 0 4px;
  }
  .journey li {
    display: grid;
    grid-template-columns: 88px minmax(40px, 1fr) 92px;
    align-items: center;
    column-gap: 8px;
    min-block-size: 22px;
    font-size: 12px;
  }
  .lane-bar {
    position: relative;
    block-size: 8px;
    border-radius: 4px;
    background: var(--background);
  }
  .lane-bar span {
    position: absolute;
    inset-block: 0;
    min-inline-size: 2px;
    max-inline-size: 100%;
    border-radius: 3px;
    background: var(--accent);
    forced-color-adjust: none;
  }
  .lane-bar span[data-guess] {
    background: repeating-linear-gradient(
      -45deg,
      var(--accent) 0 3px,
      color-mix(in srgb, var(--accent), var(--surface) 55%) 3px 6px
    );
  }
  .took {
    min-inline-size: 76px;
    font-size: 11.5px;
    text-align: end;
  }
  .leg-note {
    grid-column: 2 / -1;
    margin-block: -3px 3px;
    font-size: 11px;
  }
  .detail-diff {
    font-size: 12px;
  }
  .detail-diff li {
    display: grid;
    grid-template-columns: 14px minmax(0, 1fr);
    padding-block: 3px;
    border-block-end: 1px solid var(--line);
    overflow-wrap: anywhere;
  }
  .detail-diff b {
    font-weight: 550;
  }
  .detail-diff :is(del, ins) {
    display: block;
    padding-inline: 4px;
    border-radius: 3px;
    font: 11.5px/1.5 var(--mono);
    text-decoration: none;
  }
  .detail-diff del {
    background: var(--lost-soft);
    color: var(--lost);
  }
  .detail-diff del::before {
    content: '− ';
  }
  .detail-diff ins::before {
    content: '+ ';
  }
  .detail-diff ins {
    background: var(--proven-soft);
    color: var(--proven);
  }
  .detail-now[data-tone='pending'] {
    color: var(--pending);
  }
  .detail-now[data-tone='proven'] {
    color: var(--proven);
  }
  .detail-now[data-tone='lost'] {
    color: var(--lost);
  }
  @media (pointer: coarse) {
    button.detail-value,
    .detail-column,
    .detail-table button {
      min-block-size: 44px;
    }
    .detail-column {
      inline-size: 44px;
    }
    .tree {
      line-height: 44px;
    }
    .detail .close,
    .detail-steps button {
      min-inline-size: 44px;
    }
  }
`;
