/** What AWS Lambda and Amazon Data Firehose call a function with, as far as it is read, and what they take for an answer. */

/** docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html */
export interface KinesisEventData {
  readonly partitionKey: string;
  readonly sequenceNumber: string;
  /** base64 */
  readonly data: string;
  /** Seconds since 1970, with a fraction. */
  readonly approximateArrivalTimestamp?: number;
}

export interface KinesisEventRecord {
  /** `shardId-000000000006:49590338271490256608559692538361571095921575989136588898` */
  readonly eventID: string;
  readonly eventSourceARN?: string;
  readonly kinesis: KinesisEventData;
}

/** A batch of records of one shard, in their order. */
export interface KinesisEvent {
  readonly Records: readonly KinesisEventRecord[];
}

/** What a pipe of EventBridge hands to a function: docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-kinesis.html */
export type KinesisPipeEvent = readonly (Omit<KinesisEventRecord, 'kinesis'> & KinesisEventData)[];

/** The part of a function's context that is used. */
export interface LambdaContext {
  readonly getRemainingTimeInMillis?: () => number;
}

/**
 * From which Kinesis record on Lambda is to try again; nothing when all are done.
 * docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
 */
export interface KinesisBatchResponse {
  batchItemFailures: { itemIdentifier: string }[];
}

/** A batch of a tumbling window: docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html */
export interface KinesisWindowEvent extends KinesisEvent {
  /** ISO 8601. */
  readonly window: { readonly start: string; readonly end: string };
  /** What the function answered with before, in the same window of the same shard. Empty at first. */
  readonly state?: unknown;
  readonly shardId?: string;
  /** No further batch follows: the state is what the window has come to. */
  readonly isFinalInvokeForWindow?: boolean;
  /** The state has outgrown 1 MB: this window goes on with an empty one. */
  readonly isWindowTerminatedEarly?: boolean;
}

export interface KinesisWindowResponse<State> extends KinesisBatchResponse {
  state: State;
}

/** docs.aws.amazon.com/firehose/latest/dev/data-transformation.html */
export interface FirehoseEvent {
  readonly records: readonly FirehoseEventRecord[];
}

export interface FirehoseEventRecord {
  readonly recordId: string;
  /** base64 */
  readonly data: string;
  /** Milliseconds since 1970. */
  readonly approximateArrivalTimestamp?: number;
  /** Where the source is a stream of Kinesis. */
  readonly kinesisRecordMetadata?: {
    readonly shardId: string;
    readonly partitionKey: string;
    readonly sequenceNumber: string;
    /** Of a record that Firehose took out of an aggregate. Some samples have an empty text for none. */
    readonly subsequenceNumber?: number | string;
    /** Milliseconds since 1970; ISO 8601 in some samples. */
    readonly approximateArrivalTimestamp?: number | string;
  };
}

/** docs.aws.amazon.com/firehose/latest/dev/data-transformation-status-model.html */
export interface FirehoseResponseRecord {
  recordId: string;
  result: 'Ok' | 'Dropped' | 'ProcessingFailed';
  /** base64 */
  data?: string;
  /** For dynamic partitioning. */
  metadata?: { partitionKeys: Readonly<Record<string, string>> };
}

export interface FirehoseResponse {
  records: FirehoseResponseRecord[];
}
