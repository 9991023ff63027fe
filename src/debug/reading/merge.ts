/** Brings what several shards hold into one order, that of arrival, as far as half a second of patience allows. */

/** How long a record waits for those that arrived before it in other shards. */
export const HOLD_BACK_MS = 500;

export interface Merge<T> {
  readonly add: (item: T, at: Arrival) => void;
  /**
   * Hands out what has waited long enough, and what belongs before it. An item that comes too late is handed out with the
   * next ones, and marked: rows never move under a reader, so its place is where the others are now.
   */
  readonly release: (now: number, emit: (item: T, isLate: boolean) => void) => void;
  /** When the next item has waited long enough; `undefined` where none waits. */
  readonly dueAt: () => number | undefined;
}

export interface Arrival {
  readonly shardId: string;
  readonly arrivedAt: number | undefined;
  readonly readAt: number;
}

interface Waiting<T> {
  readonly item: T;
  readonly at: number;
  readonly dueAt: number;
}

export function createMerge<T>(): Merge<T> {
  let waiting: Waiting<T>[] = [];
  /** The latest of each shard. */
  const arrivals = new Map<string, number>();
  /** The latest that was handed out. */
  let passed = Number.NEGATIVE_INFINITY;

  return {
    add: (item, { shardId, readAt, arrivedAt = readAt }) => {
      // The service calls its times approximate; the order inside a shard is true.
      const at = Math.max(arrivedAt, arrivals.get(shardId) ?? Number.NEGATIVE_INFINITY);
      arrivals.set(shardId, at);
      waiting.push({ item, at, dueAt: readAt + HOLD_BACK_MS });
    },
    release: (now, emit) => {
      const due = waiting.filter(({ dueAt }) => dueAt <= now);
      if (due.length === 0) return;
      const upTo = due.reduce((latest, { at }) => Math.max(latest, at), passed);
      const out = waiting.filter(({ at }) => at <= upTo).sort((a, b) => a.at - b.at);
      waiting = waiting.filter(({ at }) => at > upTo);
      for (const { item, at } of out) emit(item, at < passed);
      passed = upTo;
    },
    dueAt: () => waiting[0]?.dueAt,
  };
}
