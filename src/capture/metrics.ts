import { RivuletError } from '../errors.ts';
import { checkInterval } from './every.ts';
import { createGathering, DEFAULT_MAX_SERIES, type GatheringSetting } from './gathering.ts';
import type { CaptureSource } from './types.ts';

export interface MetricsOptions extends Partial<GatheringSetting> {
  /**
   * How long readings are gathered, from the first one on, in milliseconds. A page that goes out of sight gives up what it
   * has gathered at once; one that crashes loses it.
   * @default 10000
   */
  readonly intervalMs?: number;
  /**
   * Series in an interval at most, so that attributes without end (an id, an address) fill no memory. Readings beyond lose
   * their attributes, for `{ other: true }`; and where there is no end of names either, the counter `Other Readings` counts
   * them. Reported once.
   * @default 200
   */
  readonly maxSeries?: number;
}

/**
 * Gathers the readings of `client.metric`: those of one name, kind, unit, priority and set of attributes become one `metric`
 * event an interval, with `count`, `sum`, `min`, `max`, `intervalMs` (how long it took), and `value`: of a counter the sum,
 * of a gauge the last one, of a histogram the mean, which has `buckets` too. A reading that is no finite number is refused,
 * and reported once. It sends what the application reads, and nothing of the page. Works without a page too.
 */
export function metrics({
  intervalMs = 10_000,
  maxSeries = DEFAULT_MAX_SERIES,
}: MetricsOptions = {}): CaptureSource {
  checkInterval(intervalMs);
  if (!(maxSeries >= 1)) {
    throw new RivuletError('invalid_option', `maxSeries: expected at least 1, got ${maxSeries}`);
  }
  return {
    name: 'metrics',
    withoutPage: true,
    start(host) {
      const { take, stop } = createGathering(host, { intervalMs, maxSeries });
      const giveBack = host.takeMetrics(take);
      return () => {
        giveBack();
        stop();
      };
    },
  };
}
