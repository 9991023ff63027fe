import { isLater } from './plan.ts';
import type { Checkpoint, Lease, LeaseStore } from './types.ts';

/** A time on both clocks: one of them may stand still while the machine sleeps, the other may be set. */
export interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

/** A lease that is this consumer's in the store, as far as it knows. */
export interface Holding {
  readonly shardId: string;
  readonly lease: () => Lease;
  /** When the last write that held was begun: its time runs from there, for everybody. */
  readonly since: () => Moment;
  readonly done: () => Checkpoint;
  /** Remembers what is done, for the next write. It never goes back. */
  readonly advance: (upTo: Checkpoint) => void;
  /** Whether more is done than is written. */
  readonly isAhead: () => boolean;
  /** Whether a write is under way. */
  readonly isBusy: () => boolean;
  /** Writes what is done, and with it renews. One write after the other. False where the store has something else. */
  readonly write: (owner: string, isGivenBack: boolean) => Promise<boolean>;
  /** Takes over what the store says: our own write whose answer was lost, or the last word of who read before. */
  readonly adopt: (stored: Lease) => void;
  /** Whether none of our own writes can have made it. */
  readonly isForeign: (stored: Lease) => boolean;
}

export interface HoldingSource {
  /** As it stands in the store. */
  readonly lease: Lease;
  readonly since: Moment;
  readonly now: () => Moment;
  readonly replace: LeaseStore['replace'];
}

export function createHolding(source: HoldingSource): Holding {
  const { shardId } = source.lease;
  let { lease, since } = source;
  let done = lease.checkpoint;
  let tried = lease.counter;
  let writing: Promise<unknown> = Promise.resolve();
  let writes = 0;

  async function attempt(owner: string, isGivenBack: boolean): Promise<boolean> {
    // What waited for its turn must not take back what was given back before it.
    if (lease.owner === undefined) return true;
    const begun = source.now();
    const counter = lease.counter + 1;
    const next = {
      ...lease,
      owner: isGivenBack || done === 'SHARD_END' ? undefined : owner,
      checkpoint: done,
      counter,
      switches: done === lease.checkpoint ? lease.switches : 0,
    };
    tried = counter;
    if (!(await source.replace(lease, next))) return false;
    lease = next;
    since = begun;
    return true;
  }

  return {
    shardId,
    lease: () => lease,
    since: () => since,
    done: () => done,
    advance: (upTo) => {
      if (isLater(upTo, done)) done = upTo;
    },
    isAhead: () => done !== lease.checkpoint,
    isBusy: () => writes > 0,
    write: (owner, isGivenBack) => {
      writes++;
      const turn = writing.then(() => attempt(owner, isGivenBack));
      writing = turn
        .catch(() => {})
        .then(() => {
          writes--;
        });
      return turn;
    },
    adopt: (stored) => {
      lease = stored;
      if (!isLater(done, stored.checkpoint)) done = stored.checkpoint;
    },
    isForeign: (stored) => stored.counter > tried,
  };
}
