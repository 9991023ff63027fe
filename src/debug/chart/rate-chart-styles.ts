import { type CSSResult, css } from 'lit';

export const chartStyles: CSSResult = css`
  .chart {
    position: relative;
    overflow: visible;
  }
  .chart .aside button {
    flex: none;
    min-block-size: 22px;
    padding-inline: 8px;
    color: var(--text);
    outline-offset: -2px;
  }
  /* Its buttons reach beyond it under a finger. */
  .panel.chart .aside {
    overflow: visible;
  }
  .chart-words {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .chart-legend {
    display: flex;
    align-items: center;
    gap: 4px;
    flex: none;
  }
  .chart-legend i {
    inline-size: 14px;
    block-size: 10px;
  }
  .chart-body {
    position: relative;
    flex: 1;
    min-block-size: 0;
    margin: 2px 14px 17px 44px;
  }
  .chart-plot {
    position: absolute;
    inset: 0;
    cursor: crosshair;
    /* Up and down scroll the page, along the chart a finger selects. */
    touch-action: pan-y;
  }
  .chart-plot svg {
    display: block;
    inline-size: 100%;
    block-size: 100%;
    overflow: visible;
  }
  .chart-plot path {
    fill: var(--hue);
    /* Keeps yellow and sky blue apart from a white page, and layers from each other. */
    stroke: color-mix(in srgb, var(--hue), var(--text) 45%);
    stroke-width: 0.75;
    vector-effect: non-scaling-stroke;
  }
  .chart-plot .chart-grid {
    stroke: var(--line);
    stroke-width: 1;
  }
  .chart-plot i {
    position: absolute;
    inset-block: 0;
    pointer-events: none;
  }
  .chart-throttled {
    border: 1px solid var(--muted);
    background: repeating-linear-gradient(135deg, var(--muted) 0 1px, transparent 1px 4px);
  }
  .chart-plot .chart-throttled {
    border-inline: none;
  }
  .chart-axis,
  .chart-times {
    position: absolute;
    color: var(--muted);
    font-size: 10.5px;
    line-height: 1;
    pointer-events: none;
  }
  .chart-axis {
    display: flex;
    flex-direction: column;
    justify-content: space-between;
    inset-block: -5px;
    inset-inline-end: calc(100% + 6px);
    text-align: end;
  }
  .chart-times {
    inset-inline: 0;
    inset-block-start: calc(100% + 4px);
  }
  .chart-times span {
    position: absolute;
    transform: translateX(-50%);
  }
  @container rivulet (max-width: 559px) {
    .chart .whole,
    .chart .aside button {
      display: none;
    }
  }
  @media (pointer: coarse) {
    /* A finger reaches beyond what is drawn: taller buttons would leave the columns no room. */
    .chart .aside button {
      position: relative;
    }
    .chart .aside button::after {
      position: absolute;
      inset: -11px 0;
      content: '';
    }
  }
  @media (forced-colors: active) {
    .chart-plot path {
      fill: CanvasText;
      stroke: Canvas;
    }
    .chart-throttled {
      background: repeating-linear-gradient(135deg, CanvasText 0 1px, Canvas 1px 4px);
      forced-color-adjust: none;
    }
  }
`;
