import { burst } from './burst.ts';
import { consent } from './consent.ts';
import { errorStorm } from './error-storm.ts';
import { kinesisDown, kinesisThrottles, relayDown } from './faulty-stations.ts';
import { killLeader } from './kill-leader.ts';
import { offline } from './offline.ts';
import { poisonEvent } from './poison-event.ts';
import { sensor } from './sensor.ts';
import { splitShard } from './split-shard.ts';
import type { Scenario } from './types.ts';
import { wrongClock } from './wrong-clock.ts';

/** In the order in which a visitor meets them. */
export const SCENARIOS: readonly Scenario[] = [
  offline,
  burst,
  kinesisThrottles,
  kinesisDown,
  relayDown,
  splitShard,
  killLeader,
  wrongClock,
  poisonEvent,
  errorStorm,
  sensor,
  consent,
];

/** Those that need a stream of this machine, which can be broken and split. */
export const NEEDS_LOCAL: ReadonlySet<string> = new Set(
  [kinesisThrottles, kinesisDown, relayDown, splitShard].map(({ id }) => id),
);
