import { type CSSResult, css } from 'lit';

/** Colours and type of the view. Each can be set from outside; shards are identity, the four tones are status. */
export const tokens: CSSResult = css`
  :host {
    --background: var(--rivulet-background, light-dark(#eef1f4, #0d1014));
    --surface: var(--rivulet-surface, light-dark(#ffffff, #151a20));
    --raised: var(--rivulet-raised, light-dark(#f5f7f9, #1b2129));
    --line: var(--rivulet-line, light-dark(#dde2e8, #29313b));
    --text: var(--rivulet-text, light-dark(#18202a, #e3e8ee));
    --muted: var(--rivulet-muted, light-dark(#566170, #98a4b4));
    --accent: var(--rivulet-accent, light-dark(#0a58b5, #74b6ff));
    --selected: var(--rivulet-selected, light-dark(#e2eefc, #1c2f47));
    --proven: var(--rivulet-proven, light-dark(#0d6637, #66d395));
    --proven-soft: var(--rivulet-proven-soft, light-dark(#e2f5ea, #10301f));
    --pending: var(--rivulet-pending, light-dark(#805000, #f2bd5c));
    --pending-soft: var(--rivulet-pending-soft, light-dark(#fdf0d9, #33270f));
    --lost: var(--rivulet-lost, light-dark(#ae241c, #ff978e));
    --lost-soft: var(--rivulet-lost-soft, light-dark(#fde8e6, #3b1715));
    --dropped: var(--rivulet-dropped, light-dark(#643bb0, #c3a8ff));
    --dropped-soft: var(--rivulet-dropped-soft, light-dark(#f0eafc, #281c41));
    --radius: var(--rivulet-radius, 8px);
    --font: var(
      --rivulet-font,
      system-ui,
      -apple-system,
      'Segoe UI',
      Roboto,
      'Noto Sans',
      sans-serif
    );
    --mono: var(
      --rivulet-mono,
      ui-monospace,
      'SF Mono',
      'Cascadia Mono',
      'Roboto Mono',
      'DejaVu Sans Mono',
      monospace
    );
    /* Okabe and Ito, "Color Universal Design": jfly.uni-koeln.de/color. Black gives way to grey on a dark page. */
    --hue-0: #0072b2;
    --hue-1: #e69f00;
    --hue-2: #009e73;
    --hue-3: #cc79a7;
    --hue-4: #56b4e9;
    --hue-5: #d55e00;
    --hue-6: #f0e442;
    --hue-7: light-dark(#3b4350, #aab3bf);
  }
  :host([theme='light']) {
    color-scheme: light;
  }
  :host([theme='dark']) {
    color-scheme: dark;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  h2,
  h3,
  h4,
  p,
  dl,
  dd,
  ol,
  ul,
  figure,
  pre,
  table {
    margin: 0;
    padding: 0;
  }
  ol,
  ul {
    list-style: none;
  }
  .number {
    font-family: var(--mono);
    font-variant-numeric: tabular-nums;
  }
  .muted {
    color: var(--muted);
  }
  .shard {
    /* Holds what is unseen in it: that would make the page longer, from inside a panel that scrolls. */
    position: relative;
    display: inline-grid;
    place-items: center;
    min-inline-size: 20px;
    block-size: 18px;
    padding-inline: 5px;
    border-radius: 5px;
    /* Yellow and sky blue need an edge to stand out from a white page. */
    box-shadow: inset 0 0 0 1px color-mix(in srgb, var(--hue), var(--text) 45%);
    background: var(--hue);
    color: #000;
    font: 600 11px/18px var(--mono);
    font-variant-numeric: tabular-nums;
    forced-color-adjust: none;
  }
  .shard[data-hue='0'] {
    color: #fff;
  }
  .shard[data-hue='7'] {
    color: light-dark(#fff, #000);
  }
  button,
  input {
    font: inherit;
    color: inherit;
  }
  button {
    min-block-size: 28px;
    padding: 0 12px;
    border: 1px solid var(--line);
    border-radius: 6px;
    background: var(--raised);
    cursor: pointer;
    white-space: nowrap;
  }
  button:hover:not(:disabled) {
    border-color: var(--muted);
  }
  button:disabled {
    color: var(--muted);
    cursor: default;
  }
  .icon {
    inline-size: 12px;
    block-size: 12px;
    vertical-align: -1px;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 1px;
  }
  @media (pointer: coarse) {
    button {
      min-block-size: 44px;
    }
  }
  .unseen {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;
