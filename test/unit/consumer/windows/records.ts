import type { ConsumedEvent } from '../../../../src/consumer/types.ts';
import type { ShardProgress } from '../../../../src/consumer/windows/types.ts';
import type { Properties, StreamRecord } from '../../../../src/protocol/event.ts';
import { consumed, streamRecord } from '../event.ts';

/** A round minute, so that times in tests are short numbers after it. */
export const START: number = Date.UTC(2026, 0, 1);

export interface RecordFields {
  /** Milliseconds after the start. */
  readonly at?: number;
  /** The same, of its arrival. @default `at` */
  readonly arrivedAt?: number;
  readonly shardId?: string;
  readonly properties?: Properties;
  readonly event?: Partial<StreamRecord>;
}

let seq = 0;

export function record(fields: RecordFields = {}): ConsumedEvent {
  const { at = 0, arrivedAt = at, shardId = 'shardId-000000000000', properties, event } = fields;
  const timestamp = new Date(START + at).toISOString();
  seq++;
  return {
    ...consumed(undefined, START + arrivedAt),
    shardId,
    readAt: START + arrivedAt,
    event: streamRecord(seq, { timestamp, ...(properties && { properties }), ...event }),
  };
}

/** An event of `client.metric`. */
export function metricRecord(event: string, properties: Properties): ConsumedEvent {
  return record({ event: { type: 'metric', event, properties } });
}

/** A shard that is at the end, and was read at this moment. */
export function shard(change: Partial<ShardProgress> = {}): ShardProgress {
  return {
    shardId: 'shardId-000000000000',
    parents: [],
    status: 'live',
    isDrained: true,
    lastReadAt: START,
    millisBehindLatest: 0,
    ...change,
  };
}
