import type { ConsumedRecord } from '../../../src/consumer/types.ts';
import type { StreamRecord } from '../../../src/protocol/event.ts';

export const LANE = 'k3f9aL0qXw';

/** A record of the stream, as our relay writes it. */
export function streamRecord(
  seq: number,
  change: Partial<StreamRecord> & { lane?: string } = {},
): StreamRecord {
  const { lane = LANE, ...rest } = change;
  const at = '2026-01-01T00:00:00.000Z';
  return {
    type: 'track',
    messageId: `${lane}.${seq}`,
    anonymousId: 'client-1',
    userId: null,
    event: 'Product Clicked',
    context: {},
    originalTimestamp: at,
    timestamp: at,
    sentAt: at,
    receivedAt: at,
    rivulet: { lane, seq, source: 'shop' },
    ...rest,
  };
}

/** The same as the consumer hands it out. */
export function consumed(event: StreamRecord | undefined, arrivedAt = 1000): ConsumedRecord {
  return {
    shardId: 'shardId-000000000000',
    sequenceNumber: '1',
    subSequenceNumber: 0,
    aggregateCount: undefined,
    undecoded: undefined,
    outOfRange: false,
    kclDrops: false,
    partitionKey: 'client-1',
    data: new Uint8Array(),
    arrivedAt,
    readAt: arrivedAt + 100,
    event,
  };
}
