import type { ClientOptions } from 'rivulet';
import {
  campaigns,
  clicks,
  errors,
  forms,
  metrics,
  pageLeave,
  pageViews,
  rageClicks,
  visibility,
  webVitals,
} from 'rivulet/capture';

/** What the river's gauge reads in a second becomes one event. */
const METRICS_INTERVAL_MS = 1_000;

/** Everything that a page can tell without a call. */
export const shopCapture = (): ClientOptions['capture'] => [
  pageViews(),
  pageLeave(),
  campaigns(),
  clicks(),
  rageClicks(),
  forms(),
  visibility(),
  errors(),
  webVitals(),
  metrics({ intervalMs: METRICS_INTERVAL_MS }),
];
