import type { KinesisFunction } from '../../src/lambda/handle-kinesis.ts';
import type { KinesisEvent, KinesisEventRecord, LambdaContext } from '../../src/lambda/types.ts';

export interface KinesisData {
  readonly data: Uint8Array;
  readonly partitionKey?: string;
}

export const SHARD = 'shardId-000000000006';
const FIRST = 49680415636538479007899716553747351596361475043765518330n;

/** The number of the record at this place of the shard. */
export function sequenceNumberAt(index: number): string {
  return `${FIRST + BigInt(index)}`;
}

/** An event of AWS Lambda with these records of a shard, of which the first has this place. */
export function eventOf(records: readonly KinesisData[], from = 0): KinesisEvent {
  return {
    Records: records.map(
      ({ data, partitionKey = 'client-1' }, index): KinesisEventRecord => ({
        eventID: `${SHARD}:${sequenceNumberAt(from + index)}`,
        eventSourceARN: 'arn:aws:kinesis:eu-central-1:123456789012:stream/clickstream',
        kinesis: {
          partitionKey,
          sequenceNumber: sequenceNumberAt(from + index),
          data: Buffer.from(data).toString('base64'),
          approximateArrivalTimestamp: 1767225600.123,
        },
      }),
    ),
  };
}

export interface Mapping {
  readonly batchSize: number;
  /** The function, in the instance that Lambda takes for this call. */
  readonly instance: () => KinesisFunction;
  readonly context?: () => LambdaContext;
  /** Calls, at most: a test that fails must end. */
  readonly maxCalls: number;
}

/**
 * Reads a shard as an event source mapping with ReportBatchItemFailures does: on from the lowest number that is reported, the
 * batch from its beginning after an error. Answers with how many records it has passed.
 */
export async function readShard(
  shard: readonly KinesisData[],
  { batchSize, instance, context, maxCalls }: Mapping,
): Promise<number> {
  let at = 0;
  for (let call = 0; call < maxCalls && at < shard.length; call++) {
    const batch = shard.slice(at, at + batchSize);
    try {
      const { batchItemFailures } = await instance()(eventOf(batch, at), context?.());
      const reported = batchItemFailures.map(({ itemIdentifier }) => BigInt(itemIdentifier));
      if (reported.some((number) => number < FIRST + BigInt(at))) {
        throw new Error('expected a number of the batch');
      }
      const [lowest] = reported.sort((one, other) => (one < other ? -1 : 1));
      at = lowest === undefined ? at + batch.length : Number(lowest - FIRST);
    } catch {
      // It brings the same batch again.
    }
  }
  return at;
}
