/** The debug view on a scripted stream, with what the table of records needs: many shards, notes, plans, columns. */

import type { ConsumedRecord, ShardState } from '../../../src/consumer/types.ts';
import { nextTask } from '../../../src/debug/reading/next-task.ts';
import type { StreamRecord } from '../../../src/protocol/event.ts';
import { recordOf, shardOf } from '../../helpers/scripted-consumer.ts';
import { page } from './debug-page.ts';

const SHARDS = 8;
const LANES = 40;

const numbers = new Map<string, number>();
let made = 0;

const shardIdOf = (number: number): string => shardOf(number, [0, 1]).shardId;

function next(change: Partial<ConsumedRecord> = {}, event: Partial<StreamRecord> = {}) {
  const index = made++;
  const lane = `${String(index % LANES).padStart(3, 'k')}aL0qXw`;
  const seq = (numbers.get(lane) ?? 0) + 1;
  numbers.set(lane, seq);
  const shardId = shardIdOf(index % SHARDS);
  const properties = { price: index % 100, productId: `k-${index % 17}` };
  return recordOf(lane, seq, { properties, ...event }, { shardId, ...change });
}

function eightShards(change: (number: number) => Partial<ShardState> = () => ({})): ShardState[] {
  return Array.from({ length: SHARDS }, (_, number) =>
    shardOf(number, [number / SHARDS, (number + 1) / SHARDS], change(number)),
  );
}

let stop: (() => void) | undefined;

export const recordsPage = {
  ...page,
  /** So many records, of eight shards and forty lanes, in order. */
  feedMany(count: number): void {
    page.consumer.push(...Array.from({ length: count }, () => next()));
  },
  feedOne(change: Partial<ConsumedRecord>, event: Partial<StreamRecord> = {}): void {
    page.consumer.push(next(change, event));
  },
  /** Feeds at this rate, ten times a second, until it is stopped. */
  feedSteadily(perSecond: number): void {
    let fed = 0;
    const startedAt = performance.now();
    const timer = setInterval(() => {
      const due = Math.floor(((performance.now() - startedAt) / 1000) * perSecond);
      recordsPage.feedMany(due - fed);
      fed = due;
    }, 100);
    stop = () => clearInterval(timer);
  },
  stopFeeding: () => stop?.(),
  fed: () => made,
  /** Resolves when the view took in what was fed: it breathes by tasks such as these. */
  async taken(): Promise<void> {
    for (let task = 0; task < 200; task++) await nextTask();
  },
  setShards: (change?: (number: number) => Partial<ShardState>) =>
    page.consumer.setShards(eightShards(change)),
  /** Shard 7 was split into 8 and 9. */
  split(): void {
    const parents = [shardIdOf(7)];
    page.consumer.setShards([
      ...eightShards((number) => (number === 7 ? { status: 'closed' } : {})),
      shardOf(8, [7 / 8, 15 / 16], { parents }),
      shardOf(9, [15 / 16, 1], { parents }),
    ]);
  },
  plan(): void {
    page.view.plan = (event: StreamRecord) => {
      if (event.event === 'Mystery') return 'unknown';
      const price = event.properties?.price;
      return typeof price === 'number' && price > 90
        ? [{ path: 'properties.price', message: 'expected up to 90' }]
        : [];
    };
  },
};

export type RecordsPage = typeof recordsPage;

Object.assign(window, { recordsPage });
recordsPage.setShards();
