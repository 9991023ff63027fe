import type { ShardFacts } from '../lineage.ts';
import { createHand } from './hand.ts';
import { limitStore } from './limited-store.ts';
import { forgotten, planCreation, planTaking, readable } from './plan.ts';
import { createPresence } from './presence.ts';
import { createSightings } from './sightings.ts';
import type { CheckpointHost, CheckpointSession, Lease, LeaseStore } from './types.ts';

export interface SessionSettings {
  /** Without two alike. */
  readonly name: string;
  readonly leaseMs: number;
  readonly checkpointMs: number;
}

/** So many times in a lease's time the store is looked at. */
const LOOKS_PER_LEASE = 3;
/** The store has failed: sooner than that. */
const RETRIES_PER_LEASE = 10;

/**
 * One consumer among those that share a store: it looks at what the others have written, and takes what is its to take.
 * Nobody reads a shard before everybody before it has stopped: a lease that was given back or has expired is free at once,
 * and one that is taken from somebody at work waits for that one's last word, or for the end of its time.
 */
export function createSession(
  shared: LeaseStore,
  settings: SessionSettings,
  host: CheckpointHost,
): CheckpointSession {
  const { name, leaseMs } = settings;
  const { now, monotonic, random, delay, locks } = host.runtime;
  // Nobody waits for a store longer than for a lease.
  const store = limitStore(shared, leaseMs, delay);
  const sightings = createSightings();
  const presence = createPresence(
    name,
    shared.isOriginBound ? locks : undefined,
    () => void look(),
  );
  const hand = createHand({
    ...settings,
    store,
    host,
    owner: () => owner,
    isGone: presence.isGone,
    wrote: (lease) => {
      stored.set(lease.shardId, lease);
    },
    failed: (cause) => tell('write', cause),
    look,
  });
  /** Shards that the stream has forgotten before they were done. */
  const lost = new Set<string>();
  const failures: { write?: unknown; look?: unknown } = {};
  let owner = name;
  let shards: ReadonlyMap<string, ShardFacts> = new Map();
  let stored = new Map<string, Lease>();
  let told: string | undefined;
  let looking: Promise<void> | undefined;
  let isAskedAgain = false;
  /** When the next look is to begin. */
  let dueAt = Number.POSITIVE_INFINITY;
  let isLate = false;
  let ending: Promise<void> | undefined;
  let cancelLook = (): void => {};

  async function lookOnce(): Promise<void> {
    const leases = await store.list();
    if (ending) return;
    stored = new Map(leases.map((lease) => [lease.shardId, lease]));
    sightings.look(leases, monotonic());
    for (const lease of leases)
      if (lease.owner && lease.owner !== owner) presence.watch(lease.owner);
    await hand.compare(stored);
    // What could not be written is others' now.
    if (hand.isEmpty()) failures.write = undefined;
    const fresh = await create();
    const claims = await take();
    hand.grant(fresh);
    for (const claim of claims) if (claim.status === 'rejected') throw claim.reason;
    await clear();
  }

  async function create(): Promise<ReadonlySet<string>> {
    const fresh = new Set<string>();
    for (const wave of planCreation(shards, stored, host.from, now())) {
      await Promise.all(
        wave.map(async (lease) => {
          const isOurs = await store.create(lease);
          // Somebody else's counts as well: without a lease, a parent would look as if there was nothing of it to read.
          stored.set(lease.shardId, lease);
          if (isOurs) fresh.add(lease.shardId);
        }),
      );
    }
    return fresh;
  }

  function standsStill(lease: Lease): boolean {
    const at = monotonic();
    return at - (sightings.since(lease) ?? at) >= leaseMs;
  }

  async function take(): Promise<readonly PromiseSettledResult<void>[]> {
    const { free, stolen } = planTaking({
      owner,
      leases: readable(shards, stored),
      isExpired: (lease) => presence.isGone(lease.owner) || standsStill(lease),
      isAlive: (other) => sightings.isAlive(other) && !presence.isGone(other),
      random,
    });
    // One at a time, and only when the one before has come. Whose timers come late, as in a hidden tab, could not renew it.
    if (stolen && !hand.isWaiting() && !isLate)
      return Promise.allSettled([hand.claim(stolen, true)]);
    return Promise.allSettled(free.map((lease) => hand.claim(lease, false)));
  }

  async function clear(): Promise<void> {
    const { removable, undone } = forgotten(shards, stored);
    for (const { shardId } of undone) lost.add(shardId);
    const idle = removable.filter((lease) => lease.owner === undefined || standsStill(lease));
    await Promise.all(idle.map((lease) => store.remove(lease)));
  }

  /** Now, or once more after the look that is under way. */
  function look(): Promise<void> {
    // A stream without shards is one that was just made, or that was not listed yet.
    if (ending || shards.size === 0) return Promise.resolve();
    isAskedAgain = looking !== undefined;
    looking ??= keepLooking().finally(() => {
      looking = undefined;
    });
    return looking;
  }

  async function keepLooking(): Promise<void> {
    cancelLook();
    isLate = monotonic() - dueAt > leaseMs / LOOKS_PER_LEASE;
    owner = await presence.named;
    do {
      isAskedAgain = false;
      await lookOnce().then(
        () => tell('look', undefined),
        (thrown: unknown) => tell('look', thrown),
      );
    } while (isAskedAgain && !failures.look && !ending);
    if (ending) return;
    const part = failures.look ? RETRIES_PER_LEASE : LOOKS_PER_LEASE;
    const waitMs = (leaseMs / part) * (0.8 + 0.2 * random());
    dueAt = monotonic() + waitMs;
    cancelLook = delay(() => void look(), waitMs);
  }

  function tell(what: 'write' | 'look', cause: unknown): void {
    failures[what] = cause;
    const failure = failures.write ?? failures.look;
    const text = failure
      ? `checkpoints: expected the store of leases to answer, got ${failure}; tried again`
      : lossOf();
    if (ending || told === text) return;
    told = text;
    host.failed(text);
  }

  function lossOf(): string | undefined {
    if (lost.size === 0) return undefined;
    return `checkpoints: expected shards to be read before the stream forgets them, got ${[...lost].join(', ')} unread at the end: what was left of them is missing; read sooner, or have the stream keep its records longer`;
  }

  async function end(): Promise<void> {
    const work = (looking ?? Promise.resolve()).then(hand.giveBack);
    // Then the leases end without us.
    let cancel = (): void => {};
    const limit = new Promise<void>((resolve) => {
      cancel = delay(resolve, leaseMs);
    });
    await Promise.race([work, limit]);
    cancel();
    presence.end();
  }

  return {
    known: (list) => {
      shards = new Map(list.map((shard) => [shard.shardId, shard]));
      void look();
    },
    holds: hand.holds,
    done: hand.done,
    lease: (shardId) => stored.get(shardId),
    flush: hand.flush,
    end: () => {
      cancelLook();
      hand.stop();
      // The guard is up before anything is called.
      ending ??= Promise.resolve().then(end);
      return ending;
    },
  };
}
