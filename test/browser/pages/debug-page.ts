/** The debug view alone, on a stream that the test writes. */

import type { ConsumedRecord, ShardState } from '../../../src/consumer/types.ts';
import { RivuletDebug } from '../../../src/debug/index.ts';
import { createScriptedClient } from '../../helpers/scripted-client.ts';
import { createScriptedConsumer, recordOf, shardOf } from '../../helpers/scripted-consumer.ts';

const OWN = 'k3f9aL0qXw';
const OTHERS = ['p0aaQe81Zr', 'Zt7-hh2mPq', 'b_4Kd91xUw'];
const PATHS = ['/', '/kettles', '/kettles/gooseneck', '/basket', '/checkout'];
const EVENTS = [
  { type: 'page', event: undefined },
  { type: 'track', event: 'Product Clicked', properties: { productId: 'k-17', price: 49.9 } },
  { type: 'track', event: 'Product Added', properties: { productId: 'k-17', quantity: 1 } },
  { type: 'metric', event: 'LCP', properties: { value: 1204, unit: 'ms' } },
  { type: 'identify', event: undefined, userId: 'ada@example.com' },
] as const;
const OPEN_SHARDS = [1, 2, 4, 5, 6];

const numbers = new Map<string, number>();
const figures = new Map<string, { records: number; bytes: number; last: string }>();
/** What the test says of a shard, by its number. */
const altered = new Map<number, Partial<ShardState>>();
const consumer = createScriptedConsumer();
const client = createScriptedClient(OWN);
const view = new RivuletDebug();

function shards() {
  const of = (number: number, range: [number, number], change = {}) => {
    const figure = figures.get(shardOf(number, range).shardId);
    const read = {
      lastReadAt: Date.now() - 700,
      records: figure?.records ?? 0,
      bytes: figure?.bytes ?? 0,
    };
    const known = { ...read, lastSequenceNumber: figure?.last, ...change };
    return shardOf(number, range, { ...known, ...altered.get(number) });
  };
  const parent = 'shardId-000000000000';
  return [
    of(0, [0, 0.25], { status: 'closed', records: 4812, bytes: 2_714_000 }),
    of(4, [0, 0.125], { parents: [parent] }),
    of(5, [0.125, 0.25], { parents: [parent] }),
    of(1, [0.25, 0.5]),
    of(2, [0.5, 0.75]),
    of(6, [0.75, 1], { parents: ['shardId-000000000003'] }),
  ];
}

function next(index: number, change: Partial<ConsumedRecord> = {}): ConsumedRecord {
  const lane = index % 4 === 0 ? OWN : (OTHERS[(index % 4) - 1] ?? OWN);
  const seq = (numbers.get(lane) ?? 0) + 1;
  numbers.set(lane, seq);
  const shape = EVENTS[index % EVENTS.length] ?? EVENTS[0];
  const shardId = `shardId-${String(OPEN_SHARDS[index % OPEN_SHARDS.length]).padStart(12, '0')}`;
  const path = PATHS[index % PATHS.length];
  const isGrouped = index % 4 === 1;
  return recordOf(
    lane,
    seq,
    { context: { page: { path } }, ...(shape as object) },
    {
      shardId,
      ...(isGrouped ? { aggregateCount: 12, subSequenceNumber: index % 12 } : {}),
      ...change,
    },
  );
}

function push(records: readonly ConsumedRecord[]): void {
  for (const { shardId, data, sequenceNumber } of records) {
    const figure = figures.get(shardId) ?? { records: 0, bytes: 0, last: '' };
    figure.records++;
    figure.bytes += data.length;
    figure.last = sequenceNumber;
    figures.set(shardId, figure);
  }
  consumer.push(...records);
  consumer.setShards(shards());
}

let fed = 0;

/** For the test, as `debugPage`; a page that needs more adds to it. */
export const page = {
  view,
  client,
  consumer,
  /** Ordinary records, in order, of four lanes. */
  feed(count: number): void {
    push(Array.from({ length: count }, () => next(fed++)));
  },
  /** As {@link feed}, as if each record had been read at another second of the last minutes. */
  feedHistory(count: number): void {
    // Nothing was read after now.
    const start = Date.now() - 298_000;
    push(
      Array.from({ length: count }, (_, index) => {
        const wave = Math.sin((index / count) * 14) * 9_000;
        return next(fed++, { readAt: start + (index / count) * 288_000 + wave });
      }),
    );
  },
  /** One event of this name. */
  feedNamed(event: string): void {
    push([recordOf('Qm-4nn7RsT', 1, { event })]);
  },
  /** A gap that stays, a copy, a late event, a declared drop. */
  feedTrouble(): void {
    const lane = OTHERS[0] ?? OWN;
    const seq = numbers.get(lane) ?? 0;
    const shardId = 'shardId-000000000002';
    const drop = { lane, ranges: [[seq + 8, 5]], reason: 'queue_full' };
    push([
      recordOf(lane, seq + 6, {}, { shardId }),
      recordOf(lane, seq + 6, {}, { shardId }),
      recordOf(lane, seq + 2, { event: 'Product Added' }, { shardId }),
      recordOf(lane, seq + 13, { type: 'drop', event: undefined, properties: drop }, { shardId }),
    ]);
    numbers.set(lane, seq + 13);
  },
  /** The page's own event, with all that the client says on its way. */
  feedOwn(): void {
    const seq = (numbers.get(OWN) ?? 0) + 1;
    numbers.set(OWN, seq);
    const now = Date.now();
    const range = { lane: OWN, first: seq, count: 1 };
    const record = recordOf(
      OWN,
      seq,
      { event: 'Order Completed', properties: { total: 129.5, items: 3 } },
      {
        shardId: 'shardId-000000000006',
        arrivedAt: now - 640,
        readAt: now - 40,
      },
    );
    client.tell('captured', { lane: OWN, seq, type: 'track', at: now - 980 });
    client.tell('logged', { ...range, at: now - 977 });
    client.tell('sending', {
      ranges: [range],
      bytes: 900,
      wireBytes: 480,
      attempt: 1,
      at: now - 760,
    });
    const receipt = {
      ...range,
      status: 'stored',
      shard: record.shardId,
      sequence: record.sequenceNumber,
    } as const;
    client.setStats({ lastReceipt: { receipt, at: now - 610 } });
    client.tell('receipt', { receipt, at: now - 610 });
    push([record]);
  },
  /** What the client says about its queue, so that its account adds up. */
  settle(queued: number): void {
    const captured = (numbers.get(OWN) ?? 0) + queued;
    client.setStats({
      captured,
      stored: captured - queued,
      queue: {
        events: queued,
        segments: Math.ceil(queued / 7),
        bytes: queued * 205,
        inMemory: 0,
        ...(queued > 0 ? { oldestAt: Date.now() - 2_100 } : {}),
      },
    });
    client.tell('logged', { lane: OWN, first: 1, count: 1, at: Date.now() });
  },
  /** From now on the consumer says this of a shard. */
  alter(number: number, change: Partial<ShardState>): void {
    altered.set(number, change);
    consumer.setShards(shards());
  },
  tick(): void {
    consumer.setShards(shards());
  },
};

export type DebugPage = typeof page;

Object.assign(window, { debugPage: page });
consumer.setShards(shards());
view.stream = 'clickstream';
view.consumer = consumer;
view.client = client;
document.querySelector('main')?.append(view);
