import { type CSSResult, css } from 'lit';

/** One line of eight columns where there is room, a card of two lines where there is not. */
export const recordRowStyles: CSSResult = css`
  .row {
    display: grid;
    grid-template-columns:
      92px 34px minmax(48px, 0.7fr) minmax(120px, 2.6fr) var(--paths,)
      92px 58px 62px 34px;
    align-items: center;
    column-gap: 8px;
    padding-inline: 10px;
    border-inline-start: 3px solid transparent;
    font: 11.5px/1.4 var(--mono);
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  .row > * {
    min-inline-size: 0;
    max-inline-size: 100%;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  /* As wide as its text: a click beside the value opens the row. */
  .row > .v {
    justify-self: start;
  }
  .row > .size {
    justify-self: end;
  }
  .v {
    cursor: pointer;
  }
  .grid:not([data-cards]) .v:hover {
    text-decoration: underline dotted;
    text-underline-offset: 3px;
  }
  .row #cell {
    border-radius: 3px;
    outline: 2px solid var(--accent);
    outline-offset: -1px;
  }
  .row .event#cell {
    outline-offset: -2px;
  }
  .extras {
    display: contents;
  }
  .extras > .extra {
    overflow: hidden;
    max-inline-size: 100%;
    justify-self: start;
    text-overflow: ellipsis;
  }
  .extra > span {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .head > .extra {
    display: flex;
    align-items: center;
    gap: 2px;
  }
  .uncolumn {
    flex: none;
    min-block-size: 0;
    min-inline-size: 22px;
    block-size: 22px;
    padding: 0;
    border-color: transparent;
    background: none;
    color: var(--muted);
    font-size: 14px;
  }
  @media (pointer: coarse) {
    .uncolumn {
      min-inline-size: 44px;
      block-size: 44px;
    }
  }
  .rows > .row {
    position: absolute;
    inset-block-start: 0;
    inset-inline: 0;
    border-block-end: 1px solid color-mix(in srgb, var(--line), transparent 45%);
    cursor: default;
  }
  .rows > .row:hover {
    background: var(--raised);
  }
  .rows > .row[data-reference] {
    box-shadow: inset 0 -1px var(--accent), inset 0 1px var(--accent);
  }
  @media (prefers-reduced-motion: no-preference) {
    .rows > .row[data-fresh] {
      animation: row-fresh 1s ease-out;
    }
    @keyframes row-fresh {
      from {
        background-color: var(--selected);
      }
    }
  }
  .rows > .row[aria-selected='true'] {
    background: var(--selected);
    border-inline-start-color: var(--accent);
  }
  .time,
  .key,
  .lane,
  .size,
  .latency,
  .aggregate,
  .path {
    color: var(--muted);
  }
  .size,
  .latency {
    text-align: end;
  }
  .rows .event {
    display: flex;
    align-items: center;
    gap: 6px;
  }
  .type {
    flex: none;
    padding: 0 5px;
    border-radius: 4px;
    background: var(--raised);
    color: var(--muted);
    font: 500 10.5px/17px var(--font);
  }
  .type[data-level='error'] {
    background: var(--lost-soft);
    color: var(--lost);
  }
  .type[data-level='warn'] {
    background: var(--pending-soft);
    color: var(--pending);
  }
  .row[aria-selected='true'] .type:not([data-level]) {
    background: var(--surface);
  }
  .name {
    flex: 0 1 auto;
    overflow: hidden;
    text-overflow: ellipsis;
    font: 500 12.5px/1.4 var(--font);
  }
  .path {
    /* All of the narrowing, before the name loses a letter. */
    flex: 0 9999 auto;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .badge {
    /* Gives way before the name does, down to its sign. */
    flex: 0 99 auto;
    min-inline-size: 38px;
    overflow: hidden;
    text-overflow: ellipsis;
    padding: 0 6px;
    border-radius: 99px;
    background: var(--pending-soft);
    color: var(--pending);
    font: 600 10.5px/17px var(--font);
  }
  .badge[data-tone='plain'],
  .badge[data-tone='ok'] {
    min-inline-size: min-content;
    padding: 0 2px;
    background: none;
    color: var(--muted);
    font-weight: 500;
  }
  .badge[data-tone='ok'] {
    color: var(--proven);
  }
  .badge[data-tone='mark'] {
    background: var(--selected);
    color: var(--accent);
  }
  .badge[data-tone='bad'] {
    background: var(--lost-soft);
    color: var(--lost);
  }
  .row[data-tone='duplicate'] .name {
    color: var(--muted);
  }
  .row[data-tone='gap'] {
    background: var(--pending-soft);
    color: var(--pending);
    border-inline-start-color: var(--pending);
  }
  .row[data-tone='lost'] {
    background: var(--lost-soft);
    color: var(--lost);
    border-inline-start-color: var(--lost);
  }
  .row:is([data-tone='gap'], [data-tone='lost']) .time {
    color: inherit;
  }
  .row[data-tone='note'] {
    background: var(--raised);
    color: var(--muted);
  }
  .row[data-tone='drop'],
  .row[data-tone='drop'] .path {
    color: var(--dropped);
  }
  .row[data-tone='drop'] {
    background: repeating-linear-gradient(
      -45deg,
      var(--dropped-soft) 0 6px,
      var(--surface) 6px 8px
    );
    border-inline-start-color: var(--dropped);
  }
  .row[data-tone='drop'] .type {
    background: none;
    color: inherit;
  }
  .row[data-tone='drop'] :is(.time, .key, .lane, .size, .latency, .aggregate) {
    color: inherit;
  }
  .row[data-tone='filled'] {
    color: var(--muted);
  }
  .note {
    grid-column: 3 / -1;
    font: 500 12px/1.4 var(--font);
  }
  /* The detail beside the table takes room, and so do more columns: what the detail shows too goes first. */
  @container records (max-width: 760px) {
    .row {
      grid-template-columns: 92px 34px minmax(120px, 1fr) var(--paths,) 92px 62px 34px;
    }
    .row :is(.key, .size) {
      display: none;
    }
  }
  @container records (max-width: 960px) {
    .grid[data-extra]:not([data-cards]) .row {
      grid-template-columns: 92px 34px minmax(190px, 2fr) var(--paths,) 92px 62px 34px;
    }
    .grid[data-extra]:not([data-cards]) .row :is(.key, .size) {
      display: none;
    }
  }
  .row.cut {
    display: flex;
    justify-content: center;
    color: var(--muted);
    font: 12px/1.4 var(--font);
  }
  .load {
    min-block-size: 22px;
    margin-inline-start: 6px;
    padding: 0 10px;
    font-size: 11.5px;
  }
  @media (pointer: coarse) {
    .load {
      min-block-size: 40px;
    }
  }
  .grid[data-cards] .row:not(.cut) {
    grid-template-columns: 34px auto minmax(0, 1fr) auto;
    grid-template-rows: auto auto;
    align-content: center;
    gap: 2px 8px;
  }
  .grid[data-cards] .row.head {
    display: none;
  }
  .grid[data-cards] .where {
    grid-area: 1 / 1;
  }
  .grid[data-cards] .event,
  .grid[data-cards] .note {
    grid-area: 1 / 2 / auto / 4;
  }
  .grid[data-cards] .time {
    grid-area: 2 / 2;
  }
  .grid[data-cards] .key {
    display: block;
    grid-area: 2 / 3;
  }
  .grid[data-cards] .size {
    display: none;
  }
  .grid[data-cards] .aggregate {
    grid-area: 2 / 1;
  }
  .grid[data-cards] .lane {
    grid-area: 2 / 4;
  }
  .grid[data-cards] .extras {
    display: flex;
    grid-area: 3 / 2 / auto / -1;
    gap: 10px;
  }
  .grid[data-cards] .extra:not(:empty)::before {
    content: attr(data-name) ' ';
    color: var(--muted);
  }
  .grid[data-cards] .latency {
    grid-area: 1 / 4;
  }
`;
