import type { RivuletError } from '../errors.ts';
import type { DropReason, LaneRange, Priority } from '../protocol/event.ts';
import type { RejectionCode } from '../protocol/receipt.ts';

/** A run of consecutive events of one lane under one context, already serialised. */
export interface Segment extends LaneRange {
  /** Milliseconds since 1970, the client's clock, of the first event. */
  readonly createdAt: number;
  /** A `SegmentContext` as JSON text; empty where the body is sealed, which then holds it. */
  readonly context: string;
  /**
   * `count` lines of JSON joined by "\n", UTF-8, without a last newline. Never parsed again. It owns its buffer: a view
   * into a larger one would be stored with all that lies around it.
   */
  readonly body: Uint8Array<ArrayBuffer>;
  /** Absent for `normal`. */
  readonly priority?: Exclude<Priority, 'normal'>;
  /**
   * Present where the body is ciphertext, which cannot be cut: how many of its lines stand before the first event, because
   * they have been settled.
   */
  readonly sealedBefore?: number;
}

/** A segment that stands in the log. */
export interface StoredSegment extends Segment {
  /** Its place: ascending is the order of writing, across all tabs that share the log. */
  readonly id: number;
}

/** How much of the head of the log to read: whole segments, at least one, while both bounds hold. */
export interface ReadLimits {
  readonly maxEvents: number;
  readonly maxBytes: number;
}

/** How much the log may hold. */
export interface LogBounds {
  readonly maxEvents: number;
  /** As {@link LogStats.bytes} counts them. */
  readonly maxBytes: number;
  /** Segments created before are too old, on the client's clock. */
  readonly createdSince?: number | undefined;
  /** Which of the same priority go first. */
  readonly policy: DropPolicy;
}

export type DropPolicy = 'drop-oldest' | 'drop-newest';

/** A run that the log gives up, or has lost. */
export interface Surplus extends LaneRange {
  readonly reason: Extract<DropReason, 'queue_full' | 'too_old' | 'storage_lost'>;
}

/** A run that the relay refused for good. */
export interface RejectedRun extends LaneRange {
  readonly code: RejectionCode;
  readonly reason: string;
  /** Milliseconds since 1970, when the refusal came. */
  readonly at: number;
}

/** Rejected events that are kept: enough to find the fault in. */
export const MAX_REJECTED_EVENTS: number = 500;

/** A rejected run with what it held: kept for the application to look at, and sent no more. */
export interface RejectedSegment
  extends RejectedRun,
    Pick<Segment, 'context' | 'body' | 'sealedBefore'> {}

export interface LogStats {
  readonly segments: number;
  readonly events: number;
  /** Bytes of bodies, and characters of contexts. */
  readonly bytes: number;
  /** `createdAt` of the oldest segment; `undefined` where there is none. */
  readonly oldestAt?: number | undefined;
  /** Of these events, how many are in this tab's memory because the database takes no writes for now. */
  readonly inMemory: number;
}

export type Exchange = (
  key: string | number,
  next: (current: unknown) => unknown,
) => Promise<unknown>;

/** The durable queue: a log of segments, shared by every tab of the origin. */
export interface SegmentLog {
  /** `memory` as long as there is no database to be had: then the log ends with the page. */
  readonly kind: 'indexeddb' | 'memory';
  /**
   * Writes in this very turn: when the call returns, the transaction is committed, or, where it has to wait for the log,
   * the segments stand where the next page finds them. Resolves when they are on disk, or in memory because the database
   * refuses them for now: from there they go to the disk as soon as it takes them, in their order. Never rejects.
   */
  readonly append: (segments: readonly Segment[]) => Promise<void>;
  /** The oldest segments. Rejects with `storage_failed` while the database cannot be read. */
  readonly read: (limits: ReadLimits) => Promise<readonly StoredSegment[]>;
  /**
   * Deletes exactly these events, in one transaction. A segment that is covered in part keeps the rest, in its place. What
   * `rejected` covers, of the same events, moves to the rejected store, which keeps the last `MAX_REJECTED_EVENTS`.
   */
  readonly settle: (
    ranges: readonly LaneRange[],
    rejected?: readonly RejectedRun[],
  ) => Promise<void>;
  /**
   * What has to go: segments that are too old, records that cannot be read but tell their place, and of the rest, when it is
   * beyond the bounds, so much that a tenth of them is free again: the lowest priority first. Deletes nothing: the caller
   * declares it, and settles it then. Runs of one lane and reason that touch are one. While the database cannot be read,
   * only of what is in memory.
   */
  readonly surplus: (bounds: LogBounds) => Promise<readonly Surplus[]>;
  readonly stats: () => Promise<LogStats>;
  /** Oldest first. */
  readonly rejected: () => Promise<readonly RejectedSegment[]>;
  /** Deletes everything: segments, rejected ones, values. Resolves to the number of events that were queued. */
  readonly clear: () => Promise<number>;
  /**
   * Small values that live beside the log, such as the session: what is there under the key, or `undefined`, is given to
   * `next`, which answers in one step for all tabs what is there from then on. Resolves to that. The keys 0 and 1 are taken.
   */
  readonly exchange: Exchange;
  /** Lets go of the database when what was asked for is done. A later call would open it again. */
  readonly close: () => void;
}

/** What makes segments unreadable on disk. `seal` and `open` reject where the bytes or the key are not right. */
export interface Cipher {
  readonly seal: (plain: Uint8Array<ArrayBuffer>) => Promise<Uint8Array<ArrayBuffer>>;
  readonly open: (sealed: Uint8Array<ArrayBuffer>) => Promise<Uint8Array<ArrayBuffer>>;
  /** Stores the key again where it is gone: somebody has cleared the log since. Never rejects. */
  readonly keep: () => Promise<void>;
}

/** Stands between a client and its log: seals what is written, opens what is read. A client without one carries none of it. */
export type LogCipher = (log: SegmentLog, setting: LogCipherSetting) => SegmentLog;

export interface LogCipherSetting {
  /** Absent where there is no secure context: then nothing can be sealed. */
  readonly subtle: SubtleCrypto | undefined;
  /** Takes what cannot be sealed: nothing is written in plain instead. */
  readonly memory: () => SegmentLog;
  /** Hears `storage_unavailable` when nothing can be sealed, and `storage_corrupt` when something cannot be opened. */
  readonly onError: (error: RivuletError) => void;
  /** Where events wait from now on. */
  readonly onChange: (state: {
    readonly kind: SegmentLog['kind'];
    readonly inMemory: number;
  }) => void;
}
