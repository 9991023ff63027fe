/** How long a put goes on trying. */

/** A client waits 15 s for its answer; behind a stream that stays busy it waits better at home. */
export const PUT_BUDGET_MS: number = 5000;

/** Less time than this is not worth a call: it would time out, and its outcome would be unknown. */
export const MIN_CALL_MS: number = 500;

/** A shard's limits are counted by the second. */
const RETRY_BASE_MS = 100;
const RETRY_MAX_MS = 1600;

/** Full jitter. `attempt` counts from 0. */
export function retryDelayMs(attempt: number, random: () => number): number {
  return random() * Math.min(RETRY_MAX_MS, RETRY_BASE_MS * 2 ** attempt);
}
