import { type Client, createClient } from 'rivulet';
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
import { createReadDoorClient } from 'rivulet/consumer';
import { createFaults } from '../scenarios/faults.ts';
import { createNetworkSwitch } from '../scenarios/network-switch.ts';
import type { Stage } from '../scenarios/types.ts';

/** What the launcher says about the pipeline behind this page. */
export interface Pipeline {
  readonly endpoint: string;
  readonly writeKey: string;
  readonly stream: string;
  readonly region: string;
  readonly readToken: string;
  readonly faults: boolean;
}

export interface Connection {
  readonly pipeline: Pipeline;
  readonly client: Client;
  readonly kinesis: ReturnType<typeof createReadDoorClient>;
  readonly stage: Stage;
}

/** Somebody is watching: a quarter of a second is long enough to gather a batch. */
const FLUSH_INTERVAL_MS = 250;
/** What the river's gauge reads in a second becomes one event. */
const METRICS_INTERVAL_MS = 1_000;
/** An outage here ends when a visitor says so; more than a few seconds of waiting would look like a fault of ours. */
const RETRY_MAX_MS = 4_000;

/** Asks for the pipeline, or answers `undefined` where the page stands alone, as in a static build. */
export async function readPipeline(): Promise<Pipeline | undefined> {
  try {
    const response = await fetch('/pipeline.json');
    // A static server may answer any path with the page itself.
    if (!response.headers.get('content-type')?.includes('json')) return undefined;
    return response.ok ? ((await response.json()) as Pipeline) : undefined;
  } catch {
    // No network, no launcher: the shop works without.
    return undefined;
  }
}

/** Starts to capture, and opens the way back for the live view. */
export function connect(pipeline: Pipeline): Connection {
  const network = createNetworkSwitch(window);
  const client = createClient({
    endpoint: pipeline.endpoint,
    writeKey: pipeline.writeKey,
    capture: [
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
    ],
    flushIntervalMs: FLUSH_INTERVAL_MS,
    retryMaxMs: RETRY_MAX_MS,
    runtime: { fetch: network.fetch },
  });
  const kinesis = createReadDoorClient({
    endpoint: pipeline.endpoint,
    token: pipeline.readToken,
    region: pipeline.region,
  });
  const faults = createFaults((input, init) => fetch(input, init));
  return { pipeline, client, kinesis, stage: { client, network, faults } };
}
