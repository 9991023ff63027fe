import { burst } from './burst.ts';
import { consent } from './consent.ts';
import { errorStorm } from './error-storm.ts';
import { kinesisDown, kinesisThrottles, relayDown } from './faulty-stations.ts';
import { offline } from './offline.ts';
import { sensor } from './sensor.ts';
import type { Scenario } from './types.ts';

/** In the order in which a visitor meets them. */
export const SCENARIOS: readonly Scenario[] = [
  offline,
  burst,
  errorStorm,
  sensor,
  consent,
  kinesisThrottles,
  kinesisDown,
  relayDown,
];

/** Those that need the launcher's fault proxies. */
export const NEEDS_FAULTS: ReadonlySet<string> = new Set(
  [kinesisThrottles, kinesisDown, relayDown].map(({ id }) => id),
);
