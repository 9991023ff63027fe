/** Runs in the page: a shop whose rows answer to clicks, and what its visitor feels of them. */

import {
  clicks,
  errors,
  longFrames,
  network,
  pageViews,
  reports,
  webVitals,
} from '../../../src/capture/index.ts';
import { createClient } from '../../../src/index.ts';

const ROWS = 10_000;
/** What a page of its own does with a click: less would hide in a frame. */
const WORK_MS = 20;

interface Interaction {
  /** From the click to the next frame, in steps of 8 ms: what INP is made of. */
  readonly durationMs: number;
  /** In listeners: the page's and ours. */
  readonly processingMs: number;
}

const interactions: Interaction[] = [];
let captured = 0;

export function show(): void {
  const rows = Array.from(
    { length: ROWS },
    (_, row) =>
      `<tr data-rivulet-sku="${row}"><td>Kettle ${row}</td><td><button>Buy</button></td></tr>`,
  );
  document.body.innerHTML = `<table>${rows.join('')}</table>`;
  document.body.addEventListener('click', () => {
    const end = performance.now() + WORK_MS;
    while (performance.now() < end);
  });
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as PerformanceEventTiming[]) {
      const { name, duration, processingStart, processingEnd } = entry;
      if (name !== 'click') continue;
      interactions.push({ durationMs: duration, processingMs: processingEnd - processingStart });
    }
  });
  observer.observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit);
}

/** Where the first one stands, and how far the next is below it. */
export function placeOfButtons(): { x: number; y: number; height: number } {
  const [first, second] = [...document.querySelectorAll('button')]
    .slice(0, 2)
    .map((button) => button.getBoundingClientRect());
  if (!first || !second) throw new Error('page: expected buttons, got none');
  return { x: first.x, y: first.y, height: second.y - first.y };
}

export function start(endpoint: string): void {
  const client = createClient({
    endpoint,
    writeKey: 'benchmark',
    capture: [pageViews(), clicks(), errors(), reports(), webVitals(), longFrames(), network()],
  });
  client.on('captured', ({ event }) => {
    if (event === 'Element Clicked') captured++;
  });
}

/** Events: a figure counts only where the work was done. */
export function clicksCaptured(): number {
  return captured;
}

export function measured(): readonly Interaction[] {
  return interactions;
}
