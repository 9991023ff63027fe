/** Runs in the page: a queue is filled, and in the next browser drained. */

import { createClient } from '../../../src/index.ts';
import { EVENT_NAME, propertiesOf } from './sample-event.ts';

const WRITE_KEY = 'wk';
/** Long tasks would be a page's own fault. */
const EVENTS_PER_TASK = 500;
/** What takes so long does not end. */
const TIMEOUT_MS = 120_000;

export interface Filled {
  readonly queued: number;
  readonly log: string;
}

/** Captures so many events for a relay that takes none, and leaves. */
export async function fill(endpoint: string, events: number): Promise<Filled> {
  const client = createClient({ endpoint, writeKey: WRITE_KEY });
  for (let seq = 0; seq < events; seq++) {
    // No two events of a shop are as alike as the sample's: gzip would leave nothing to send.
    client.track(EVENT_NAME, { ...propertiesOf(seq), visit: crypto.randomUUID() });
    if (seq % EVENTS_PER_TASK === 0) await new Promise((next) => setTimeout(next));
  }
  const { queued } = await client.flush();
  const { log } = await client.stats();
  await client.close();
  return { queued, log };
}

export interface Drained {
  readonly stored: number;
  readonly queued: number;
  /** From `createClient` to the last receipt. */
  readonly wholeMs: number;
  /** From the first request to it. */
  readonly sendingMs: number;
  /** The bytes of each request. */
  readonly requests: readonly number[];
}

/** What a page does that opens with a queue: it starts its client. */
export async function drain(endpoint: string, events: number): Promise<Drained> {
  const requests: number[] = [];
  let stored = 0;
  let firstAt = Number.NaN;
  const startedAt = performance.now();
  const client = createClient({ endpoint, writeKey: WRITE_KEY });
  await new Promise<void>((done) => {
    const timer = setTimeout(done, TIMEOUT_MS);
    client.on('sending', ({ wireBytes }) => {
      if (requests.length === 0) firstAt = performance.now();
      requests.push(wireBytes);
    });
    client.on('receipt', ({ receipt }) => {
      if (receipt.status === 'stored') stored += receipt.count;
      if (stored < events) return;
      clearTimeout(timer);
      done();
    });
  });
  const endedAt = performance.now();
  const { queued } = await client.flush();
  await client.close();
  return {
    stored,
    queued,
    wholeMs: endedAt - startedAt,
    sendingMs: endedAt - firstAt,
    requests,
  };
}

/** Milliseconds to post bodies of these lengths, one after the other, and nothing else. */
export async function post(url: string, lengths: readonly number[]): Promise<number> {
  const longest = crypto.getRandomValues(new Uint8Array(65_536));
  const bodies = lengths.map((length) => {
    const body = new Uint8Array(length);
    for (let at = 0; at < length; at += longest.length) {
      body.set(longest.subarray(0, Math.min(longest.length, length - at)), at);
    }
    return body;
  });
  const startedAt = performance.now();
  for (const body of bodies) await (await fetch(url, { method: 'POST', body })).text();
  return performance.now() - startedAt;
}
