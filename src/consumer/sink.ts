import type { Runtime } from '../runtime.ts';
import type { ConsumedRecord, Consumer, Position } from './types.ts';

/** Where the shards' readers bring what they have read: the one loop that iterates, or the handlers of a run. */
export interface Sink {
  /**
   * Takes what one read brought of a shard, in its order, also when that is nothing. `reachedAt` is when the read was asked
   * for, less MillisBehindLatest: what arrived until then is in these records or before them; `undefined` at the shard's end,
   * where its children have the rest. Resolves when the shard may be read on. Never rejects.
   */
  readonly take: (
    shardId: string,
    records: readonly ConsumedRecord[],
    reachedAt: number | undefined,
  ) => Promise<void>;
  /** The shard was read to its end. Resolves when everything of it is done, or it was revoked. Never rejects. */
  readonly end: (shardId: string) => Promise<void>;
  /** The shard is another's: what waits of it is forgotten, what is being handled is told. */
  readonly revoke: (shardId: string) => void;
}

/** What a sink may ask of the consumer. */
export interface SinkHost {
  /** Whether records of the shard may be handed out at this moment. To be asked right before. */
  readonly holds: (shardId: string) => boolean;
  /** Everything of the shard up to there is done: also what the filter has left out. */
  readonly done: (shardId: string, upTo: Position) => void;
  /** A shard that waits for its handler says so in `shards()`; `undefined` when it goes on. */
  readonly failed: (shardId: string, message: string | undefined) => void;
  readonly filter: RecordFilter | undefined;
  /** The consumer closes. What is `done` after that, because it was under way, still counts until the sink has ended. */
  readonly signal: AbortSignal;
}

/** What a run needs beside that. */
export interface RunHost extends SinkHost {
  readonly runtime: Pick<Runtime, 'now' | 'random' | 'delay'>;
  readonly shards: Consumer['shards'];
  readonly onShards: Consumer['onShards'];
}

/** Decides about a record when it is handed out, and hears when it is done: one that was not done may come again. */
export interface RecordFilter {
  readonly isWanted: (record: ConsumedRecord) => boolean;
  readonly done: (record: ConsumedRecord) => void;
}
