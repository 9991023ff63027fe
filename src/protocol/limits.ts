/** Every bound that client, relay and consumer agree on. Bytes are UTF-8 bytes, times are milliseconds. */

/** Events in one batch, by default and at most: the number of entries one PutRecords call may hold. */
export const MAX_BATCH_EVENTS: number = 500;

/** Bytes of one batch before gzip, by default: two batches fit the relay's memory even when a stream is slow. */
export const DEFAULT_BATCH_BYTES: number = 512 * 1024;

/** Bytes of one batch after gunzip, at most. The relay refuses more with `too_large`. */
export const MAX_BATCH_BYTES: number = 1024 * 1024;

/** Bytes of one request body as it travels, at most: compressed or not. */
export const MAX_WIRE_BYTES: number = 1024 * 1024;

/** Bytes of one serialised event, at most. */
export const MAX_EVENT_BYTES: number = 256 * 1024;

/** Bytes of one segment's context line, at most: page, screen, campaign and identity fit many times over. */
export const MAX_CONTEXT_BYTES: number = 16 * 1024;

/** Levels of nesting in one event, the event object itself being level 1. */
export const MAX_EVENT_DEPTH: number = 32;

/** Keys of all objects in one event: what a page names by hand, many times over, and no dictionary that fills a memory. */
export const MAX_EVENT_KEYS: number = 5000;

/** Ranges in one `drop` event, at most: the event stays far below its own bound. */
export const MAX_DROP_RANGES: number = 1000;

/** Products in one `erase` event, at most: each is a call of its own for whoever carries it out. */
export const MAX_ERASE_PRODUCTS: number = 100;

/** Characters of an event's name, at most. */
export const MAX_NAME_LENGTH: number = 200;

/** How far `sentAt` may be from the relay's clock. Measured against the time of sending: events may be days old. */
export const MAX_CLOCK_SKEW_MS: number = 5 * 60_000;

/** The life of a session token. Short enough to revoke by waiting, long enough for one call an hour. */
export const SESSION_LIFE_MS: number = 60 * 60_000;

/** Partition key length in Unicode characters: docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecordsRequestEntry.html */
export const MAX_PARTITION_KEY_CHARACTERS: number = 256;

/** Entries of one PutRecords call: docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html */
export const MAX_PUT_ENTRIES: number = 500;

/**
 * Bytes of one PutRecords call, partition keys included. The API takes 10 MiB since large records were launched;
 * 5 MiB is what every region, older emulator and proxy accepts.
 */
export const MAX_PUT_BYTES: number = 5 * 1024 * 1024;

/** Bytes of one record, data and partition key, on a stream that was not raised: docs.aws.amazon.com/streams/latest/dev/large-records.html */
export const MAX_RECORD_BYTES: number = 1024 * 1024;

/** The same on a stream that was raised as far as it goes: docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateMaxRecordSize.html */
export const MAX_LARGE_RECORD_BYTES: number = 10 * 1024 * 1024;

/** Bytes of one batch without a signature: what a page may send as it ends. */
export const MAX_BEACON_BYTES: number = 64 * 1024;

/**
 * Bytes of one aggregate by default. A batch of one client then goes in one call, where two would have to wait for each
 * other; a quarter of what a shard takes in a second. PUT payload units are counted by bytes, and do not change with it.
 */
export const DEFAULT_AGGREGATE_BYTES: number = 256 * 1024;

/** What a provisioned stream bills of each record, begun ones too: 25 KB (aws.amazon.com/kinesis/data-streams/pricing). */
export const PUT_PAYLOAD_UNIT_BYTES: number = 25 * 1024;

/** Write limits of one shard, per second: docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html */
export const SHARD_WRITE_BYTES_PER_SECOND: number = 1024 * 1024;
export const SHARD_WRITE_RECORDS_PER_SECOND: number = 1000;

/** GetRecords calls per shard and second, shared by every reader of the shard (same document). */
export const SHARD_READ_CALLS_PER_SECOND: number = 5;

/** Bytes that a shard gives per second to all of its readers: docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html */
export const SHARD_READ_BYTES_PER_SECOND: number = 2 * 1024 * 1024;

/** A shard iterator expires after this long: docs.aws.amazon.com/kinesis/latest/APIReference/API_GetShardIterator.html */
export const SHARD_ITERATOR_LIFE_MS: number = 5 * 60_000;
