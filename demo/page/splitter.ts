import { html, type TemplateResult } from 'lit';

/** How much of the window the live view takes, in percent. */
export const SPLIT = { min: 30, max: 65, step: 2, initial: 46 } as const;

const KEY = 'demo.split';

export function readSplit(): number {
  const stored = Number(window.localStorage.getItem(KEY));
  return stored ? clamp(stored) : SPLIT.initial;
}

/** The line between the two panes: dragged, or moved with the arrow keys. */
export function splitter(percent: number, onMove: (percent: number) => void): TemplateResult {
  const move = (next: number): void => {
    const clamped = clamp(next);
    window.localStorage.setItem(KEY, String(clamped));
    onMove(clamped);
  };

  return html`
    <div
      class="splitter"
      role="separator"
      tabindex="0"
      aria-orientation="vertical"
      aria-label="Width of the live view"
      aria-valuenow=${Math.round(percent)}
      aria-valuemin=${SPLIT.min}
      aria-valuemax=${SPLIT.max}
      @keydown=${(event: KeyboardEvent) => {
        const next = nextPercent(event.key, percent);
        if (next === undefined) return;
        event.preventDefault();
        move(next);
      }}
      @pointerdown=${(event: PointerEvent) => {
        (event.currentTarget as Element).setPointerCapture(event.pointerId);
      }}
      @pointermove=${(event: PointerEvent) => {
        if (!(event.currentTarget as Element).hasPointerCapture(event.pointerId)) return;
        move(100 - (event.clientX / document.documentElement.clientWidth) * 100);
      }}
      @dblclick=${() => move(SPLIT.initial)}
    ></div>
  `;
}

function nextPercent(key: string, percent: number): number | undefined {
  switch (key) {
    case 'ArrowLeft':
      return percent + SPLIT.step;
    case 'ArrowRight':
      return percent - SPLIT.step;
    case 'Home':
      return SPLIT.min;
    case 'End':
      return SPLIT.max;
    default:
      return undefined;
  }
}

function clamp(percent: number): number {
  return Math.max(SPLIT.min, Math.min(SPLIT.max, percent));
}
