import type { _Record as KinesisRecord } from '@aws-sdk/client-kinesis';
import { decodeAggregate, type UserRecord } from '../protocol/aggregate.ts';
import { isEventType, isLane, type StreamRecord } from '../protocol/event.ts';
import { MAX_RECORD_BYTES } from '../protocol/limits.ts';
import { isObject } from '../protocol/parsed.ts';
import { type HashKeyRange, hashKeyOf, isInRange, type Md5 } from '../protocol/partition-key.ts';
import { md5 as anyMd5 } from './md5.ts';
import type { ConsumedRecord } from './types.ts';

/** Where and when a Kinesis record was read. */
export interface ReadFrom {
  readonly shardId: string;
  /** The shard's own. `undefined` where nobody tells them, as in AWS Lambda: then no record is known to be out of range. */
  readonly hashKeys: HashKeyRange | undefined;
  /** Milliseconds since 1970. */
  readonly readAt: number;
  /** @default the platform's, or one in JavaScript */
  readonly md5?: Md5;
}

/**
 * What an application wrote into a Kinesis record: the records of an aggregate, or the record itself. Never throws and loses
 * nothing: what is no whole, valid aggregate is one record as it is, and says why in `undecoded`.
 */
export function decodeRecord(record: KinesisRecord, from: ReadFrom): ConsumedRecord[] {
  const { shardId, hashKeys, readAt, md5 = anyMd5 } = from;
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
        kclDrops: false,
        partitionKey: record.PartitionKey ?? '',
        data,
        event: parseEvent(data),
      },
    ];
  }
  const { records } = decoded;
  const aggregate = { partitionKey: record.PartitionKey ?? '', data };
  const outside = hashKeys && whichAreOutside(records, hashKeys, md5);
  const kclDrops = outside?.includes(true) === true;
  return records.map(({ partitionKey, data }, subSequenceNumber) => ({
    ...outer,
    subSequenceNumber,
    aggregateCount: records.length,
    aggregate,
    undecoded: undefined,
    outOfRange: outside?.[subSequenceNumber] === true,
    kclDrops,
    partitionKey,
    data,
    event: parseEvent(data),
  }));
}

function whichAreOutside(
  records: readonly UserRecord[],
  hashKeys: HashKeyRange,
  md5: Md5,
): readonly boolean[] {
  /** Aggregates hold few keys, each many times. */
  const known = new Map<string, boolean>();
  return records.map(({ partitionKey, explicitHashKey }) => {
    if (explicitHashKey !== undefined) {
      return !(/^\d{1,39}$/.test(explicitHashKey) && isInRange(BigInt(explicitHashKey), hashKeys));
    }
    const isOutside = known.get(partitionKey) ?? !isInRange(hashKeyOf(partitionKey, md5), hashKeys);
    known.set(partitionKey, isOutside);
    return isOutside;
  });
}

const OPENING_BRACE = 0x7b;

/** Kept: to make one takes as long as to read a short event. */
let text: TextDecoder | undefined;

/** One of our events as JSON, or the one in a CloudEvent. */
export function parseEvent(data: Uint8Array): StreamRecord | undefined {
  // No event that a relay took comes near: ten times as much JSON of somebody else's would hold up the page that reads it.
  if (data[0] !== OPENING_BRACE || data.length > MAX_RECORD_BYTES) return undefined;
  text ??= new TextDecoder();
  try {
    const value: unknown = JSON.parse(text.decode(data));
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
