import type { EventType, Priority } from '../protocol/event.ts';
import type { LogStats, SegmentLog } from '../queue/types.ts';
import type { Emitter } from './emitter.ts';
import type { Lane } from './lane.ts';
import type { ResolvedOptions } from './options.ts';

/** What the queue may hold where nobody says otherwise. */
const DEFAULT_QUEUE_BYTES = 32 * 1024 * 1024;
/** Of what the browser lets the origin store: the rest is the application's. */
const QUOTA_PART = 1 / 10;
/** To count costs a transaction: so often at most, unless there is something to give up. */
const COUNT_INTERVAL_MS = 2000;
/** With a clock that is further off, nobody can tell how old an event is. */
const MAX_OFFSET_MS = 60 * 60_000;

/** Keeps the queue within its bounds, and telemetry within its share of it. */
export interface QueueKeeper {
  /** Learns how much there may be, and how much there is. Never rejects. */
  readonly start: () => Promise<void>;
  /** Something in the log could not be read: it is looked for, and declared. */
  readonly suspect: () => void;
  /** So much was written, by this tab or another. */
  readonly grow: (events: number, bytes: number) => void;
  /** Whether an event is one that a queue past its watermark leaves out. */
  readonly leavesOut: (type: EventType, priority: Priority | undefined) => boolean;
  /**
   * Gives up what is too old, before the head is read. A session does not outlive a clock that is set, so that its offset
   * tells whether the clock can be believed.
   */
  readonly trim: (session: { readonly clockOffsetMs: number }) => Promise<void>;
  /** Counts; the last count and what was written since where the log cannot be counted. */
  readonly count: () => Promise<LogStats & { readonly isStale?: true }>;
  readonly maxBytes: () => number;
}

export interface KeeperSetting extends ResolvedOptions, Pick<Emitter, 'fail'> {
  readonly log: Pick<SegmentLog, 'kind' | 'stats' | 'surplus' | 'settle'>;
  /** The sending tab gives up for all; the others count. */
  readonly isLeader: () => boolean;
  readonly lane: Pick<Lane, 'declare'>;
}

export function createQueueKeeper(setting: KeeperSetting): QueueKeeper {
  const { runtime, log, maxQueueEvents, sampleAbove } = setting;
  let maxBytes = setting.maxQueueBytes ?? DEFAULT_QUEUE_BYTES;
  let level: LogStats = { segments: 0, events: 0, bytes: 0, inMemory: 0 };
  let countedAt = Number.NEGATIVE_INFINITY;
  let trimmedAt = Number.NEGATIVE_INFINITY;
  let working: Promise<void> | undefined;
  let isSuspect = false;

  async function start(): Promise<void> {
    if (setting.maxQueueBytes === undefined) {
      const answer = await runtime.navigator?.storage?.estimate?.().catch(() => undefined);
      maxBytes = Math.min(maxBytes, (answer?.quota || Number.POSITIVE_INFINITY) * QUOTA_PART);
    }
    check();
  }

  const isBeyond = (): boolean => level.bytes > maxBytes || level.events > maxQueueEvents;
  const isSampling = (): boolean => sampleAbove < 1 && level.bytes > sampleAbove * maxBytes;
  /** What stands in a tab's own memory, nobody else can give up. */
  const isDue = (): boolean =>
    (isBeyond() || isSuspect) && (setting.isLeader() || log.kind === 'memory');

  async function count(): Promise<LogStats & { readonly isStale?: true }> {
    try {
      level = await log.stats();
      countedAt = runtime.monotonic();
      return level;
    } catch {
      return { ...level, isStale: true };
    }
  }

  function grow(events: number, bytes: number): void {
    // Any script of the origin may have told of it.
    if (!(events >= 0 && bytes >= 0 && events + bytes < Number.POSITIVE_INFINITY)) return;
    level = { ...level, events: level.events + events, bytes: level.bytes + bytes };
    if (isBeyond() || isSampling()) check();
  }

  function check(): void {
    if (!isDue() && runtime.monotonic() - countedAt < COUNT_INTERVAL_MS) return;
    work(async () => {
      await count();
      if (isDue()) await evict();
    });
  }

  /** One after the other: what is being given up must not be given up twice. */
  function work(step: () => Promise<void>): Promise<void> {
    working ??= step()
      .catch((cause: unknown) =>
        setting.fail('storage_failed', 'queue: could not be kept within its bounds', cause),
      )
      .finally(() => {
        working = undefined;
      });
    return working;
  }

  /**
   * Declared first: a page that ends in between leaves events that are declared and still queued, and the ledger counts
   * what it receives as received, whatever was declared. For the same reason nobody asks whether a request holds them:
   * its receipts settle what is gone, which settles nothing.
   */
  async function evict(createdSince?: number): Promise<void> {
    isSuspect = false;
    const surplus = await log.surplus({
      ...{ maxEvents: maxQueueEvents, maxBytes, policy: setting.dropPolicy },
      createdSince,
    });
    for (const reason of new Set(surplus.map((run) => run.reason))) {
      const runs = surplus.filter((run) => run.reason === reason);
      await setting.lane.declare(reason, runs);
    }
    if (surplus.length > 0) await log.settle(surplus);
    await count();
  }

  async function trim(session: { readonly clockOffsetMs: number }): Promise<void> {
    const now = runtime.now();
    const monotonic = runtime.monotonic();
    if (
      Math.abs(session.clockOffsetMs) > MAX_OFFSET_MS ||
      monotonic - trimmedAt < COUNT_INTERVAL_MS
    ) {
      return;
    }
    trimmedAt = monotonic;
    await working;
    await work(async () => {
      const { oldestAt = now } = await count();
      const createdSince = now - setting.maxQueueAgeMs;
      if (oldestAt < createdSince || isDue()) await evict(createdSince);
    });
  }

  return {
    start,
    suspect() {
      isSuspect = true;
      check();
    },
    grow,
    leavesOut(type, priority) {
      if (type !== 'metric' || priority === 'high' || !isSampling()) return false;
      // Where all are left out, nothing grows that would count again.
      check();
      return runtime.random() >= setting.sampleRate;
    },
    trim,
    count,
    maxBytes: () => maxBytes,
  };
}
