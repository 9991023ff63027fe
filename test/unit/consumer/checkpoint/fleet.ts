import { leases } from '../../../../src/consumer/checkpoint/leases.ts';
import { memoryStore } from '../../../../src/consumer/checkpoint/memory-store.ts';
import { isLater } from '../../../../src/consumer/checkpoint/plan.ts';
import type {
  Checkpoint,
  CheckpointSession,
  Lease,
  LeaseStore,
} from '../../../../src/consumer/checkpoint/types.ts';
import type { ShardFacts } from '../../../../src/consumer/lineage.ts';
import { isPosition } from '../../../../src/consumer/position.ts';
import type { StartPosition } from '../../../../src/consumer/types.ts';
import { seededRandom } from '../../../helpers/seeded-random.ts';

/** A shard of the model: its records are the numbers 1, 2, 3 … up to its length. */
export interface ModelShard extends ShardFacts {
  readonly isClosed: boolean;
  readonly length: number;
}

/** One consumer of the fleet: it reads what it is granted, one record after the other. */
export interface Member {
  readonly name: string;
  readonly session: CheckpointSession;
  readonly isFrozen: () => boolean;
  /** Stops in mid-work: no timer, no answer reaches it before `thaw`. */
  readonly freeze: () => void;
  readonly thaw: () => void;
  /** Ends without a word. */
  readonly kill: () => void;
  readonly leave: () => Promise<void>;
  readonly isAlive: () => boolean;
  /** What `failed` has told. */
  readonly told: (string | undefined)[];
  readonly granted: ReadonlyMap<string, Checkpoint>;
}

export interface Handled {
  readonly member: string;
  readonly shardId: string;
  readonly number: number;
  readonly at: number;
}

export interface FleetOptions {
  readonly seed?: number;
  readonly leaseMs?: number;
  readonly from?: StartPosition;
  readonly locks?: LockManager;
  /** Of each way to the store, at most. */
  readonly latencyMs?: number;
  /** Whether a sleeping machine's monotonic clock sleeps too. */
  readonly isClockAsleep?: boolean;
}

export interface Fleet {
  readonly store: LeaseStore;
  readonly now: () => number;
  readonly random: () => number;
  readonly shards: Map<string, ModelShard>;
  readonly members: Member[];
  readonly handled: Handled[];
  /** What must never be, and was. */
  readonly faults: string[];
  /** `timerMs`: its timers fire only at multiples of it, as those of a tab that has been hidden for long. */
  readonly add: (timerMs?: number) => Member;
  /** Every member hears of the shards as they are now. */
  readonly list: () => void;
  readonly put: (shardId: string, count: number) => void;
  readonly split: (shardId: string) => void;
  readonly merge: (one: string, other: string) => void;
  /** How likely a call to the store fails, before it is done or after. */
  readonly trouble: { chance: number };
  readonly advance: (ms: number) => Promise<void>;
  /** Calls at that time from now. */
  readonly at: (ms: number, call: () => void) => void;
  readonly leases: () => Promise<readonly Lease[]>;
  /** Who may hand out records of the shard at this moment. */
  readonly holders: (shardId: string) => readonly Member[];
}

export const START = Date.UTC(2026, 0, 1);
const WORK_MS = 150;
/** At the end of a shard, and where a lease hangs in the balance. */
const IDLE_MS = 1000;

export function createFleet(shardCount: number, options: FleetOptions = {}): Fleet {
  const { seed = 1, leaseMs = 9000, from = 'TRIM_HORIZON', latencyMs = 40 } = options;
  const random = seededRandom(seed);
  const shards = new Map<string, ModelShard>();
  const members: Member[] = [];
  const handled: Handled[] = [];
  const faults: string[] = [];
  const seen = new Map<string, Set<number>>();
  const trouble = { chance: 0 };
  let time = 0;
  let born = 0;
  let queue: { readonly at: number; readonly call: () => void }[] = [];
  const kept = memoryStore();

  const store: LeaseStore = {
    ...kept,
    isOriginBound: options.locks !== undefined,
    replace: async (before, lease) => {
      const stored = (await kept.list()).find(({ shardId }) => shardId === before.shardId);
      const isWritten = await kept.replace(before, lease);
      if (isWritten && stored && isLater(stored.checkpoint, lease.checkpoint)) {
        faults.push(`${time}: ${lease.shardId} went back`);
      }
      return isWritten;
    },
  };

  function at(ms: number, call: () => void): () => void {
    const timer = { at: time + ms, call };
    queue.push(timer);
    return () => {
      queue = queue.filter((other) => other !== timer);
    };
  }

  const holders = (shardId: string): Member[] =>
    members.filter(
      (member) => member.isAlive() && !member.isFrozen() && member.session.holds(shardId),
    );

  function check(): void {
    for (const shardId of shards.keys()) {
      const names = holders(shardId).map(({ name }) => name);
      if (names.length > 1) faults.push(`${time}: ${shardId} is read by ${names.join(' and ')}`);
    }
  }

  async function advance(ms: number): Promise<void> {
    const until = time + ms;
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      check();
      const due = queue.reduce<(typeof queue)[number] | undefined>(
        (first, timer) => (timer.at <= until && (!first || timer.at < first.at) ? timer : first),
        undefined,
      );
      if (!due) break;
      queue.splice(queue.indexOf(due), 1);
      time = Math.max(time, due.at);
      due.call();
    }
    time = until;
  }

  function add(timerMs = 0): Member {
    const name = `member-${members.length}`;
    const wallOffset = Math.floor((random() - 0.5) * 3_600_000);
    let deferred: (() => void)[] = [];
    let isFrozen = false;
    let isAlive = true;
    let frozenAt = 0;
    let slept = 0;
    const granted = new Map<string, Checkpoint>();
    const readers = new Map<string, object>();
    const told: (string | undefined)[] = [];

    /** Nothing happens in who is frozen or dead. */
    const here = (call: () => void) => (): void => {
      if (!isAlive) return;
      if (isFrozen) deferred.push(call);
      else call();
    };
    const later = (ms: number, call: () => void): (() => void) => {
      let isCancelled = false;
      const cancel = at(
        ms,
        here(() => {
          if (!isCancelled) call();
        }),
      );
      return () => {
        isCancelled = true;
        cancel();
      };
    };

    /** The store over a network: each way takes its time, and what fails may have been done. */
    const call = <T>(work: () => Promise<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        const isLost = random() < trouble.chance;
        const isDone = !isLost || random() < 0.5;
        at(random() * latencyMs, async () => {
          const result = isDone ? await work() : undefined;
          at(
            random() * latencyMs,
            here(() => (isLost ? reject(new Error('lost')) : resolve(result as T))),
          );
        });
      });
    const remote: LeaseStore = {
      ...(options.locks && { isOriginBound: true }),
      list: () => call(store.list),
      create: (lease) => call(() => store.create(lease)),
      replace: (before, lease) => call(() => store.replace(before, lease)),
      remove: (before) => call(() => store.remove(before)),
    };

    const session = leases(remote, { owner: name, leaseMs }).start({
      from,
      runtime: {
        now: () => START + time + wallOffset,
        monotonic: () => time - slept,
        random,
        delay: (callback, ms) => {
          const wait = timerMs > 0 ? Math.ceil((time + ms) / timerMs) * timerMs - time : ms;
          return later(wait, callback);
        },
        locks: options.locks,
      },
      granted: (shardId, start) => {
        granted.set(shardId, start);
        read(shardId, start);
      },
      revoked: (shardId) => {
        granted.delete(shardId);
        readers.delete(shardId);
      },
      failed: (message) => told.push(message),
    });

    function read(shardId: string, start: Checkpoint): void {
      const reader = {};
      readers.set(shardId, reader);
      let number = isPosition(start) ? Number(start.sequenceNumber) : 0;
      const step = (): void => {
        if (readers.get(shardId) !== reader) return;
        const shard = shards.get(shardId);
        if (!shard) return;
        if (!session.holds(shardId)) later(IDLE_MS, step);
        else if (number < shard.length) {
          number++;
          handled.push({ member: name, shardId, number, at: time });
          seen.set(shardId, (seen.get(shardId) ?? new Set()).add(number));
          for (const parent of shard.parents) expectDone(parent);
          later(WORK_MS * random(), () => {
            if (readers.get(shardId) !== reader) return;
            session.done(shardId, { sequenceNumber: `${number}`, subSequenceNumber: 0 });
            step();
          });
        } else if (shard.isClosed) {
          readers.delete(shardId);
          session.done(shardId, 'SHARD_END');
        } else later(IDLE_MS, step);
      };
      later(WORK_MS * random(), step);
    }

    const member: Member = {
      name,
      session,
      isFrozen: () => isFrozen,
      isAlive: () => isAlive,
      freeze: () => {
        isFrozen = true;
        frozenAt = time;
      },
      thaw: () => {
        if (!isFrozen) return;
        isFrozen = false;
        if (options.isClockAsleep) slept += time - frozenAt;
        // Before any of its timers: this is when a frozen page would do harm.
        check();
        const calls = deferred;
        deferred = [];
        for (const late of calls) at(0, here(late));
      },
      kill: () => {
        isAlive = false;
      },
      leave: async () => {
        await session.end();
        isAlive = false;
      },
      told,
      granted,
    };
    members.push(member);
    session.known([...shards.values()]);
    return member;
  }

  function expectDone(parent: string): void {
    const shard = shards.get(parent);
    if (shard && (seen.get(parent)?.size ?? 0) < shard.length)
      faults.push(`${time}: before the end of ${parent}`);
  }

  function bear(parents: readonly string[], start: bigint, end: bigint): void {
    const shardId = `shardId-${String(born++).padStart(12, '0')}`;
    shards.set(shardId, { shardId, parents, hashKeys: { start, end }, isClosed: false, length: 0 });
  }

  function close(shardId: string): ModelShard {
    const shard = shards.get(shardId);
    if (!shard) throw new Error(`shard: expected one, got ${shardId}`);
    shards.set(shardId, { ...shard, isClosed: true });
    return shard;
  }

  for (let index = 0; index < shardCount; index++) {
    bear([], BigInt(index) * 1000n, BigInt(index) * 1000n + 999n);
  }

  return {
    store,
    now: () => time,
    random,
    shards,
    members,
    handled,
    faults,
    add,
    list: () => {
      for (const { session } of members.filter((member) => member.isAlive())) {
        session.known([...shards.values()]);
      }
    },
    put: (shardId, count) => {
      const shard = shards.get(shardId);
      if (shard && !shard.isClosed) shards.set(shardId, { ...shard, length: shard.length + count });
    },
    split: (shardId) => {
      const { start, end } = close(shardId).hashKeys;
      const middle = (start + end) / 2n;
      bear([shardId], start, middle);
      bear([shardId], middle + 1n, end);
    },
    merge: (one, other) => {
      const { start } = close(one).hashKeys;
      bear([one, other], start, close(other).hashKeys.end);
    },
    trouble,
    advance,
    at: (ms, call) => void at(ms, call),
    leases: kept.list,
    holders,
  };
}
