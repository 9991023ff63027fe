import type { _Record as KinesisRecord } from '@aws-sdk/client-kinesis';
import { decodeAggregate, type UserRecord } from '../protocol/aggregate.ts';
import { isEventType, isLane, type StreamRecord } from '../protocol/event.ts';
import { isObject } from '../protocol/parsed.ts';
import { type HashKeyRange, hashKeyOf, isInRange, type Md5 } from '../protocol/partition-key.ts';
import type { ConsumedRecord } from './types.ts';

/** Where and when a Kinesis record was read. */
export interface ReadFrom {
  readonly shardId: string;
  readonly hashKeys: HashKeyRange;
  /** Milliseconds since 1970. */
  readonly readAt: number;
  readonly md5: Md5;
}

/** What an application wrote into a Kinesis record. Never throws, loses nothing: what is no aggregate is one record as it is. */
export function decodeRecord(record: KinesisRecord, from: ReadFrom): ConsumedRecord[] {
  const { shardId, hashKeys, readAt, md5 } = from;
  const data = record.Data ?? new Uint8Array();
  const outer = {
    shardId,
    sequenceNumber: record.SequenceNumber ?? '0',
    arrivedAt: record.ApproximateArrivalTimestamp?.getTime(),
    readAt,
  };
  const decoded = decodeAggregate(data, md5);
  if (decoded.kind === 'plain') {
    return [
      {
        ...outer,
        subSequenceNumber: 0,
        aggregateCount: undefined,
        undecoded: decoded.reason === 'no_magic' ? undefined : decoded.reason,
        // The service itself chose the shard.
        outOfRange: false,
        partitionKey: record.PartitionKey ?? '',
        data,
        event: parseEvent(data),
      },
    ];
  }
  /** Most aggregates hold one key many times. */
  let lastKey: string | undefined;
  let lastHashKey = 0n;
  const isOutside = ({ partitionKey, explicitHashKey }: UserRecord): boolean => {
    if (explicitHashKey !== undefined) {
      return !(/^\d{1,39}$/.test(explicitHashKey) && isInRange(BigInt(explicitHashKey), hashKeys));
    }
    if (partitionKey !== lastKey) lastHashKey = hashKeyOf(partitionKey, md5);
    lastKey = partitionKey;
    return !isInRange(lastHashKey, hashKeys);
  };
  return decoded.records.map((record, subSequenceNumber) => ({
    ...outer,
    subSequenceNumber,
    aggregateCount: decoded.records.length,
    undecoded: undefined,
    outOfRange: isOutside(record),
    partitionKey: record.partitionKey,
    data: record.data,
    event: parseEvent(record.data),
  }));
}

const OPENING_BRACE = 0x7b;

function parseEvent(data: Uint8Array): StreamRecord | undefined {
  if (data[0] !== OPENING_BRACE) return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(data));
    // A CloudEvent is an envelope with a record of ours in it.
    const record = isObject(value) && value.specversion === '1.0' ? value.data : value;
    return isStreamRecord(record) ? record : undefined;
  } catch {
    // Other producers write what they like.
    return undefined;
  }
}

function isStreamRecord(value: unknown): value is StreamRecord {
  if (!isObject(value) || !isObject(value.rivulet)) return false;
  const { lane, seq, source } = value.rivulet;
  return (
    isEventType(value.type) &&
    typeof value.messageId === 'string' &&
    typeof value.anonymousId === 'string' &&
    isLane(lane) &&
    Number.isSafeInteger(seq) &&
    Number(seq) > 0 &&
    typeof source === 'string'
  );
}
