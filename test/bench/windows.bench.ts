/** Windows: what a record costs on its way in, and what a group holds, against parsing the record's JSON. */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ConsumedEvent } from '../../src/consumer/types.ts';
import { createWindows } from '../../src/consumer/windows/create-windows.ts';
import { distinct } from '../../src/consumer/windows/distinct.ts';
import { percentiles } from '../../src/consumer/windows/percentiles.ts';
import { metric } from '../../src/consumer/windows/reading.ts';
import { count, rate, sum } from '../../src/consumer/windows/sums.ts';
import { topK } from '../../src/consumer/windows/top-k.ts';
import type { Measures, WindowOptions } from '../../src/consumer/windows/types.ts';
import { seededRandom } from '../helpers/seeded-random.ts';
import { record } from '../unit/consumer/windows/records.ts';
import type { Bench, Measurement } from './bench.ts';

const EVENTS = 20_000;
const ROUNDS = 15;
const GROUPS = 2_000;

const events = { events: count() };
const dashboard = {
  views: count(),
  perSecond: rate(),
  revenue: sum('properties.total'),
  pages: topK('context.page.path'),
  duration: percentiles('properties.duration', [50, 95, 99]),
  visitors: distinct('anonymousId'),
};

export const bench: Bench = { name: 'Windows', run };

async function run(): Promise<readonly Measurement[]> {
  const records = eventsOf(EVENTS);
  const metrics = records.slice(0, EVENTS / 10).map(gathered);
  const texts = records.map(({ event }) => JSON.stringify(event));
  const minute = { sizeMs: 60_000, latenessMs: 60_000 };
  const contestants: readonly (readonly [name: string, events: number, work: () => unknown])[] = [
    [
      'JSON.parse',
      EVENTS,
      () => texts.reduce((all, text) => all + JSON.parse(text).type.length, 0),
    ],
    ['add: a count', EVENTS, () => fill(records, { ...minute, measures: events })],
    ['add: six measures', EVENTS, () => fill(records, { ...minute, measures: dashboard })],
    [
      'add: six measures, 100 groups',
      EVENTS,
      () => fill(records, { ...minute, measures: dashboard, by: 'properties.group' }),
    ],
    [
      'add: six measures, a minute that slides by a second',
      EVENTS,
      () => fill(records, { ...minute, slideMs: 1_000, measures: dashboard }),
    ],
    [
      'add: percentiles of gathered histograms',
      metrics.length,
      () => fill(metrics, { ...minute, measures: { p: percentiles(metric('Scan'), [50, 99]) } }),
    ],
  ];
  const [parse = 0, ...costs] = race(contestants);
  const baseline = { name: 'JSON.parse of it', value: parse };
  return [
    ...costs.map((value, at): Measurement => {
      const name = contestants[at + 1]?.[0] ?? '';
      const measured = { name, value, unit: 'µs', baseline };
      if (name !== 'add: six measures') return measured;
      return { ...measured, target: { of: 'ratio', at: 'most', bound: 1.5 } };
    }),
    { name: 'a group: a count', value: bytesOfGroup(events), unit: 'B' },
    { name: 'a group: six measures, 10 events', value: bytesOfGroup(dashboard, 10), unit: 'B' },
    {
      name: 'a group: six measures, 5,000 events',
      value: bytesOfGroup(dashboard, 5_000),
      unit: 'B',
    },
  ];
}

/** Microseconds an event, the best of rounds in which all take turns: a busy machine slows all alike. */
function race(contestants: readonly (readonly [string, number, () => unknown])[]): number[] {
  const best = contestants.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [at, [, times, work]] of contestants.entries()) {
      const startedAt = performance.now();
      work();
      best[at] = Math.min(best[at] ?? 0, ((performance.now() - startedAt) * 1000) / times);
    }
  }
  return best;
}

/** A consumer's way with windows: what is due is taken as often as a shard is read. */
function fill<M extends Measures>(records: readonly ConsumedEvent[], options: WindowOptions<M>) {
  const windows = createWindows(options);
  let closed = 0;
  for (const [at, one] of records.entries()) {
    windows.add(one);
    if (at % 1_000 === 0) closed += windows.take().length;
  }
  return closed + windows.finish().length;
}

function bytesOfGroup(measures: Measures, eventsOfGroup = 1): number {
  const groups = eventsOfGroup > 100 ? GROUPS / 10 : GROUPS;
  const records = eventsOf(eventsOfGroup);
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  const windows = createWindows({
    sizeMs: 3_600_000,
    measures,
    maxKeys: groups,
    by: 'properties.group',
  });
  gc();
  const before = process.memoryUsage();
  for (let group = 0; group < groups; group++) {
    for (const one of records) {
      const properties = { ...one.event.properties, group };
      windows.add({ ...one, event: { ...one.event, properties } });
    }
  }
  gc();
  const after = process.memoryUsage();
  const held = after.heapUsed - before.heapUsed + after.arrayBuffers - before.arrayBuffers;
  if (windows.stats().groups !== groups) throw new Error('windows: expected all groups');
  return held / groups;
}

/** Ten events a second of a shop, over half an hour. */
function eventsOf(count: number): ConsumedEvent[] {
  const random = seededRandom(7);
  return Array.from({ length: count }, (_, index) =>
    record({
      at: index * 100,
      properties: {
        total: Math.round(random() * 10_000) / 100,
        // Between a millisecond and a minute, as durations are.
        duration: Math.round(10 ** (random() * 4.8)),
        group: `group-${Math.floor(random() * 100)}`,
        product: `wader-${index}`,
      },
      event: {
        anonymousId: `0f8c3a52-5f0d-4b1c-9a75-${Math.floor(random() * 3_000)}`,
        context: { page: { path: `/catalogue/${Math.floor(random() ** 3 * 500)}`, referrer: '/' } },
      },
    }),
  );
}

/** What a client makes of some hundred readings. */
function gathered({ event, ...rest }: ConsumedEvent): ConsumedEvent {
  const bucketCounts = Array.from({ length: 80 }, (_, index) => index % 3);
  const total = bucketCounts.reduce((all, one) => all + one, 0);
  const buckets = { scale: 5, zeroCount: 0, positive: { offset: 160, bucketCounts } };
  const properties = { value: 60, count: total, sum: 60 * total, min: 32, max: 180, buckets };
  return { ...rest, event: { ...event, type: 'metric', event: 'Scan', properties } };
}
