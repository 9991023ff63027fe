/** The debug view on a client that the test scripts, and on a log in the browser's own database. */

import type { RejectedEvent } from '../../../src/client/types.ts';
import type { Receipt } from '../../../src/protocol/receipt.ts';
import { openLog } from '../../../src/queue/open-log.ts';
import { platformRuntime } from '../../../src/runtime.ts';
import { page } from './debug-page.ts';

const LANE = 'k3f9aL0qXw';
const ENCODER = new TextEncoder();
const { client } = page;
const calls: unknown[][] = [];
let rejected: RejectedEvent[] = [];
let next = 1;

const log = openLog({
  indexedDB,
  storage: undefined,
  databaseName: 'rivulet',
  runtime: platformRuntime(),
  onChange: () => {},
  onError: () => {},
});

Object.assign(client, {
  rejected: async () => rejected,
  track: (...args: unknown[]) => {
    calls.push(['track', ...args]);
    client.tell('captured', { lane: LANE, seq: 812, type: 'track', at: Date.now() });
  },
});

const queuePage = Object.assign(page, {
  /** What the view asked the client to capture. */
  calls: () => calls,
  /** Segments of this page and one of another, as a client writes them; the account follows. */
  async queue(count: number): Promise<void> {
    // Pages of one browser share it.
    await log.clear();
    const now = Date.now();
    const lines = (events: number) =>
      ENCODER.encode(
        Array.from(
          { length: events },
          () => `{"type":"track","timestamp":${now},"event":"Product Clicked"}`,
        ).join('\n'),
      );
    const segments = Array.from({ length: count }, (_, index) => {
      const first = next;
      const events = 1 + (index % 7);
      next += events;
      return {
        ...{ lane: index === 0 ? 'p0aaQe81Zr' : LANE, first, count: events },
        createdAt: now - (count - index) * 700,
        context: JSON.stringify({
          page: { path: '/kettles' },
          locale: 'en',
          timezone: 'Europe/Vienna',
        }),
        body: lines(events),
        ...(index % 5 === 2 ? { priority: 'high' as const } : {}),
      };
    });
    await log.append(segments);
    await queuePage.count();
  },
  async count(): Promise<void> {
    const queue = await log.stats();
    client.setStats({ captured: next - 1, stored: next - 1 - queue.events, queue });
    client.tell('logged', { lane: LANE, first: next, count: 1, at: Date.now() });
  },
  /** A request leaves with the first so many events of this page. */
  send(count: number, attempt = 1): void {
    const ranges = [{ lane: LANE, first: 2, count }];
    client.tell('sending', {
      ranges,
      bytes: count * 90,
      wireBytes: count * 40,
      attempt,
      at: Date.now() - 212,
    });
  },
  receive(receipt: Receipt): void {
    client.setStats({ lastReceipt: { receipt, at: Date.now() } });
    client.tell('receipt', { receipt, at: Date.now() });
  },
  async settle(first: number, count: number): Promise<void> {
    await log.settle([{ lane: LANE, first, count }]);
    await queuePage.count();
  },
  refuse(events: readonly RejectedEvent[]): void {
    rejected = [...rejected, ...events];
    client.setStats({ rejected: rejected.length });
    client.tell('rejected', { lane: LANE, first: 1, count: 1, code: 'too_deep', reason: '' });
  },
});

export type QueuePage = typeof queuePage;
