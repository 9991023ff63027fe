import type { Runtime } from '../../runtime.ts';
import type { ShardFacts } from '../lineage.ts';
import type { Position, StartPosition } from '../types.ts';

/** How far a shard has been done: a position, its end, or where it begins when nothing of it has been done. */
export type Checkpoint =
  | Position
  | 'SHARD_END'
  | 'TRIM_HORIZON'
  | 'LATEST'
  /** AT_TIMESTAMP: milliseconds since 1970. */
  | { readonly atTimestamp: number };

/** What the store keeps of a shard. The words are the Kinesis Client Library's, whose lease table says the same. */
export interface Lease {
  readonly shardId: string;
  readonly parents: readonly string[];
  readonly checkpoint: Checkpoint;
  /** Who reads the shard, `undefined` while nobody does. */
  readonly owner: string | undefined;
  /** Rises with every write. One that stands still for a lease's time belongs to nobody any more, whatever `owner` says. */
  readonly counter: number;
  /** How often the owner has changed since the checkpoint last moved: where this rises, one after the other is stuck. */
  readonly switches: number;
  /** The shard's range of hash keys, decimal and inclusive. Absent where nobody has written it. */
  readonly hashKeys?: { readonly start: string; readonly end: string };
}

/** The lease as somebody has read it: a write holds only where it is still so. */
export type LeaseVersion = Pick<Lease, 'shardId' | 'owner' | 'counter'>;

/** Where leases are kept. Each call is one atomic step for all who share the store; what cannot be done rejects. */
export interface LeaseStore {
  /** Whether all who share it run in one browser and origin, so that Web Locks tell who of them lives. @default false */
  readonly isOriginBound?: boolean;
  readonly list: () => Promise<readonly Lease[]>;
  /** Resolves to false where the shard has one already. */
  readonly create: (lease: Lease) => Promise<boolean>;
  /** Resolves to false where the stored one is not `before` any more: nothing is written then. */
  readonly replace: (before: LeaseVersion, lease: Lease) => Promise<boolean>;
  /** Of a shard that the stream has forgotten. Resolves to false as `replace` does. */
  readonly remove: (before: LeaseVersion) => Promise<boolean>;
}

/** Says which shards a consumer may read, from where, and remembers what it has done. Passed in as the option `checkpoint`. */
export interface Checkpointing {
  readonly start: (host: CheckpointHost) => CheckpointSession;
}

/** What the consumer gives to its checkpoints. */
export interface CheckpointHost {
  readonly from: StartPosition;
  readonly runtime: Pick<Runtime, 'now' | 'monotonic' | 'random' | 'delay' | 'locks'>;
  /** This consumer reads the shard from now on. Not before all of its parents are done. */
  readonly granted: (shardId: string, from: Checkpoint) => void;
  /** Another one does, or nobody: what still waits of it is not handed out any more. */
  readonly revoked: (shardId: string) => void;
  /** The store's failure, which is tried again; `undefined` when it is over. For `consumer.error()`. */
  readonly failed: (message: string | undefined) => void;
}

export interface CheckpointSession {
  /** Every shard of the stream's list, whenever that is news. */
  readonly known: (shards: readonly ShardFacts[]) => void;
  /** Whether records of the shard may be handed out at this moment. Where a lease has ended unseen, `revoked` follows. */
  readonly holds: (shardId: string) => boolean;
  /** Everything of the shard up to there is done. It never goes back; it is written soon, and with `flush`. */
  readonly done: (shardId: string, upTo: Position | 'SHARD_END') => void;
  /** What the store says of the shard, for `consumer.shards()`. */
  readonly lease: (shardId: string) => Pick<Lease, 'owner' | 'checkpoint'> | undefined;
  /** Resolves when what was done is written, or is no longer this consumer's to write. Rejects with `checkpoint_failed`. */
  readonly flush: () => Promise<void>;
  /** Writes what was done, gives every shard back, and ends. Never rejects. */
  readonly end: () => Promise<void>;
}
