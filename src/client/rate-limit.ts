import type { Runtime } from '../runtime.ts';

/** What may come at once, after quiet, as seconds of the limit: a page that fills a table, a device that catches up. */
const BURST_S = 60;
/** To read the clock costs as much as to capture an event, so that a tenth of a second's worth is granted at a time. */
const GRANTS_PER_SECOND = 10;

/**
 * A token bucket: answers for one event after another whether it may pass. Once empty it stays shut until a second's
 * worth is back: what is left out comes in long runs, each declared as one, instead of every second event.
 */
export function createRateLimit(
  { monotonic }: Pick<Runtime, 'monotonic'>,
  perSecond: number,
): () => boolean {
  const grant = Math.ceil(perSecond / GRANTS_PER_SECOND);
  const most = perSecond * BURST_S;
  let tokens = most;
  let granted = 0;
  let filledAt = monotonic();
  let isShut = false;

  return () => {
    // Where there is no limit, the first grant lasts for ever.
    if (granted === 0) {
      const now = monotonic();
      tokens = Math.min(most, tokens + ((now - filledAt) / 1000) * perSecond);
      filledAt = now;
      isShut = tokens < (isShut ? perSecond : grant);
      if (isShut) return false;
      tokens -= grant;
      granted = grant;
    }
    granted--;
    return true;
  };
}
