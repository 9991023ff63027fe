import { SHARD_READ_BYTES_PER_SECOND } from '../protocol/limits.ts';
import type { Runtime } from '../runtime.ts';
import type { ReadPace } from './types.ts';

/** How long to wait before the next read of a shard, and what decided it. */
export interface Wait {
  readonly pace: ReadPace;
  readonly ms: number;
}

/** The pace of one shard's reads. Told what each read came to, it answers with the wait before the next. */
export interface Pace {
  /** A read was answered: with what it brought, and whether more is there. */
  readonly answered: (read: {
    readonly records: number;
    readonly bytes: number;
    readonly isBehind: boolean;
    readonly tookMs: number;
  }) => Wait;
  readonly throttled: () => Wait;
  readonly failed: () => Wait;
  /** Whether reads were throttled lately. */
  readonly isSlowed: () => boolean;
}

export interface PaceOptions {
  readonly readsPerSecond: number;
  readonly pollIntervalMs: number;
  readonly idleIntervalMs: number;
  readonly runtime: Pick<Runtime, 'monotonic' | 'random'>;
}

const MAX_WAIT_MS = 30_000;

/** A silent shard is asked again after this part of its silence: what then comes is late by no more than that. */
const IDLE_SHARE = 0.1;

/**
 * The rule: never more than `readsPerSecond`, nor more bytes than the shard gives to all of its readers together; at the end
 * `pollIntervalMs`, and a tenth of the time for which nothing came, up to `idleIntervalMs`, where that is longer. Whatever
 * comes ends that at once. A throttle doubles the wait up to 30 s, and each read that passes halves it again; other failures
 * double it until a read passes. Both with jitter.
 */
export function createPace(options: PaceOptions): Pace {
  const { readsPerSecond, pollIntervalMs, idleIntervalMs, runtime } = options;
  const budgetMs = 1000 / readsPerSecond;
  const intervalMs = Math.max(budgetMs, pollIntervalMs);
  let lastCameAt = runtime.monotonic();
  let throttles = 0;
  let failures = 0;

  const slowed = (times: number): number =>
    Math.min(MAX_WAIT_MS, intervalMs * 2 ** times) * (0.5 + runtime.random() / 2);

  return {
    answered: ({ records, bytes, isBehind, tookMs }) => {
      failures = 0;
      throttles = Math.max(0, throttles - 1);
      const now = runtime.monotonic();
      if (records > 0 || isBehind) lastCameAt = now;
      if (throttles > 0) return { pace: 'throttled', ms: slowed(throttles) };
      const idleMs = Math.min(idleIntervalMs, (now - lastCameAt) * IDLE_SHARE);
      if (!isBehind && idleMs > intervalMs) return { pace: 'idle', ms: idleMs };
      const dueMs = Math.max(
        isBehind ? budgetMs : intervalMs,
        // After a reply of 10 MiB the service throttles for five seconds.
        (bytes / SHARD_READ_BYTES_PER_SECOND) * 1000,
      );
      return { pace: 'budget', ms: Math.max(0, dueMs - tookMs) };
    },
    throttled: () => ({ pace: 'throttled', ms: slowed(++throttles) }),
    failed: () => ({ pace: throttles > 0 ? 'throttled' : 'budget', ms: slowed(++failures) }),
    isSlowed: () => throttles > 0,
  };
}
