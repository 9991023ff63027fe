import { type CSSResult, css } from 'lit';

export const queueStyles: CSSResult = css`
  .queue .body {
    container: queue / inline-size;
  }
  .queue-tabs {
    display: flex;
    flex: none;
    gap: 2px;
    padding: 3px 6px;
    overflow-x: auto;
    border-block-end: 1px solid var(--line);
  }
  .queue-tabs button {
    min-block-size: 26px;
    padding: 0 8px;
    border-color: transparent;
    background: none;
    color: var(--muted);
    font-size: 12px;
  }
  .queue-tabs button[aria-selected='true'] {
    border-color: var(--line);
    background: var(--raised);
    color: var(--text);
    font-weight: 600;
  }
  .queue-tabs .number {
    font-size: 11px;
  }
  .queue-tabs [data-of='rejected'] {
    color: var(--lost);
    font-weight: 600;
  }
  .tiles {
    display: grid;
    grid-template-columns: repeat(4, minmax(0, 1fr));
    gap: 1px;
    overflow: hidden;
    border: 1px solid var(--line);
    border-radius: 6px;
    background: var(--line);
  }
  .tiles > div {
    display: flex;
    flex-direction: column-reverse;
    padding: 6px 8px;
    background: var(--raised);
  }
  .tiles dt {
    color: var(--muted);
    font-size: 11px;
  }
  .tiles dd {
    font-size: 15px;
    font-weight: 600;
    white-space: nowrap;
  }
  .fill {
    display: flex;
    align-items: center;
    gap: 8px;
    margin-block-start: 6px;
    color: var(--muted);
    font-size: 11px;
  }
  .fill [role='meter'] {
    flex: auto;
    overflow: hidden;
    block-size: 6px;
    border-radius: 3px;
    background: var(--background);
    box-shadow: inset 0 0 0 1px var(--line);
  }
  .fill [role='meter'] span {
    display: block;
    block-size: 100%;
    background: var(--accent);
    forced-color-adjust: none;
  }
  .fill[data-nearly-full] {
    color: var(--pending);
  }
  .fill[data-nearly-full] [role='meter'] span {
    background: var(--pending);
  }
  .in-memory {
    color: var(--pending);
    font-weight: 600;
  }
  .facts .dropped,
  .queue-drop th {
    color: var(--dropped);
  }
  .pause,
  .queue-back {
    flex: none;
    margin: 6px 10px 0;
    padding: 5px 10px;
    border-radius: 6px;
    background: var(--pending-soft);
    color: var(--pending);
    font-size: 12px;
  }
  .queue-back {
    background: var(--raised);
    color: var(--text);
  }
  .pause code {
    font-family: var(--mono);
  }
  .pause .number {
    font-family: inherit;
  }
  .facts {
    display: grid;
    grid-template-columns: max-content minmax(0, 1fr);
    gap: 4px 12px;
    font-size: 12px;
  }
  .fill + .facts,
  .tiles + .facts {
    margin-block-start: 10px;
  }
  .facts dt {
    color: var(--muted);
  }
  .facts dd {
    overflow-wrap: anywhere;
  }
  .facts .number {
    font-size: 11.5px;
  }
  .queue-table {
    inline-size: 100%;
    margin-block-start: 10px;
    border-collapse: collapse;
    font-size: 11.5px;
  }
  .queue-table:first-child {
    margin-block-start: 0;
  }
  .queue-table .number {
    white-space: nowrap;
  }
  .queue-table caption {
    padding-block-end: 4px;
    color: var(--muted);
    text-align: start;
  }
  .queue-table th {
    font-weight: 500;
    text-align: start;
  }
  .queue-table thead th {
    color: var(--muted);
  }
  .queue-table :is(th, td) {
    padding: 3px 8px 3px 0;
    border-block-end: 1px solid var(--line);
    vertical-align: top;
  }
  .queue-table tfoot td {
    border: none;
    color: var(--muted);
  }
  .queue-table [data-sending] strong {
    color: var(--accent);
  }
  .queue-table [data-status='rejected'] strong {
    color: var(--lost);
  }
  .queue-table [data-status='retry'] strong {
    color: var(--pending);
  }
  .queue details {
    border-block-end: 1px solid var(--line);
    font-size: 12px;
  }
  .queue summary {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 2px 10px;
    min-block-size: 28px;
    cursor: pointer;
  }
  .queue summary::before {
    content: '▸';
    color: var(--muted);
  }
  .queue [open] > summary::before {
    content: '▾';
  }
  .queue summary strong {
    color: var(--lost);
    font-weight: 600;
  }
  .queue-reason {
    padding-block-end: 6px;
    color: var(--muted);
    overflow-wrap: anywhere;
  }
  .queue-json {
    max-block-size: 240px;
    overflow: auto;
    padding: 8px 10px;
    border: 1px solid var(--line);
    border-radius: 6px;
    background: var(--raised);
    font: 11.5px/1.6 var(--mono);
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .queue-actions {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
    padding-block: 8px;
    color: var(--muted);
  }
  .queue-actions [role='status'] {
    flex: 1 1 200px;
  }
  .queue-tabs-list [data-this] {
    font-weight: 600;
  }
  .queue-small {
    min-block-size: 24px;
    padding: 0 8px;
    font-size: 11.5px;
  }
  @media (forced-colors: active) {
    .queue-tabs [aria-selected='true'] {
      border-color: Highlight;
    }
  }
  @media (pointer: coarse) {
    .queue :is(summary, [role='tab'], .queue-small) {
      min-block-size: 44px;
    }
  }
  @container queue (min-width: 620px) {
    .facts {
      grid-template-columns: repeat(2, max-content minmax(0, 1fr));
    }
  }
  @container queue (max-width: 419px) {
    .queue-table :is(th, td):first-child:not([scope='row']):has(+ th + th + th + th, + td + td + td + td) {
      display: none;
    }
  }
`;
