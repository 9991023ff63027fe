import type { PlainReason } from '../protocol/aggregate.ts';
import type { Declaration } from '../protocol/drop.ts';
import type { LaneRange, StreamRecord } from '../protocol/event.ts';
import type { HashKeyRange } from '../protocol/partition-key.ts';
import type { Checkpoint } from './checkpoint/types.ts';
import type { LedgerSnapshot } from './ledger/snapshot.ts';
import type { Handler, RunOptions, RunReport } from './run/types.ts';

/** Where reading begins, for every shard that exists then. Children of a resharding are read from their own beginning. */
export type StartPosition =
  | 'TRIM_HORIZON'
  | 'LATEST'
  /** AT_TIMESTAMP: milliseconds since 1970. */
  | { readonly atTimestamp: number }
  /** AFTER_SEQUENCE_NUMBER by shard id. Shards that are not named begin at TRIM_HORIZON. */
  | { readonly afterSequenceNumbers: Readonly<Record<string, string>> };

/** A place in a shard. Sequence numbers are decimal text of up to 129 digits, compared as numbers. */
export interface Position {
  readonly sequenceNumber: string;
  /** 0, 1, 2 … inside an aggregate, 0 otherwise: (sequence number, sub-sequence number) orders a shard. */
  readonly subSequenceNumber: number;
}

/** One record as an application wrote it: a Kinesis record, or one of the records inside an aggregate. */
export interface ConsumedRecord extends Position {
  readonly shardId: string;
  /** Records in the aggregate this one came in, or `undefined` for a record of its own. */
  readonly aggregateCount: number | undefined;
  /** That aggregate, the Kinesis record as it came: one object for all of its records. Absent from a record of its own. */
  readonly aggregate?: { readonly partitionKey: string; readonly data: Uint8Array };
  /** Why data with an aggregate's magic number was taken as it is. */
  readonly undecoded: Exclude<PlainReason, 'no_magic'> | undefined;
  /** The key hashes outside its shard: its producer was mistaken, or the stream was resharded meanwhile. */
  readonly outOfRange: boolean;
  /** A key of its aggregate is out of range: the Kinesis Client Library silently drops the whole aggregate. */
  readonly kclDrops: boolean;
  readonly partitionKey: string;
  /** A view of its aggregate's memory, all of which lives as long: who keeps one of many for long keeps `data.slice()`, without the record. */
  readonly data: Uint8Array;
  /** ApproximateArrivalTimestamp, milliseconds since 1970. */
  readonly arrivedAt: number | undefined;
  /** When this consumer got it, milliseconds since 1970. */
  readonly readAt: number;
  /** The data as one of our events, when it is one of at most 1 MiB, or a CloudEvent that holds one. */
  readonly event: StreamRecord | undefined;
}

/** A record that holds an event. */
export interface ConsumedEvent extends ConsumedRecord {
  readonly event: StreamRecord;
}

/**
 * - `waiting`: its parents are not done yet
 * - `elsewhere`: another consumer that shares the checkpoints reads it, or will
 * - `reading`: behind the end, catching up
 * - `live`: at the end
 * - `closed`: read to its end after a split or a merge
 * - `failed`: reads or the handler fail; tried again, `error` says why
 * - `skipped`: never read, because it has none of the consumer's `hashKeys`
 */
export type ShardStatus =
  | 'waiting'
  | 'elsewhere'
  | 'reading'
  | 'live'
  | 'closed'
  | 'failed'
  | 'skipped';

/**
 * What sets the pace of a shard's reads:
 * - `budget`: as fast as `readsPerSecond` allows
 * - `idle`: nothing came for a while, so it is asked more seldom
 * - `throttled`: the service refused a read, which counts for every reader of the shard
 * - `hidden`: nobody sees the page, so it is not read
 * - `full`: what was read before waits to be pulled or handled
 */
export type ReadPace = 'budget' | 'idle' | 'throttled' | 'hidden' | 'full';

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
  /** When the last read that was answered was asked for. It changes together with `millisBehindLatest`, never before it. */
  readonly lastReadAt: number | undefined;
  /** Whether everything that was read is done: nothing of it waits to be pulled, or is being handled. */
  readonly isDrained: boolean;
  /** When a record came last, or the shard's end was reached: lag that grows while this stands still is a stuck reader. */
  readonly lastProgressAt: number | undefined;
  readonly pace: ReadPace;
  /** GetRecords calls so far, and how many of them were throttled. */
  readonly reads: number;
  readonly throttledReads: number;
  /** Up to where it is done, as the store of checkpoints knows it. `undefined` without one. */
  readonly checkpoint: Checkpoint | undefined;
  /** Which of the consumers that share the checkpoints reads it. `undefined` without one. */
  readonly owner: string | undefined;
  /** What may be missing for good, and why: the stream keeps a record no longer than its retention. */
  readonly loss: string | undefined;
  readonly error: string | undefined;
}

/**
 * Reads every shard of a stream, in one of three ways: as records by iterating it, as events by iterating `events()`, or by
 * a handler with `run`. A second way, or a second loop, is refused.
 *
 * With `checkpoint`, a record that was pulled is done when the next one is asked for: a loop that is left, or that throws,
 * gets its last record again the next time.
 */
export interface Consumer extends AsyncIterable<ConsumedRecord> {
  /** The records that hold events; the others are passed over. */
  readonly events: () => AsyncIterable<ConsumedEvent>;
  /** Hands every record to the handler, at least once. Resolves when the run ends; rejects where an option is wrong. */
  readonly run: (handler: Handler, options?: RunOptions) => Promise<RunReport>;
  /** Every shard seen so far, by its hash keys, parents before children. */
  readonly shards: () => readonly ShardState[];
  /** Why shards cannot be listed or checkpoints not be kept, `undefined` once they are. It is tried again. */
  readonly error: () => string | undefined;
  /** Calls after a change of any shard's state; the answer stops it. */
  readonly onShards: (listener: () => void) => () => void;
  /** Resolves when the checkpoints of what is done are written. Without `checkpoint` at once. */
  readonly flush: () => Promise<void>;
  /** Idempotent. Ends the iteration or the run. Resolves when checkpoints are written and shards given back. Never rejects. */
  readonly close: () => Promise<void>;
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
  /** Events that arrived longer after their own time than `lateAfterMs`: they were captured offline, or waited somewhere. */
  readonly late: number;
  /** Events that `drop` events declare as left out on purpose, and that did not arrive. */
  readonly dropped: number;
  /** The same by reason: the first that was declared. Reasons that never came are absent. */
  readonly droppedBy: Readonly<Partial<Record<Declaration['reason'], number>>>;
  /** Events below the highest number that neither arrived nor were declared. */
  readonly missing: number;
  readonly gaps: readonly LaneRange[];
  /** The number that the account begins with: 1, unless the reading began in the middle of the lane. */
  readonly first: number;
  /** From `first` to this number nothing is missing. One less than `first` where that is. */
  readonly completeTo: number;
  /** The highest number that arrived or was declared: whether there are others above it, the stream does not know. */
  readonly highest: number;
  readonly lastAt: number;
}

export type LedgerTotals = Omit<
  LaneAccount,
  'lane' | 'client' | 'gaps' | 'first' | 'completeTo' | 'highest' | 'lastAt'
> & {
  /** All that came: one that was forgotten and comes again is counted again. */
  readonly lanes: number;
  /** Lanes with something missing. */
  readonly incomplete: number;
  /** Lanes whose account begins in the middle: what came before is nobody's to tell. */
  readonly partial: number;
  /** Lanes of which only the sums are kept, see `maxLanes`. */
  readonly forgotten: number;
};

/** What the record turned out to be in its lane. */
export type LedgerVerdict = 'new' | 'duplicate' | 'out_of_order' | 'not_ours';

export interface Ledger {
  readonly add: (record: ConsumedRecord) => LedgerVerdict;
  /** Latest first. */
  readonly lanes: () => readonly LaneAccount[];
  readonly lane: (lane: string) => LaneAccount | undefined;
  /** At no cost: it is kept, not summed up. */
  readonly totals: () => LedgerTotals;
  /** With `consumer.shards()` it is about the whole stream, without it about what was read of it. */
  readonly summary: (shards?: readonly ShardState[]) => LedgerSummary;
  /** The whole account as JSON, for the option `from` of another ledger that goes on with it. */
  readonly snapshot: () => LedgerSnapshot;
}

/** The answer to "is anything missing?". */
export interface LedgerSummary {
  /** Something arrived, nothing is missing, and every shard that was given is read to its end. */
  readonly isComplete: boolean;
  /**
   * Every event that was captured until then, by any lane that is known, has arrived or was declared: milliseconds since
   * 1970, on the relay's clock. `undefined` where nothing has arrived, where a lane lacks its first events, which nobody can
   * date, and while nothing of a shard is read. What a client still holds nobody can know but it.
   */
  readonly completeUpTo: number | undefined;
  readonly missing: number;
  /** For people: what it says, and what to do. */
  readonly text: string;
}
