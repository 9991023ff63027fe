import { flush } from './flush.ts';
import { createHolding, type Holding, type Moment } from './holding.ts';
import { isLater } from './plan.ts';
import type { Checkpoint, CheckpointHost, CheckpointSession, Lease, LeaseStore } from './types.ts';

/** The leases that one consumer has in its hand: it renews them, writes what is done, and knows when their time is over. */
export interface Hand extends Pick<CheckpointSession, 'holds' | 'done' | 'flush'> {
  /** Takes a lease as it was read: nothing happens where somebody was faster. */
  readonly claim: (lease: Lease, isAtWork: boolean) => Promise<void>;
  /** Sets what we have against a list of the store: what was lost is let go, and who took it gets our last word. */
  readonly compare: (stored: ReadonlyMap<string, Lease>) => Promise<void>;
  /** Tells the host of what may be read now, and was not before. `fresh` are leases that were made a moment ago. */
  readonly grant: (fresh: ReadonlySet<string>) => void;
  /** Whether something was taken from somebody who may be reading still. */
  readonly isWaiting: () => boolean;
  readonly isEmpty: () => boolean;
  /** Nothing is taken, renewed or handed out any more. */
  readonly stop: () => void;
  /** Writes what is done, and gives everything back that may be read by others from now on. */
  readonly giveBack: () => Promise<void>;
}

export interface HandSource {
  readonly store: Pick<LeaseStore, 'replace'>;
  readonly owner: () => string;
  readonly leaseMs: number;
  readonly checkpointMs: number;
  readonly host: Pick<CheckpointHost, 'from' | 'granted' | 'revoked'> & {
    readonly runtime: Pick<CheckpointHost['runtime'], 'now' | 'monotonic' | 'random' | 'delay'>;
  };
  /** Whether that one is known to have ended. */
  readonly isGone: (owner: string | undefined) => boolean;
  /** A lease as it was written just now. */
  readonly wrote: (lease: Lease) => void;
  /** The store did not take writes, `undefined` when it has. */
  readonly failed: (cause: unknown) => void;
  /** Finds out what the store says, and what may be taken now. */
  readonly look: () => Promise<void>;
}

/** So many times in a lease's time it is renewed. */
const RENEWALS_PER_LEASE = 3;
/** The store has failed: sooner than that. */
const RETRIES_PER_LEASE = 10;

export function createHand(source: HandSource): Hand {
  const { store, owner, leaseMs, checkpointMs, host, look } = source;
  const { now, monotonic, random, delay } = host.runtime;
  const held = new Map<string, Holding>();
  const granted = new Set<string>();
  /** Taken from somebody who may be reading still, until that time. */
  const awaited = new Map<string, { readonly until: number; readonly from: string | undefined }>();
  let isEnded = false;
  let cancelRenewal: (() => void) | undefined;
  let cancelWrite: (() => void) | undefined;
  let cancelWatch: (() => void) | undefined;

  const moment = (): Moment => ({ monotonic: monotonic(), wall: now() });
  const ageOf = ({ monotonic: begun, wall }: Moment): number =>
    Math.max(monotonic() - begun, now() - wall);
  const isOver = (holding: Holding): boolean => ageOf(holding.since()) >= leaseMs;

  async function write(holding: Holding, isGivenBack = false): Promise<boolean> {
    // Who saw that its time was over waits to be told, and would wait on where it just went on.
    if (isOver(holding)) revoke(holding);
    if (!(await holding.write(owner(), isGivenBack))) return false;
    source.wrote(holding.lease());
    if (holding.lease().owner === undefined) forget(holding);
    return true;
  }

  function forget({ shardId }: Holding): void {
    held.delete(shardId);
    granted.delete(shardId);
    awaited.delete(shardId);
  }

  function revoke({ shardId }: Holding): void {
    if (granted.delete(shardId)) host.revoked(shardId);
  }

  /** What is not renewed in time is not ours to read any more, though it may become so again. */
  function watch(): void {
    cancelWatch?.();
    cancelWatch = undefined;
    if (isEnded) return;
    for (const holding of held.values()) if (isOver(holding)) revoke(holding);
    const ages = [...held.values()]
      .filter(({ shardId }) => granted.has(shardId))
      .map((holding) => ageOf(holding.since()));
    if (ages.length > 0) cancelWatch = delay(watch, leaseMs - Math.max(...ages));
  }

  async function writeAll(due: readonly Holding[]): Promise<void> {
    const outcomes = await Promise.allSettled(due.map((holding) => write(holding)));
    if (isEnded) return;
    const failure = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failure) source.failed(failure.reason);
    else if (due.length > 0) source.failed(undefined);
    const isTaken = outcomes.some((it) => it.status === 'fulfilled' && !it.value);
    const isNewlyOurs = due.some(({ shardId }) => !granted.has(shardId) && !awaited.has(shardId));
    // Somebody else has written, or a shard's end lets its children begin, or what had run out is ours again.
    if (isTaken || isNewlyOurs) await look();
  }

  async function renew(): Promise<void> {
    cancelRenewal = undefined;
    watch();
    const due = [...held.values()].filter(
      (holding) =>
        !holding.isBusy() &&
        (holding.isAhead() || ageOf(holding.since()) > leaseMs / RENEWALS_PER_LEASE / 2),
    );
    // The next one does not wait for a store that is slow to answer this one.
    schedule();
    await writeAll(due);
  }

  function schedule(): void {
    if (isEnded || held.size === 0) return;
    const isLate = [...held.values()].some(
      (holding) => ageOf(holding.since()) > leaseMs / RENEWALS_PER_LEASE,
    );
    const part = isLate ? RETRIES_PER_LEASE : RENEWALS_PER_LEASE;
    cancelRenewal ??= delay(() => void renew(), (leaseMs / part) * (0.8 + 0.2 * random()));
  }

  /**
   * The new owner waits for it: it saves that one the time of a lease, and what we have done. By two, which is more than a
   * write of its own would count.
   */
  async function sayLastWord(lease: Lease, done: Checkpoint): Promise<void> {
    const checkpoint = isLater(done, lease.checkpoint) ? done : lease.checkpoint;
    await store.replace(lease, { ...lease, checkpoint, counter: lease.counter + 2 });
  }

  async function claim(lease: Lease, isAtWork: boolean): Promise<void> {
    if (isEnded) return;
    const since = moment();
    const next = {
      ...lease,
      owner: owner(),
      counter: lease.counter + 1,
      switches: lease.owner === undefined ? lease.switches : lease.switches + 1,
    };
    if (!(await store.replace(lease, next))) return;
    source.wrote(next);
    const { shardId } = lease;
    held.set(shardId, createHolding({ lease: next, since, now: moment, replace: store.replace }));
    if (isAtWork) awaited.set(shardId, { until: monotonic() + leaseMs, from: lease.owner });
    schedule();
  }

  async function compare(stored: ReadonlyMap<string, Lease>): Promise<void> {
    watch();
    const lastWords: Promise<void>[] = [];
    for (const holding of held.values()) {
      const { shardId } = holding;
      const lease = stored.get(shardId);
      if (lease?.owner !== owner()) {
        const isReading = granted.has(shardId);
        revoke(holding);
        forget(holding);
        if (isReading && lease?.owner) lastWords.push(sayLastWord(lease, holding.done()));
      } else if (lease.counter > holding.lease().counter) {
        // A list that was under way while we wrote is older than what we know; this one is not.
        if (holding.isForeign(lease)) awaited.delete(shardId);
        holding.adopt(lease);
      }
    }
    await Promise.allSettled(lastWords);
    for (const lease of stored.values()) {
      // A take whose answer was lost. Whether somebody was at work there, nobody remembers.
      if (lease.owner === owner() && !held.has(lease.shardId)) await claim(lease, true);
    }
  }

  /** The clock that wrote a time may be ahead of the service's, which refuses a time to come: until then nothing would be read. */
  function notAhead(from: Checkpoint): Checkpoint {
    if (typeof from !== 'object' || !('atTimestamp' in from)) return from;
    return { atTimestamp: Math.min(from.atTimestamp, now()) };
  }

  function grant(fresh: ReadonlySet<string>): void {
    for (const holding of isEnded ? [] : held.values()) {
      const { shardId } = holding;
      if (granted.has(shardId) || isOver(holding)) continue;
      const wait = awaited.get(shardId);
      if (wait && monotonic() < wait.until && !source.isGone(wait.from)) continue;
      awaited.delete(shardId);
      granted.add(shardId);
      const from = notAhead(holding.done());
      // The store knows it as a time, for who comes after a crash. For us now it is just the end.
      const isEnd = fresh.has(shardId) && host.from === 'LATEST' && from !== 'TRIM_HORIZON';
      host.granted(shardId, isEnd ? 'LATEST' : from);
    }
    watch();
  }

  return {
    claim,
    compare,
    grant,
    isWaiting: () => awaited.size > 0,
    isEmpty: () => held.size === 0,
    holds: (shardId) => {
      const holding = held.get(shardId);
      return holding !== undefined && granted.has(shardId) && !isEnded && !isOver(holding);
    },
    done: (shardId, upTo) => {
      const holding = held.get(shardId);
      if (!holding || !granted.has(shardId)) return;
      holding.advance(upTo);
      if (isEnded || !holding.isAhead()) return;
      if (upTo === 'SHARD_END') void writeAll([holding]);
      else {
        cancelWrite ??= delay(() => {
          cancelWrite = undefined;
          void writeAll([...held.values()].filter((it) => it.isAhead() && !it.isBusy()));
        }, checkpointMs);
      }
    },
    flush: () => flush({ held, write, compare: look }),
    stop: () => {
      isEnded = true;
      for (const cancel of [cancelRenewal, cancelWrite, cancelWatch]) cancel?.();
    },
    giveBack: async () => {
      // What another one may still be reading ends by itself: it must not look free before.
      const own = [...held.values()].filter(({ shardId }) => !awaited.has(shardId));
      await Promise.allSettled(own.map((holding) => write(holding, true)));
    },
  };
}
