import { describe, expect, it } from 'vitest';
import { createTally, type Grouping } from '../../../../src/debug/metrics/tally.ts';
import { rateVital } from '../../../../src/debug/metrics/vitals.ts';
import type { Row } from '../../../../src/debug/reading/rows.ts';
import { recordOf } from '../../../helpers/scripted-consumer.ts';

const START = 1_763_673_600_000;
let nextId = 0;

function rowOf(event: object = {}, change: object = {}, lane = 'lane-a'): Row {
  const record = recordOf(lane, 1, event, { readAt: START, ...change });
  return { kind: 'record', id: nextId++, record, verdict: 'new', isLate: false };
}

function figuresOf(by: Grouping, ...rows: readonly Row[]) {
  const tally = createTally(by);
  for (const row of rows) tally.add(row);
  return tally.read();
}

describe('the figures of rows', () => {
  it('are counts, bytes, and the rate over the time that they span', () => {
    const data = new Uint8Array(500);

    const figures = figuresOf(
      'type',
      ...[0, 1, 2, 3].map((second) => rowOf({}, { data, readAt: START + second * 1_000 })),
    );

    expect(figures).toMatchObject({ records: 4, bytes: 2_000 });
    expect(figures.perSecond).toBeCloseTo(4 / 3);
    expect(figures.sizes).toMatchObject({ p50: 500, p100: 500 });
  });

  it('leave out what is no record, and a rate over no time', () => {
    const note = {
      kind: 'note',
      id: 1,
      at: START,
      shardId: undefined,
      note: 'merge',
      text: '',
    } as const;

    const figures = figuresOf('type', rowOf(), note);

    expect(figures.records).toBe(1);
    expect(figures.perSecond).toBeUndefined();
  });

  it('have percentiles of the way from capture to arrival, of records that tell', () => {
    const after = (ms: number) => rowOf({}, { arrivedAt: START - 900 + ms });

    const { latency } = figuresOf(
      'type',
      ...[100, 200, 300, 400].map(after),
      rowOf({}, { event: undefined }),
    );

    expect(latency.count).toBe(4);
    expect(latency.p50).toBeCloseTo(200, -1);
    expect(latency.p100).toBe(400);
  });

  it.each([
    ['event', ['track · Product Clicked', 'data', 'page']],
    ['type', ['track', 'data', 'page']],
    ['shard', ['shard 0', 'shard 3']],
    ['lane', ['lane-', 'no lane', 'p0aaQ']],
  ] as const)('are grouped by %s, the largest group first', (by, names) => {
    const figures = figuresOf(
      by,
      rowOf({ type: 'page', event: undefined }, { shardId: 'shardId-000000000003' }, 'p0aaQe81Zr'),
      rowOf(),
      rowOf(),
      rowOf({}, { event: undefined }),
    );

    expect(figures.groups.map(({ name }) => name)).toEqual(names);
    expect(figures.groups.reduce((sum, { records }) => sum + records, 0)).toBe(4);
  });

  it('have the readings of metric events by name, and say which are none', () => {
    const metric = (event: string, value: unknown, unit = 'ms') =>
      rowOf({ type: 'metric', event, properties: { value, unit } });

    const { metrics, unreadable } = figuresOf(
      'type',
      metric('LCP', 1_000),
      metric('LCP', 3_000),
      metric('CLS', 0.08, ''),
      metric('LCP', 'slow'),
    );

    expect(metrics).toMatchObject([
      { name: 'CLS', unit: '', readings: { count: 1, p75: 0.08 } },
      { name: 'LCP', unit: 'ms', readings: { count: 2, p75: 3_000 } },
    ]);
    expect(unreadable).toBe(1);
  });
});

describe('a web vital', () => {
  it.each([
    ['LCP', 2_500, 'good'],
    ['LCP', 2_501, 'needs improvement'],
    ['LCP', 4_000, 'needs improvement'],
    ['LCP', 4_001, 'poor'],
    ['CLS', 0.1, 'good'],
    ['basket', 12, undefined],
    ['toString', 12, undefined],
    ['LCP', undefined, undefined],
  ])('%s of %s at the 75th percentile is %s', (name, value, rating) => {
    expect(rateVital(name, value)).toBe(rating);
  });
});
