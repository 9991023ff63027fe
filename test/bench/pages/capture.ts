/** Runs in the page: a client, and calls of `track` that are timed. */

import { type Client, createClient } from '../../../src/index.ts';
import { median } from '../median.ts';
import { openRaw, putRaw } from './raw-database.ts';
import { EVENT_NAME, propertiesOf } from './sample-event.ts';

const WRITE_INTERVAL_MS = 100;

let client: Client | undefined;
let capture: (properties: Record<string, unknown>) => void = () => {};
let seq = 0;
let longTasks = 0;

/** Milliseconds that `createClient` took. */
export function start(endpoint: string): number {
  const startedAt = performance.now();
  const started = createClient({ endpoint, writeKey: 'benchmark' });
  const tookMs = performance.now() - startedAt;
  client = started;
  capture = (properties) => started.track(EVENT_NAME, properties);
  return tookMs;
}

/** The least that durable capturing can be: to serialise at once, and to put what came once in a while. */
export async function startRaw(): Promise<void> {
  const db = await openRaw();
  const encoder = new TextEncoder();
  let lines: string[] = [];
  capture = (properties) => {
    lines.push(JSON.stringify({ type: 'track', event: EVENT_NAME, properties }));
    if (lines.length > 1) return;
    setTimeout(() => {
      const body = encoder.encode(lines.join('\n'));
      lines = [];
      void putRaw(db, [{ body }]);
    }, WRITE_INTERVAL_MS);
  };
}

export interface BurstCost {
  /** Of each call, in milliseconds: the clock's steps are 5 µs. */
  readonly calls: readonly number[];
  /** Mean of a call, by whole bursts, of which the middle one. */
  readonly meanMs: number;
  /** The same of the least that capturing can be: to serialise the same properties. */
  readonly stringifyMs: number;
}

/** Bursts of calls, each burst in a task of its own. */
export async function measureBursts(bursts: number, callsPerBurst: number): Promise<BurstCost> {
  const calls: number[] = [];
  const means: number[] = [];
  const stringified: number[] = [];
  let length = 0;
  for (let burst = 0; burst < bursts; burst++) {
    const events = Array.from({ length: callsPerBurst }, () => propertiesOf(seq++));
    const startedAt = performance.now();
    // Every second burst is timed as a whole, because to read the clock costs as much as a fast call.
    if (burst % 2 === 0) {
      for (const properties of events) capture(properties);
      means.push((performance.now() - startedAt) / callsPerBurst);
      const alsoAt = performance.now();
      for (const properties of events) length += JSON.stringify(properties).length;
      stringified.push((performance.now() - alsoAt) / callsPerBurst);
    } else {
      for (const properties of events) {
        const calledAt = performance.now();
        capture(properties);
        calls.push(performance.now() - calledAt);
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  // Used, so that no engine may leave the work out.
  if (length === 0) throw new Error('JSON.stringify: expected text, got none');
  return { calls, meanMs: median(means), stringifyMs: median(stringified) };
}

/** Calls at a steady pace. Where nothing was started it is the same page doing nothing. Answers how many tasks took over 50 ms. */
export async function runSteadily(calls: number, intervalMs: number): Promise<number> {
  longTasks = 0;
  const observer = new PerformanceObserver((list) => {
    longTasks += list.getEntries().length;
  });
  observer.observe({ type: 'longtask' });
  await new Promise<void>((resolve) => {
    let left = calls;
    const timer = setInterval(() => {
      capture(propertiesOf(seq++));
      if (--left > 0) return;
      clearInterval(timer);
      resolve();
    }, intervalMs);
  });
  observer.disconnect();
  return longTasks;
}

/** Events stored, and still in the log. */
export async function outcome(): Promise<{ stored: number; queued: number; log: string }> {
  const stats = await client?.stats();
  return {
    stored: stats?.stored ?? 0,
    queued: stats?.queue.events ?? 0,
    log: stats?.log ?? 'none',
  };
}
