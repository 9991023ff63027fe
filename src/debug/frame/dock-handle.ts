import { type CSSResult, css, html, nothing } from 'lit';
import { attempt } from '../../runtime.ts';
import type { Part, ViewHost } from '../types.ts';

/** Percent of the window's height: neither a strip nor all of it. */
const LEAST = 25;
const MOST = 96;
const AT_FIRST = 62;
const STEP = 5;

const KEPT_AS = 'rivulet.debug.dock';

/** The upper edge of the dock: dragged, or moved by the arrow keys. */
export function createDockHandle(host: ViewHost): Part {
  const { element } = host;
  let percent = Number(attempt(() => localStorage.getItem(KEPT_AS))) || AT_FIRST;

  const set = (next: number): void => {
    percent = Math.round(Math.min(MOST, Math.max(LEAST, next)));
    element.style.setProperty('--dock-size', `${percent}dvh`);
    attempt(() => localStorage.setItem(KEPT_AS, String(percent)));
  };
  set(percent);

  const onKey = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowUp' ? STEP : event.key === 'ArrowDown' ? -STEP : 0;
    if (step === 0) return;
    event.preventDefault();
    event.stopPropagation();
    host.act(() => set(percent + step));
  };
  const onMove = (event: PointerEvent): void => {
    const handle = event.target as Element;
    if (!handle.hasPointerCapture(event.pointerId)) return;
    host.act(() => set((1 - event.clientY / window.innerHeight) * 100));
  };

  return {
    render: () =>
      element.dataset.place === 'dock'
        ? html`<div
            class="dock-handle"
            role="separator"
            tabindex="0"
            aria-orientation="horizontal"
            aria-label="Height of the view"
            aria-valuemin=${LEAST}
            aria-valuemax=${MOST}
            aria-valuenow=${percent}
            @keydown=${onKey}
            @pointerdown=${(event: PointerEvent) =>
              (event.target as Element).setPointerCapture(event.pointerId)}
            @pointermove=${onMove}
          ></div>`
        : nothing,
  };
}

export const dockHandleStyles: CSSResult = css`
  .dock-handle {
    position: absolute;
    inset: -5px 0 auto;
    z-index: 7;
    block-size: 12px;
    cursor: ns-resize;
    touch-action: none;
  }
  .dock-handle::after {
    content: '';
    position: absolute;
    inset: 4px 0 auto;
    inline-size: 44px;
    block-size: 4px;
    margin-inline: auto;
    border-radius: 2px;
    background: var(--muted);
  }
`;
