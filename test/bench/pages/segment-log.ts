/** Runs in the page: the same events through the log and through IndexedDB alone. */

import { type Client, createClient } from '../../../src/index.ts';
import { openLog } from '../../../src/queue/open-log.ts';
import type { Segment, SegmentLog } from '../../../src/queue/types.ts';
import { platformRuntime } from '../../../src/runtime.ts';
import { median } from '../median.ts';
import { openRaw, putRaw } from './raw-database.ts';
import { EVENT_NAME, propertiesOf } from './sample-event.ts';

const EVENTS_PER_SEGMENT = 50;

const encoder = new TextEncoder();
const CONTEXT = JSON.stringify({
  anonymousId: 'q7Zk0rY2mB4x',
  sessionId: '1763673600000',
  locale: 'en-GB',
  page: { url: 'https://shop.example/products/kettle', path: '/products/kettle', title: 'Kettle' },
});

function eventOf(seq: number): Record<string, unknown> {
  return {
    type: 'track',
    event: EVENT_NAME,
    timestamp: 1_763_673_600_000 + seq,
    properties: propertiesOf(seq),
  };
}

function segmentsOf(lane: string, events: number): Segment[] {
  return Array.from({ length: events / EVENTS_PER_SEGMENT }, (_, index) => {
    const first = index * EVENTS_PER_SEGMENT + 1;
    const lines = Array.from({ length: EVENTS_PER_SEGMENT }, (_, line) =>
      JSON.stringify(eventOf(first + line)),
    );
    return {
      lane,
      first,
      count: EVENTS_PER_SEGMENT,
      createdAt: 1_763_673_600_000 + first,
      context: CONTEXT,
      body: encoder.encode(lines.join('\n')),
    };
  });
}

/** The profile keeps what pages before this one have left. */
const nameDatabase = (): string => `bench-log-${crypto.randomUUID()}`;

async function openFresh(): Promise<SegmentLog> {
  const fail = (error: unknown): never => {
    throw error;
  };
  const runtime = platformRuntime();
  const log = openLog({
    ...runtime,
    runtime,
    databaseName: nameDatabase(),
    onChange: () => {},
    onError: fail,
  });
  await log.exchange('opened', (kept) => kept);
  return log;
}

async function eventsPerSecond(events: number, work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (events / (performance.now() - start)) * 1000;
}

export interface Throughput {
  /** Segments in one `append`. */
  readonly log: number;
  /** An `append` for each segment, as a client does. */
  readonly logEach: number;
  /** The same segments, in one transaction of the platform. */
  readonly segments: number;
  /** One record per event, in one transaction of the platform. */
  readonly records: number;
}

/** Events per second, one round of each in turn, so that what slows the machine slows all of them. */
export async function measureThroughput(events: number): Promise<Throughput> {
  const segments = segmentsOf('lane-bench', events);
  const records = Array.from({ length: events }, (_, index) => eventOf(index + 1));
  const [log, logEach, rawSegments, rawRecords] = [
    await openFresh(),
    await openFresh(),
    await openRaw(),
    await openRaw(),
  ];
  const throughput = {
    segments: await eventsPerSecond(events, () => putRaw(rawSegments, segments)),
    log: await eventsPerSecond(events, () => log.append(segments)),
    logEach: await eventsPerSecond(events, () =>
      Promise.all(segments.map((segment) => logEach.append([segment]))),
    ),
    records: await eventsPerSecond(events, () => putRaw(rawRecords, records)),
  };
  log.close();
  logEach.close();
  rawSegments.close();
  rawRecords.close();
  return throughput;
}

export interface BacklogCost {
  /** Milliseconds from the call until the segment is on disk, median. */
  readonly appendMs: number;
  /** Milliseconds of the page's own time in the call, median. */
  readonly callMs: number;
  /** Milliseconds of the first `stats` after the backlog came, and of the next. */
  readonly firstStatsMs: number;
  readonly statsMs: number;
  /** Milliseconds to read a batch of 500 events and to settle it. */
  readonly readMs: number;
  readonly settleMs: number;
}

/** What one more segment costs when so many events are queued already. */
export async function measureBacklog(queued: number): Promise<BacklogCost> {
  const log = await openFresh();
  const backlog = segmentsOf('lane-old-', queued);
  for (let at = 0; at < backlog.length; at += 200) await log.append(backlog.slice(at, at + 200));
  const firstStatsMs = await timed(() => log.stats());
  const appends: number[] = [];
  const calls: number[] = [];
  for (const segment of segmentsOf('lane-new-', 60 * EVENTS_PER_SEGMENT)) {
    const start = performance.now();
    const appended = log.append([segment]);
    calls.push(performance.now() - start);
    await appended;
    appends.push(performance.now() - start);
  }
  const statsMs = await timed(() => log.stats());
  const start = performance.now();
  const head = await log.read({ maxEvents: 500, maxBytes: 512 * 1024 });
  const readMs = performance.now() - start;
  const settleMs = await timed(() => log.settle(head));
  log.close();
  return {
    appendMs: median(appends),
    callMs: median(calls),
    firstStatsMs,
    statsMs,
    readMs,
    settleMs,
  };
}

let client: Client | undefined;

/** A client that holds its queue to bounds which it never reaches, and has so much queued already. */
export async function startClient(endpoint: string, queued: number): Promise<void> {
  await client?.close();
  client = createClient({
    endpoint,
    writeKey: 'benchmark',
    databaseName: nameDatabase(),
    maxQueueBytes: 2 ** 31,
    maxQueueEvents: 2 ** 31,
    maxEventsPerSecond: Number.POSITIVE_INFINITY,
  });
  for (let seq = 0; seq < queued; seq++) {
    client.track(EVENT_NAME, propertiesOf(seq));
    if (seq % 5000 === 0) await new Promise((next) => setTimeout(next));
  }
  const flushed = await client.flush();
  const { log } = await client.stats();
  if (flushed.queued !== queued || log !== 'indexeddb') {
    throw new Error(`client: expected ${queued} in IndexedDB, got ${flushed.queued} in ${log}`);
  }
}

/** Milliseconds from `track` until the event is on disk, median of so many, each in a write of its own. */
export async function measureCapture(events: number, intervalMs: number): Promise<number> {
  const durations: number[] = [];
  for (let seq = 0; seq < events; seq++) {
    await new Promise((next) => setTimeout(next, intervalMs));
    const startedAt = performance.now();
    await new Promise<void>((logged) => {
      const stop = client?.on('logged', () => {
        stop?.();
        logged();
      });
      client?.track(EVENT_NAME, propertiesOf(seq));
    });
    durations.push(performance.now() - startedAt);
  }
  return median(durations);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
