import { type CSSResult, css } from 'lit';

/** Rectangles, their shades, and what lies over them. */
export const mapStyles: CSSResult = css`
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
    forced-color-adjust: none;
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
    forced-color-adjust: none;
  }
  .map-axis {
    display: flex;
    justify-content: space-between;
    padding-block-start: 8px;
    color: var(--muted);
    font-size: 10.5px;
  }
`;
