import type { LaneRange } from '../protocol/event.ts';

/** A run of consecutive events of one lane under one context, already serialised. */
export interface Segment extends LaneRange {
  /** Milliseconds since 1970, the client's clock, of the first event. */
  readonly createdAt: number;
  /** A `SegmentContext` as JSON text. */
  readonly context: string;
  /**
   * `count` lines of JSON joined by "\n", UTF-8, without a last newline. Never parsed again. It owns its buffer: a view
   * into a larger one would be stored with all that lies around it.
   */
  readonly body: Uint8Array<ArrayBuffer>;
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

export interface LogStats {
  readonly segments: number;
  readonly events: number;
  /** Bytes of bodies, and characters of contexts. */
  readonly bytes: number;
  /** `createdAt` of the oldest segment; `undefined` where there is none. */
  readonly oldestAt?: number | undefined;
}

/** The durable queue: a log of segments, shared by every tab of the origin. */
export interface SegmentLog {
  /** Certain when the first call has been answered: a database that cannot be opened is replaced by memory. */
  readonly kind: 'indexeddb' | 'memory';
  /**
   * Writes in this very turn: when the call returns, the transaction is committed, or, where it has to wait for the log,
   * the segments stand where the next page finds them. Resolves when they are on disk. Rejects with `storage_failed` when none of them is: they are
   * the caller's again.
   */
  readonly append: (segments: readonly Segment[]) => Promise<void>;
  /** The oldest segments. */
  readonly read: (limits: ReadLimits) => Promise<readonly StoredSegment[]>;
  /** Deletes exactly these events, in one transaction. A segment that is covered in part keeps the rest, in its place. */
  readonly settle: (ranges: readonly LaneRange[]) => Promise<void>;
  readonly stats: () => Promise<LogStats>;
  /** Small values that live beside the log, such as the session. */
  readonly getValue: (key: string) => Promise<unknown>;
  readonly setValue: (key: string, value: unknown) => Promise<unknown>;
  /** Lets go of the database when what was asked for is done. A later call would open it again. */
  readonly close: () => void;
}
