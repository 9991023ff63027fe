import { type CSSResult, css } from 'lit';

export const filterHelpStyles: CSSResult = css`
  .filter-list,
  .filter-code {
    position: absolute;
    inset-block-start: calc(100% + 4px);
    inset-inline-start: 0;
    z-index: 6;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface);
    box-shadow: 0 4px 18px rgb(0 0 0 / 0.25);
    font-size: 12px;
  }
  .filter-list {
    inline-size: max-content;
    min-inline-size: 100%;
    max-inline-size: min(520px, 100cqi - 28px);
    max-block-size: 300px;
    overflow: auto;
    padding: 4px;
    font: 12px/26px var(--mono);
  }
  .filter-list li {
    display: flex;
    justify-content: space-between;
    gap: 16px;
    padding-inline: 8px;
    border-radius: 5px;
    cursor: pointer;
  }
  .filter-list li > :first-child {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .filter-list li:hover,
  .filter-list [aria-selected='true'] {
    background: var(--selected);
  }
  .filter-list [aria-selected='true'] {
    outline: 1px solid var(--accent);
    outline-offset: -1px;
  }
  .filter-notes {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 16px;
    font-size: 12px;
  }
  .filter-notes:not(:has(p)) {
    display: none;
  }
  .filter-notes p {
    min-inline-size: 0;
    overflow-wrap: anywhere;
  }
  .filter-notes [data-note='problem'] {
    color: var(--pending);
  }
  .filter-notes u {
    text-decoration: underline 2px var(--accent);
    text-underline-offset: 3px;
  }
  .filter-notes code {
    padding: 1px 5px;
    border-radius: 4px;
    background: var(--raised);
    font: 11.5px var(--mono);
  }
  .filter-notes button {
    min-block-size: 24px;
    padding-inline: 8px;
    font-size: 12px;
  }
  .filter-code {
    display: grid;
    gap: 8px;
    inline-size: min(100%, 680px);
    padding: 12px;
  }
  .filter-code textarea {
    inline-size: 100%;
    padding: 8px;
    border: 1px solid var(--line);
    border-radius: 6px;
    background: var(--background);
    color: var(--text);
    font: 12.5px/1.5 var(--mono);
    resize: vertical;
  }
  .filter-code div {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
  }
  @media (pointer: coarse) {
    .filter-list {
      line-height: 44px;
    }
    .filter-notes button {
      min-block-size: 44px;
    }
    .filter-code textarea {
      font-size: 16px;
    }
  }
  @media (forced-colors: active) {
    .filter-list [aria-selected='true'] {
      outline: 2px solid Highlight;
    }
  }
`;
