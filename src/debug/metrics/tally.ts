/** Figures of rows: how many of which kind, how long they took, how large they are, and what `metric` events read. */

import type { ConsumedEvent } from '../../consumer/types.ts';
import { type Percentiles, percentiles } from '../../consumer/windows/percentiles.ts';
import type { Measure } from '../../consumer/windows/types.ts';
import { formatLane, formatShard } from '../format.ts';
import { labelOf, latencyOf, type RecordRow, type Row } from '../reading/rows.ts';

export const GROUPINGS = ['event', 'type', 'shard', 'lane'] as const;
export type Grouping = (typeof GROUPINGS)[number];

type Spread = Percentiles<50 | 75 | 95 | 99 | 100>;

export interface Group {
  readonly name: string;
  readonly records: number;
  readonly bytes: number;
  /** Milliseconds from capture to arrival. */
  readonly latency: Spread;
}

/** The readings of `metric` events of one name. */
export interface MetricGroup {
  readonly name: string;
  readonly unit: string;
  readonly readings: Spread;
}

export interface Figures {
  readonly records: number;
  readonly bytes: number;
  /** Records a second, from the first to the last that was read; `undefined` where that is no time. */
  readonly perSecond: number | undefined;
  readonly latency: Spread;
  readonly sizes: Spread;
  /** The largest first. */
  readonly groups: readonly Group[];
  readonly metrics: readonly MetricGroup[];
  /** Metric events whose value is no number. */
  readonly unreadable: number;
}

export interface Tally {
  readonly add: (row: Row) => void;
  readonly read: () => Figures;
}

const ASKED = [50, 75, 95, 99, 100] as const;

/** Measures are made for events; these two read what every record has, and of one without an event there is no latency. */
const latencies = percentiles((record) => latencyOf(record), ASKED);
const sizes = percentiles((record) => record.data.length, ASKED);
const readings = percentiles('properties.value', ASKED);

export function createTally(by: Grouping): Tally {
  const groups = new Map<string, { records: number; bytes: number; latency: unknown }>();
  const metrics = new Map<string, { unit: string; tally: unknown }>();
  const latency = latencies.create();
  const size = sizes.create();
  let records = 0;
  let bytes = 0;
  let unreadable = 0;
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;

  const addMetric = (record: ConsumedEvent): void => {
    const { event: name = '', properties } = record.event;
    let metric = metrics.get(name);
    if (!metric) {
      const unit = typeof properties?.unit === 'string' ? properties.unit : '';
      metric = { unit, tally: readings.create() };
      metrics.set(name, metric);
    }
    try {
      readings.add(metric.tally, record);
    } catch {
      // Its value is no number: what clients write is theirs.
      unreadable++;
    }
  };

  return {
    add: (row) => {
      if (row.kind !== 'record') return;
      const { record } = row;
      const event = record.event && (record as ConsumedEvent);
      const name = NAMES[by](row);
      let group = groups.get(name);
      if (!group) {
        group = { records: 0, bytes: 0, latency: latencies.create() };
        groups.set(name, group);
      }
      records++;
      bytes += record.data.length;
      group.records++;
      group.bytes += record.data.length;
      first = Math.min(first, record.readAt);
      last = Math.max(last, record.readAt);
      sizes.add(size, record as ConsumedEvent);
      latencies.add(latency, record as ConsumedEvent);
      latencies.add(group.latency, record as ConsumedEvent);
      if (event?.event.type === 'metric') addMetric(event);
    },
    read: () => ({
      records,
      bytes,
      perSecond: last > first ? (records * 1000) / (last - first) : undefined,
      latency: spreadOf(latencies, latency),
      sizes: spreadOf(sizes, size),
      groups: [...groups]
        .map(([name, group]) => ({ name, ...group, latency: spreadOf(latencies, group.latency) }))
        .sort((a, b) => b.records - a.records || (a.name < b.name ? -1 : 1)),
      metrics: [...metrics]
        .map(([name, { unit, tally }]) => ({ name, unit, readings: spreadOf(readings, tally) }))
        .filter(({ readings }) => readings.count > 0)
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
      unreadable,
    }),
  };
}

const NAMES: Readonly<Record<Grouping, (row: RecordRow) => string>> = {
  event: ({ record }) => {
    const { type } = labelOf(record);
    const name = record.event?.event;
    return name === undefined ? type : `${type} · ${name}`;
  },
  type: ({ record }) => labelOf(record).type,
  shard: ({ record }) => `shard ${formatShard(record.shardId)}`,
  lane: ({ record }) => (record.event ? formatLane(record.event.rivulet.lane) : 'no lane'),
};

function spreadOf(measure: Measure<Spread>, tally: unknown): Spread {
  return measure.read(tally, 0);
}
