import { type CSSResultGroup, css } from 'lit';

const panel = css`
  .shards {
    container: shards / inline-size;
  }
  .shards > header {
    flex-wrap: wrap;
    gap: 0 8px;
  }
  .shard-about {
    flex: 1;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-size: 11px;
  }
  .shard-views {
    display: flex;
    flex: none;
  }
  .shard-views button,
  .shard-acts button,
  .shard-news button,
  .shard-hot button {
    min-block-size: 24px;
    padding: 0 8px;
    font-size: 11.5px;
  }
  .shard-views button {
    border-radius: 0;
  }
  .shard-views button:first-child {
    border-radius: 6px 0 0 6px;
  }
  .shard-views button:last-child {
    border-inline-start: 0;
    border-radius: 0 6px 6px 0;
  }
  .shard-views [aria-pressed='true'] {
    background: var(--selected);
    font-weight: 600;
  }
  .shard-body {
    display: flex;
    flex: 1;
    flex-direction: column;
    min-block-size: 0;
    overflow: auto;
  }
  .shard-side {
    flex: none;
    padding: 0 10px 8px;
    font-size: 12px;
  }
  .shard-side > * {
    margin-block-start: 6px;
  }
  .shard-news {
    padding: 5px 8px;
    border-inline-start: 3px solid var(--accent);
    background: var(--raised);
    text-wrap: pretty;
  }
  .shard-news[data-problem] {
    border-color: var(--lost);
    color: var(--lost);
  }
  .shard-strip {
    padding: 6px 8px;
    border: 1px solid var(--line);
    border-radius: 6px;
    background: var(--raised);
  }
  .shard-line {
    display: flex;
    align-items: center;
    gap: 6px;
  }
  .shard-leave {
    min-block-size: 24px;
    margin-inline-start: auto;
    padding: 0 8px;
    border-color: transparent;
    background: none;
  }
  .shard-facts {
    display: flex;
    flex-wrap: wrap;
    gap: 0 10px;
    margin-block: 3px;
    font-size: 11px;
  }
  .shard-error {
    color: var(--lost);
    font-size: 11.5px;
    overflow-wrap: anywhere;
  }
  .shard-acts,
  .shard-hot {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px;
  }
  .shard-acts {
    margin-block-start: 4px;
  }
  .shard-hot {
    color: var(--muted);
    font-size: 11px;
  }
  .shard-hot button {
    display: inline-flex;
    gap: 5px;
    align-items: center;
    max-inline-size: 100%;
    font: 11px var(--mono);
  }
  .shard-hot span {
    overflow: hidden;
    max-inline-size: 14ch;
    text-overflow: ellipsis;
  }
  .shard-budget {
    font-size: 11px;
  }
  .shard-meter {
    block-size: 5px;
    margin-block: 2px;
    overflow: hidden;
    border-radius: 3px;
    background: color-mix(in srgb, var(--muted) 30%, var(--surface));
  }
  .shard-meter span {
    display: block;
    block-size: 100%;
    background: var(--accent);
    forced-color-adjust: none;
  }
  .key-ask {
    display: flex;
    align-items: center;
    gap: 6px;
    color: var(--muted);
  }
  .key-input {
    flex: 1;
    min-inline-size: 0;
    min-block-size: 26px;
    padding: 0 7px;
    border: 1px solid var(--line);
    border-radius: 6px;
    background: var(--background);
    color: var(--text);
    font: 12px var(--mono);
  }
  .key-way {
    margin-block-start: 4px;
    font-size: 11.5px;
    overflow-wrap: anywhere;
  }
  .key-name {
    font-weight: 600;
  }
  .key-hash {
    font: inherit;
    color: var(--muted);
  }
  @container shards (min-width: 560px) {
    .shard-body {
      flex-direction: row;
    }
    .shard-body > :is(.map, .shard-scroll) {
      flex: 1;
      min-inline-size: 0;
      overflow: auto;
    }
    .shard-side {
      flex: 0 0 min(290px, 42%);
      overflow: auto;
    }
  }
  @media (pointer: coarse) {
    .shards button,
    .key-input {
      min-block-size: 44px;
    }
  }
`;

const map = css`
  .map {
    display: flex;
    flex: 1 0 auto;
    flex-direction: column;
    min-block-size: 172px;
    padding: 8px 10px 0;
  }
  .map-plane {
    position: relative;
    flex: 1;
    min-block-size: 140px;
    border-radius: 4px;
    background: var(--background);
  }
  .map-shards,
  .map-over {
    position: absolute;
    inset: 0;
  }
  .map-over,
  .map-label,
  .map-shade,
  .map-throttled {
    pointer-events: none;
  }
  .map-shard {
    position: absolute;
    container: map-shard / size;
    min-inline-size: 2px;
    overflow: hidden;
    border: 1px solid var(--surface);
    border-radius: 4px;
    background: color-mix(in srgb, var(--hue) 10%, var(--surface));
    box-shadow: inset 0 0 0 1px color-mix(in srgb, var(--hue), var(--text) 35%);
    cursor: pointer;
    forced-color-adjust: none;
  }
  .map-shard[data-ended] {
    border-end-start-radius: 0;
    border-end-end-radius: 0;
  }
  .map-shard[data-status='skipped'],
  .map-shard[data-status='waiting'],
  .map-shard[data-status='elsewhere'] {
    background: var(--raised);
    box-shadow: none;
    outline: 1px dashed var(--muted);
    outline-offset: -2px;
  }
  .map-shard[data-status='failed'] {
    box-shadow: inset 0 0 0 2px var(--lost);
  }
  .map-shard[aria-selected='true'] {
    z-index: 1;
    outline: 2px solid var(--accent);
    outline-offset: -1px;
  }
  .map-shard:hover {
    z-index: 1;
    box-shadow: inset 0 0 0 2px var(--text);
  }
  .map-shade,
  .map-throttled {
    position: absolute;
    inset: 1px;
    border-radius: 3px;
  }
  .map-throttled {
    background: repeating-linear-gradient(
      -45deg,
      var(--surface) 0 2px,
      transparent 2px 4px,
      var(--text) 4px 6px,
      transparent 6px 8px
    );
    opacity: 0.75;
  }
  .map-label {
    position: absolute;
    inset: auto 3px 3px;
    display: flex;
    flex-wrap: wrap;
    gap: 2px 4px;
  }
  .map-shard[data-ended] .map-label {
    inset: 3px 3px auto;
  }
  .map-rate {
    padding-inline: 4px;
    border-radius: 4px;
    background: var(--surface);
    color: var(--text);
    font-size: 10.5px;
    line-height: 18px;
  }
  @container map-shard (max-width: 46px) or (max-height: 24px) {
    .map-rate {
      display: none;
    }
  }
  @container map-shard (max-width: 25px) or (max-height: 14px) {
    .map-label {
      display: none;
    }
  }
  .map-time {
    position: absolute;
    inset-inline: 0;
    z-index: 1;
    border-block-start: 1px dashed var(--muted);
    text-align: end;
    font: 10.5px/13px var(--mono);
  }
  .map-time::after {
    content: attr(data-at);
    padding-inline: 4px;
    border-end-start-radius: 4px;
    background: var(--surface);
    color: var(--muted);
  }
  .map-tick {
    position: absolute;
    inset-block-start: 100%;
    inline-size: 3px;
    margin-inline-start: -1.5px;
    background: var(--text);
  }
  .map-born::after {
    position: absolute;
    inset: auto 0 0 auto;
    border-radius: 4px 0 0;
  }
  .map-key {
    position: absolute;
    inset-block: 0;
    z-index: 2;
    inline-size: 2px;
    margin-inline-start: -1px;
    background: var(--accent);
    box-shadow: 0 0 0 1px var(--surface);
  }
  .map-axis {
    display: flex;
    justify-content: space-between;
    padding-block-start: 8px;
    color: var(--muted);
    font-size: 10.5px;
  }
`;

const table = css`
  .shard-scroll {
    flex: 1 0 120px;
    padding: 0;
  }
  .shard-table {
    min-inline-size: 100%;
    border-collapse: collapse;
    font: 11.5px/1.4 var(--mono);
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  .shard-table :is(th, td) {
    padding: 4px 10px;
    border-block-end: 1px solid var(--line);
    text-align: start;
  }
  .shard-table thead th {
    position: sticky;
    inset-block-start: 0;
    z-index: 2;
    background: var(--raised);
    color: var(--muted);
    font: 600 11px var(--font);
  }
  .shard-table th:first-child {
    position: sticky;
    inset-inline-start: 0;
    z-index: 1;
    background: var(--surface);
  }
  .shard-table thead th:first-child {
    z-index: 3;
    padding-inline-start: 10px;
    background: var(--raised);
  }
  .shard-table [data-chosen] > * {
    background: var(--selected);
  }
  .shard-choose {
    min-block-size: 24px;
    padding: 0 3px;
    border-color: transparent;
    background: none;
  }
  .shard-table [data-status='closed'] td,
  .shard-table [data-status='skipped'] td {
    color: var(--muted);
  }
  .shard-table .shard-problem td {
    color: var(--lost);
    white-space: normal;
  }
`;

export const shardsStyles: CSSResultGroup = [panel, map, table];
