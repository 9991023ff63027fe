import { decodeRecord } from '../consumer/decode.ts';
import type { ConsumedRecord } from '../consumer/types.ts';
import { RivuletError } from '../errors.ts';
import { isObject } from '../protocol/parsed.ts';
import { platformRuntime } from '../runtime.ts';
import { decodeBase64 } from './base64.ts';
import type { FirehoseEventRecord, KinesisEvent, KinesisPipeEvent } from './types.ts';

/**
 * The records that applications wrote, out of what AWS Lambda or a pipe of EventBridge hands to a function: neither takes
 * aggregates apart. Nobody tells a function the range of its shard, so `outOfRange` and `kclDrops` are always false.
 * @param readAt Milliseconds since 1970.
 * @throws RivuletError `invalid_option` where it is no event of Kinesis.
 */
export function decodeKinesisEvent(
  event: KinesisEvent | KinesisPipeEvent,
  readAt: number = platformRuntime().now(),
): ConsumedRecord[] {
  return recordsOf(event).flatMap((record, index) => {
    const kinesis = isObject(record) && isObject(record.kinesis) ? record.kinesis : record;
    const eventId = isObject(record) ? record.eventID : undefined;
    if (
      !isObject(kinesis) ||
      typeof eventId !== 'string' ||
      typeof kinesis.data !== 'string' ||
      typeof kinesis.sequenceNumber !== 'string'
    ) {
      throw notOfKinesis(`record ${index} without an eventID, data and a sequence number`);
    }
    const { approximateArrivalTimestamp: seconds } = kinesis;
    return decodeRecord(
      {
        Data: decodeBase64(kinesis.data),
        PartitionKey: String(kinesis.partitionKey ?? ''),
        SequenceNumber: kinesis.sequenceNumber,
        ...(typeof seconds === 'number' && {
          // A fraction of a second has more digits than its number keeps.
          ApproximateArrivalTimestamp: new Date(Math.round(seconds * 1000)),
        }),
      },
      { shardId: eventId.split(':', 1)[0] ?? '', hashKeys: undefined, readAt },
    );
  });
}

/**
 * The records in one record that Amazon Data Firehose hands to a function. Firehose takes aggregates of a stream apart before,
 * so that it is one; what was put to Firehose as an aggregate comes here as its records.
 */
export function decodeFirehoseRecord(
  record: FirehoseEventRecord,
  readAt: number = platformRuntime().now(),
): ConsumedRecord[] {
  if (!isObject(record) || typeof record.data !== 'string') {
    throw new RivuletError('invalid_option', 'event: expected records of Firehose, got others');
  }
  const { data, approximateArrivalTimestamp, kinesisRecordMetadata: metadata } = record;
  const arrivedAt = metadata?.approximateArrivalTimestamp ?? approximateArrivalTimestamp;
  const decoded = decodeRecord(
    {
      Data: decodeBase64(data),
      PartitionKey: metadata?.partitionKey,
      SequenceNumber: metadata?.sequenceNumber,
      ...(arrivedAt !== undefined && { ApproximateArrivalTimestamp: new Date(arrivedAt) }),
    },
    { shardId: metadata?.shardId ?? '', hashKeys: undefined, readAt },
  );
  const subSequenceNumber = Number(metadata?.subsequenceNumber) || 0;
  const [only, ...others] = decoded;
  return only && others.length === 0 ? [{ ...only, subSequenceNumber }] : decoded;
}

function recordsOf(event: unknown): readonly unknown[] {
  const records = isObject(event) ? event.Records : event;
  if (!Array.isArray(records)) throw notOfKinesis(typeof event);
  return records;
}

function notOfKinesis(got: string): RivuletError {
  return new RivuletError('invalid_option', `event: expected records of Kinesis, got ${got}`);
}
