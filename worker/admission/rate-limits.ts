/** How often somebody may come, where the platform counts: nobody's loop, and no stranger's, is to run up two bills. */

import { Refusal } from '../http/answer.ts';
import { drawWaitMs } from '../http/wait.ts';
import type { LimiterName, RelayRuntime } from '../runtime.ts';

const LIMITER_NAMES: readonly LimiterName[] = ['source', 'client', 'session', 'read', 'beacon'];

/**
 * Workers count over 10 or 60 seconds: developers.cloudflare.com/workers/runtime-apis/bindings/rate-limit
 * Who comes back within the period is refused again, and counts again.
 */
const LEAST_WAIT_MS = 10_000;
const MOST_WAIT_MS = 60_000;

/** A limiter that fails, fails for every request: one line of the log in so long is enough. */
const LOG_EVERY_MS = 60_000;

export interface RateLimits {
  /** Throws `rate_limited` where the key has come too often. A limit that is not bound, or cannot tell, lets it through. */
  readonly admit: (name: LimiterName, key: string) => Promise<void>;
}

export function createRateLimits({
  limiters = {},
  now,
  random,
  log,
}: Pick<RelayRuntime, 'limiters' | 'now' | 'random' | 'log'>): RateLimits {
  const loggedAt = new Map<LimiterName, number>();

  async function isWithin(name: LimiterName, key: string): Promise<boolean> {
    try {
      return (await limiters[name]?.(key)) ?? true;
    } catch (error) {
      if (now() - (loggedAt.get(name) ?? Number.NEGATIVE_INFINITY) >= LOG_EVERY_MS) {
        loggedAt.set(name, now());
        log(JSON.stringify({ at: 'limiter', limiter: name, reason: String(error) }));
      }
      return true;
    }
  }

  return {
    async admit(name, key) {
      if (await isWithin(name, key)) return;
      const after = drawWaitMs(random, LEAST_WAIT_MS, MOST_WAIT_MS);
      throw new Refusal('rate_limited', `${name}: more than its rate allows`, { after });
    },
  };
}

/** Which rates are limited, for an operator to see: what is not bound is not limited. */
export function limitsOf({
  limiters = {},
}: Pick<RelayRuntime, 'limiters'>): Readonly<Record<LimiterName, 'on' | 'off'>> {
  const states = LIMITER_NAMES.map((name) => [name, limiters[name] ? 'on' : 'off']);
  return Object.fromEntries(states);
}
