import type { ConsumedRecord } from '../types.ts';

export interface HandlerContext {
  readonly shardId: string;
  /** 1 at the first call with these records, one more at each further. */
  readonly attempt: number;
  /** Aborts when the consumer closes, or when the shard is another's: what is not done by then is handed out again. */
  readonly signal: AbortSignal;
}

/**
 * Does the work. Its records are of one shard, in their order, and it is called for a shard's next ones when it has
 * resolved; shards go on side by side. A rejection means that none of them is done.
 */
export type Handler = (records: readonly ConsumedRecord[], context: HandlerContext) => unknown;

/** A record that the handler has refused so often that it goes on without it. */
export interface ParkedRecord {
  readonly record: ConsumedRecord;
  readonly error: unknown;
  readonly attempts: number;
}

export interface RunOptions {
  /** Records of one call, at most. @default 100 */
  readonly batchSize?: number;
  /** Calls with the same records before they are halved, and with a single one before it is parked. @default 5 */
  readonly attempts?: number;
  /** Before the second call, in milliseconds; doubles with each further up to 30 s, with full jitter. @default 200 */
  readonly retryDelayMs?: number;
  /** A call that takes longer has failed, in milliseconds, and is told by its signal. It may be called again beside it. @default 60000 */
  readonly timeoutMs?: number;
  /**
   * Keeps what the handler refuses, so that its shard goes on; the record is done when this resolves. Without it the shard
   * waits at that record, says so in `shards()`, and tries again: nothing is ever passed over unasked.
   * @default none
   */
  readonly park?: (parked: ParkedRecord) => unknown;
  /**
   * Ends the run: `caught_up` when every shard was done up to what stood there when the run began. A shard that another
   * consumer reads is left to it, after half a minute in which its lease would have run out.
   * @default `closed`
   */
  readonly until?: 'caught_up' | 'closed';
  /** Ends the run after this long, in milliseconds: a job on a schedule. Calls under way may end. @default none */
  readonly maxMs?: number;
}

/** What a run has done when it ends. */
export interface RunReport {
  readonly handled: number;
  readonly parked: number;
  /** Calls of the handler that failed. */
  readonly failures: number;
  /** Shards that were another consumer's when it ended. */
  readonly elsewhere: number;
  /** Whether it ended because there was nothing more to do. */
  readonly isCaughtUp: boolean;
}
