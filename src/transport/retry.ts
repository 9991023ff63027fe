/** When to try again: pure decisions. */

/** The longest wait that anybody may ask for: a timer of more than 24.8 days would fire at once. */
export const MAX_WAIT_MS: number = 24 * 60 * 60_000;

/** Clients that were told the same moment, or saw the same outage end, come back over so long at most. */
const MAX_SPREAD_MS = 60_000;

export interface BackoffOptions {
  /** The first wait's bound. */
  readonly retryBaseMs: number;
  /** Every wait's bound. */
  readonly retryMaxMs: number;
}

/**
 * Full jitter: anything below a bound that doubles with each failure, so that a crowd that failed together comes back apart.
 * aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter
 */
export function backoffMs(
  failures: number,
  { retryBaseMs, retryMaxMs }: BackoffOptions,
  random: () => number,
): number {
  return Math.floor(random() * Math.min(retryMaxMs, retryBaseMs * 2 ** (failures - 1)));
}

/** A share of a common wait that each client adds for itself: up to a tenth of it, so that the long ones spread wide. */
export function spreadMs(waitMs: number, random: () => number): number {
  return Math.floor(random() * Math.min(Math.max(waitMs, 0) / 10, MAX_SPREAD_MS));
}

/** Milliseconds of a `Retry-After`: seconds or an HTTP date. `undefined` where there is none that can be read. */
export function parseRetryAfter(text: string | null, now: number): number | undefined {
  if (!text) return undefined;
  const waitMs = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(waitMs) ? undefined : waitMs;
}

/** A wait that somebody else may have asked for, between nothing and a day. */
export function boundedWaitMs(waitMs: number): number {
  return Math.min(Math.max(waitMs, 0), MAX_WAIT_MS);
}
