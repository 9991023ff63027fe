import { createSeries, type Series } from './series.ts';
import type { CaptureHost, MetricOptions } from './types.ts';
import { whenLeaving } from './when-leaving.ts';

/** Each is an event an interval: as many as a busy device has. */
export const DEFAULT_MAX_SERIES = 200;
const KINDS = ['gauge', 'counter', 'histogram'] as const;
/** An application that gives a wrong value gives it often: each cause is told once, and so many of them. */
const MAX_TOLD = 10;

/** Readings on their way to become one event for each of their series. */
export interface Gathering {
  /** Never throws. */
  readonly take: (name: string, value: number, options: MetricOptions) => void;
  /** Captures what is held, and takes nothing more. */
  readonly stop: () => void;
}

export interface GatheringSetting {
  readonly intervalMs: number;
  readonly maxSeries: number;
}

/**
 * An interval begins with its first reading, so that nothing runs where nothing is read, and not at a round time of the
 * clock: all pages would send at the same moment. It ends early where the page goes out of sight.
 */
export function createGathering(
  { runtime, capture, write, fail, on, window }: CaptureHost,
  { intervalMs, maxSeries }: GatheringSetting,
): Gathering {
  const stopping = new AbortController();
  const told = new Set<string>();
  /** By what makes them one, as JSON. */
  let held = new Map<string, Series>();
  let since = 0;
  let cancel: (() => void) | undefined;

  function tell(message: string): void {
    if (told.has(message) || told.size === MAX_TOLD) return;
    told.add(message);
    fail(message);
  }

  function add(key: string, kind: (typeof KINDS)[number], value: number, most: number): boolean {
    let series = held.get(key);
    if (!series) {
      if (held.size >= most) return false;
      series = createSeries(kind);
      held.set(key, series);
    }
    series.add(value);
    return true;
  }

  function take(name: string, value: number, options: MetricOptions): void {
    const { kind = 'gauge', unit, attributes } = options;
    if (!Number.isFinite(value) || !KINDS.includes(kind)) {
      const expected = `expected a finite number, as ${KINDS.join(' or ')}`;
      tell(`metric "${name}": ${expected}, got ${String(value)}, as ${kind}`);
      return;
    }
    let key: string;
    try {
      key = keyOf(name, options, attributes && entriesOf(attributes));
    } catch {
      // An event of its own, which the client declares as one that JSON does not take.
      capture('metric', { event: name, properties: { value, kind, unit, attributes } }, options);
      return;
    }
    if (!cancel) {
      since = runtime.monotonic();
      cancel = runtime.delay(flush, intervalMs);
    }
    if (add(key, kind, value, maxSeries)) return;
    tell(`metric "${name}": expected at most ${maxSeries} series in an interval, got more`);
    if (add(keyOf(name, options, [['other', true]]), kind, value, 2 * maxSeries)) return;
    // Where there is no end of names either, how many readings found no place.
    add(keyOf('Other Readings', { kind: 'counter' }), 'counter', 1, Number.POSITIVE_INFINITY);
  }

  function flush(): void {
    cancel?.();
    cancel = undefined;
    const due = held;
    // Before anything is called that may read again.
    held = new Map();
    const tookMs = Math.round(runtime.monotonic() - since);
    for (const [key, series] of due) {
      const { event, priority, entries, ...facts } = JSON.parse(key);
      const attributes = entries && Object.fromEntries(entries);
      const properties = { ...series.read(), ...facts, attributes, intervalMs: tookMs };
      capture('metric', { event, properties }, { priority });
    }
  }

  // On a device without a page there is none.
  if (window as unknown) whenLeaving({ window, write }, flush, stopping.signal);
  const stopListening = on('consent', ({ consent }) => {
    if (consent === 'denied') held.clear();
  });

  return {
    take,
    stop() {
      stopping.abort();
      stopListening();
      flush();
    },
  };
}

function keyOf(
  event: string,
  { kind = 'gauge', unit, priority }: MetricOptions,
  entries?: readonly unknown[],
): string {
  return JSON.stringify({ event, kind, unit, priority, entries });
}

/** In an order that does not depend on how they were written down. */
function entriesOf(attributes: object): readonly unknown[] {
  return Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1));
}
