// @vitest-environment node
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ConsumedEvent } from '../../../../src/consumer/types.ts';
import { createWindows } from '../../../../src/consumer/windows/create-windows.ts';
import { distinct } from '../../../../src/consumer/windows/distinct.ts';
import { percentiles } from '../../../../src/consumer/windows/percentiles.ts';
import { count, sum, summary } from '../../../../src/consumer/windows/sums.ts';
import { topK } from '../../../../src/consumer/windows/top-k.ts';
import type { ClosedWindow, ShardProgress } from '../../../../src/consumer/windows/types.ts';
import { record, START } from './records.ts';

const LATENESS_MS = 8_000;
/** Arrival times of a shard go back by less than what they are worth. */
const JITTER_MS = 1_500;

const measures = {
  events: count(),
  total: sum('properties.total'),
  totals: summary('properties.total'),
  median: percentiles('properties.total', [50]),
  names: topK('properties.name', { k: 5 }),
  visitors: distinct('anonymousId'),
};
type Measured = ClosedWindow<typeof measures>;

interface Event {
  readonly shard: number;
  /** Since the event before it in its shard. */
  readonly afterMs: number;
  readonly jitterMs: number;
  /** From capture to arrival. */
  readonly delayMs: number;
  readonly total: number;
  readonly name: string;
}

const events = fc.array(
  fc.record<Event>({
    shard: fc.integer({ min: 0, max: 2 }),
    afterMs: fc.oneof(fc.integer({ min: 0, max: 3_000 }), fc.constant(60_000)),
    jitterMs: fc.integer({ min: 0, max: JITTER_MS }),
    delayMs: fc.oneof(fc.integer({ min: -500, max: 9_000 }), fc.integer({ min: 0, max: 60_000 })),
    total: fc.integer({ min: 1, max: 1_000 }),
    name: fc.constantFrom('a', 'b', 'c', 'd'),
  }),
  { maxLength: 80 },
);

/** Each shard's records, in its order. */
function shardsOf(all: readonly Event[]): readonly (readonly ConsumedEvent[])[] {
  return [0, 1, 2].map((shard) => {
    let clock = 0;
    return all
      .filter((event) => event.shard === shard)
      .map(({ afterMs, jitterMs, delayMs, total, name }) => {
        clock += afterMs;
        const arrivedAt = clock - jitterMs;
        return record({
          shardId: `shardId-00000000000${shard}`,
          at: arrivedAt - delayMs,
          arrivedAt,
          properties: { total, name },
          event: { anonymousId: `${name}${total % 3}` },
        });
      });
  });
}

/** The records before the first of which that is true. */
function upTo(
  records: readonly ConsumedEvent[],
  isBeyond: (one: ConsumedEvent) => boolean,
): readonly ConsumedEvent[] {
  const first = records.findIndex(isBeyond);
  return first < 0 ? records : records.slice(0, first);
}

/** What every window has to say, from the definition. */
function expected(records: readonly ConsumedEvent[], sizeMs: number, slideMs: number) {
  const windows = new Map<number, ConsumedEvent[]>();
  let late = 0;
  for (const one of records) {
    const arrivedAt = one.arrivedAt ?? 0;
    const at = Math.min(Date.parse(one.event.timestamp), arrivedAt);
    const slide = Math.floor(at / slideMs) * slideMs;
    if (arrivedAt > slide + slideMs + LATENESS_MS) {
      late++;
      continue;
    }
    for (let start = slide - sizeMs + slideMs; start <= slide; start += slideMs) {
      windows.set(start, [...(windows.get(start) ?? []), one]);
    }
  }
  return { late, windows: [...windows].sort(([one], [other]) => one - other) };
}

function check(windows: readonly Measured[], records: readonly ConsumedEvent[], options: Sizes) {
  const model = expected(records, options.sizeMs, options.slideMs);
  expect(windows.map(({ start }) => start)).toEqual(model.windows.map(([start]) => start));
  for (const [at, [, within]] of model.windows.entries()) {
    const { values, groups, start, end } = windows[at] as Measured;
    const totals = within.map(({ event }) => Number(event.properties?.total));
    const names = within.map(({ event }) => String(event.properties?.name));
    expect(end - start).toBe(options.sizeMs);
    expect(values.events).toBe(within.length);
    expect(values.total).toBe(totals.reduce((all, one) => all + one, 0));
    expect(values.totals).toMatchObject({ min: Math.min(...totals), max: Math.max(...totals) });
    const middle = totals.sort((one, other) => one - other)[Math.ceil(totals.length / 2) - 1] ?? 0;
    expect(Math.abs((values.median.p50 ?? 0) / middle - 1)).toBeLessThan(0.0109);
    const ranked = [...new Set(names)].map((name) => {
      const times = names.filter((other) => other === name).length;
      return { value: name, count: times, atLeast: times };
    });
    ranked.sort((one, other) => other.count - one.count || (one.value < other.value ? -1 : 1));
    expect(values.names).toEqual(ranked);
    expect(values.visitors).toBe(new Set(within.map(({ event }) => event.anonymousId)).size);
    expect([...groups.keys()].sort()).toEqual([...new Set(names)].sort());
    for (const { value, count: times } of ranked) {
      expect(groups.get(value)?.values.events).toBe(times);
    }
  }
  return model;
}

interface Sizes {
  readonly sizeMs: number;
  readonly slideMs: number;
}

const sizes = fc.constantFrom<Sizes>(
  { sizeMs: 10_000, slideMs: 10_000 },
  { sizeMs: 10_000, slideMs: 2_000 },
  { sizeMs: 9_000, slideMs: 3_000 },
);

/** What happens next: a shard is read, the oldest record that waits is counted, somebody asks for windows, time passes. */
const steps = fc.array(
  fc.oneof(
    fc.record({ shard: fc.integer({ min: 0, max: 2 }), records: fc.integer({ min: 0, max: 9 }) }),
    fc.constant('count' as const),
    fc.constant('count' as const),
    fc.constant('take' as const),
    fc.record({ ms: fc.integer({ min: 0, max: 20_000 }) }),
  ),
  { maxLength: 200 },
);

test('however reading goes, each window is given once, in order, and as the definition has it', () => {
  fc.assert(
    fc.property(events, sizes, steps, fc.boolean(), (all, options, script, isLive) => {
      const shards = shardsOf(all);
      const lastArrival = Math.max(0, ...shards.flat().map((one) => (one.arrivedAt ?? 0) - START));
      let now = START + (isLive ? 0 : lastArrival);
      const runtime = { now: () => now, monotonic: () => now - START };
      const windows = createWindows({
        ...options,
        latenessMs: LATENESS_MS,
        by: 'properties.name',
        measures,
        runtime,
      });
      const given: Measured[] = [];
      const read = [0, 0, 0];
      const states = shards.map(
        (_, index): ShardProgress => ({
          shardId: `shardId-00000000000${index}`,
          parents: [],
          status: 'reading',
          isDrained: true,
          lastReadAt: undefined,
          millisBehindLatest: undefined,
        }),
      );
      let waiting: ConsumedEvent[] = [];

      function readShard(index: number, limit: number): void {
        const stored = upTo(shards[index] ?? [], ({ arrivedAt = 0 }) => arrivedAt > now);
        const from = read[index] ?? 0;
        const records = stored.slice(from, from + limit);
        read[index] = from + records.length;
        waiting.push(...records.map((one) => ({ ...one, readAt: now })));
        const next = stored[from + records.length];
        const behind = next
          ? now - Math.min(...stored.slice(from).map((one) => one.arrivedAt ?? 0))
          : 0;
        states[index] = {
          ...(states[index] as ShardProgress),
          status: behind > 0 ? 'reading' : 'live',
          lastReadAt: now,
          millisBehindLatest: behind,
        };
      }
      function progress(): ShardProgress[] {
        return states.map((state) => ({
          ...state,
          isDrained: waiting.every(({ shardId }) => shardId !== state.shardId),
        }));
      }
      function countNext(): void {
        const [next, ...later] = waiting;
        waiting = later;
        if (next) windows.add(next);
      }

      for (const step of script) {
        if (step === 'count') countNext();
        else if (step === 'take') given.push(...windows.take(progress()));
        else if ('ms' in step) now += step.ms;
        else readShard(step.shard, step.records);
      }
      now = Math.max(now, START + lastArrival);
      for (const index of [0, 1, 2]) readShard(index, 1_000);
      while (waiting.length > 0) {
        countNext();
        given.push(...windows.take(progress()));
      }
      given.push(...windows.finish());

      const model = check(given, shards.flat(), options);
      const { late, counted, ahead } = windows.stats();
      expect(late).toBe(model.late);
      expect(late + counted).toBe(all.length);
      expect(ahead).toBe(all.filter(({ delayMs }) => delayMs < 0).length);
      expect(given.reduce((sum, window) => sum + window.late, 0)).toBeLessThanOrEqual(late);
    }),
    { numRuns: 400 },
  );
});

test('a stream that is read again from a moment gives the same windows from there on', () => {
  fc.assert(
    fc.property(events, sizes, fc.integer({ min: 0, max: 30 }), (all, options, seconds) => {
      const shards = shardsOf(all);
      const since = START + seconds * 1_000;
      const run = (records: readonly ConsumedEvent[], from?: number): Measured[] => {
        const windows = createWindows({
          ...options,
          latenessMs: LATENESS_MS,
          by: 'properties.name',
          measures,
          ...(from !== undefined && { since: from }),
        });
        for (const one of records) windows.add(one);
        return [...windows.finish()];
      };
      const plain = ({ start, values }: Measured) => ({ start, values });

      const first = run(shards.flat());
      // As `{ atTimestamp: since }` reads: from the first record on that arrived then, of each shard.
      const again = run(
        shards.flatMap((records) =>
          records.slice(upTo(records, ({ arrivedAt = 0 }) => arrivedAt >= since).length),
        ),
        since,
      );

      expect(again.map(plain)).toEqual(first.filter(({ start }) => start >= since).map(plain));
    }),
    { numRuns: 200 },
  );
});
