import type { PlainReason } from '../protocol/aggregate.ts';
import type { Declaration } from '../protocol/drop.ts';
import type { LaneRange, StreamRecord } from '../protocol/event.ts';
import type { HashKeyRange } from '../protocol/partition-key.ts';

/** Where reading begins, for every shard that exists then. Children of a resharding are read from their own beginning. */
export type StartPosition =
  | 'TRIM_HORIZON'
  | 'LATEST'
  /** AT_TIMESTAMP: milliseconds since 1970. */
  | { readonly atTimestamp: number }
  /** AFTER_SEQUENCE_NUMBER by shard id. Shards that are not named begin at TRIM_HORIZON. */
  | { readonly afterSequenceNumbers: Readonly<Record<string, string>> };

/** One record as an application wrote it: a Kinesis record, or one of the records inside an aggregate. */
export interface ConsumedRecord {
  readonly shardId: string;
  readonly sequenceNumber: string;
  /** 0, 1, 2 … inside an aggregate, 0 otherwise: (sequence number, sub-sequence number) orders a shard. */
  readonly subSequenceNumber: number;
  /** Records in the aggregate this one came in, or `undefined` for a record of its own. */
  readonly aggregateCount: number | undefined;
  /** Why data with an aggregate's magic number was taken as it is. */
  readonly undecoded: Exclude<PlainReason, 'no_magic'> | undefined;
  /** The key hashes outside its shard: the Kinesis Client Library silently drops the whole aggregate. */
  readonly outOfRange: boolean;
  readonly partitionKey: string;
  readonly data: Uint8Array;
  /** ApproximateArrivalTimestamp, milliseconds since 1970. */
  readonly arrivedAt: number | undefined;
  /** When this consumer got it, milliseconds since 1970. */
  readonly readAt: number;
  /** The data as one of our events, when it is one, or a CloudEvent that holds one. */
  readonly event: StreamRecord | undefined;
}

/**
 * - `waiting`: its parents are not drained yet
 * - `reading`: behind the end, catching up
 * - `live`: at the end
 * - `closed`: read to its end after a split or a merge
 * - `failed`: reads fail; tried again, `error` says why
 */
export type ShardStatus = 'waiting' | 'reading' | 'live' | 'closed' | 'failed';

export interface ShardState {
  readonly shardId: string;
  /** None, one after a split, two after a merge. */
  readonly parents: readonly string[];
  readonly hashKeys: HashKeyRange;
  readonly status: ShardStatus;
  /** The service's own figure, `undefined` before the first read. */
  readonly millisBehindLatest: number | undefined;
  /** Application records and data bytes read so far. */
  readonly records: number;
  readonly bytes: number;
  readonly lastSequenceNumber: string | undefined;
  readonly lastReadAt: number | undefined;
  readonly error: string | undefined;
}

/** Reads every shard of a stream. Iterate it once; leaving the loop closes it. */
export interface Consumer extends AsyncIterable<ConsumedRecord> {
  /** Every shard seen so far, by its hash keys, parents before children. */
  readonly shards: () => readonly ShardState[];
  /** Why the stream's shards could not be listed, `undefined` once they are. It is tried again. */
  readonly error: () => string | undefined;
  /** Calls after a change of any shard's state; the answer stops it. */
  readonly onShards: (listener: () => void) => () => void;
  /** Idempotent. Ends the iteration. */
  readonly close: () => void;
}

/** The account of one lane. */
export interface LaneAccount {
  readonly lane: string;
  /** The client id of its first record. */
  readonly client: string;
  /** Distinct events. */
  readonly received: number;
  /** Further copies of events that were received before. */
  readonly duplicates: number;
  /** First arrivals with a lower number than one before them. */
  readonly outOfOrder: number;
  /** Events that `drop` events declare as left out on purpose, and that did not arrive. */
  readonly dropped: number;
  /** The same by reason: the first that was declared. Reasons that never came are absent. */
  readonly droppedBy: Readonly<Partial<Record<Declaration['reason'], number>>>;
  /** Events below the highest number that neither arrived nor were declared. */
  readonly missing: number;
  readonly gaps: readonly LaneRange[];
  /** The highest number that arrived. */
  readonly highest: number;
  readonly lastAt: number;
}

export type LedgerTotals = Omit<LaneAccount, 'lane' | 'client' | 'gaps' | 'highest' | 'lastAt'> & {
  readonly lanes: number;
};

/** What the record turned out to be in its lane. */
export type LedgerVerdict = 'new' | 'duplicate' | 'out_of_order' | 'not_ours';

export interface Ledger {
  readonly add: (record: ConsumedRecord) => LedgerVerdict;
  /** Latest first. */
  readonly lanes: () => readonly LaneAccount[];
  readonly lane: (lane: string) => LaneAccount | undefined;
  readonly totals: () => LedgerTotals;
}
