import { type Client, type ClientOptions, createClient } from 'rivulet';
import { createReadDoorClient } from 'rivulet/consumer';
import { createClockSwitch } from '../scenarios/clock-switch.ts';
import { createFaults } from '../scenarios/faults.ts';
import { createNetworkSwitch } from '../scenarios/network-switch.ts';
import { createOtherTabs } from '../scenarios/other-tab.ts';
import { createStreamSwitch } from '../scenarios/stream-switch.ts';
import type { Stage } from '../scenarios/types.ts';

/** What the launcher says about the pipeline behind this page. */
export interface Pipeline {
  readonly endpoint: string;
  readonly writeKey: string;
  readonly stream: string;
  readonly region: string;
  readonly readToken: string;
  /** Whether the stream is of this machine, which can be broken and split. */
  readonly local: boolean;
}

export interface Connection {
  readonly pipeline: Pipeline;
  readonly client: Client;
  readonly kinesis: ReturnType<typeof createReadDoorClient>;
  readonly stage: Stage;
}

/** Somebody is watching: a quarter of a second is long enough to gather a batch. */
const FLUSH_INTERVAL_MS = 250;
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

/** A client in the demo's pace. All pages of it share one queue. */
export function openClient(
  { endpoint, writeKey }: Pipeline,
  options: Pick<ClientOptions, 'capture' | 'runtime'> = {},
): Client {
  return createClient({
    endpoint,
    writeKey,
    flushIntervalMs: FLUSH_INTERVAL_MS,
    retryMaxMs: RETRY_MAX_MS,
    ...options,
  });
}

/** Starts to capture, and opens the way back for the live view. */
export function connect(pipeline: Pipeline, capture: ClientOptions['capture'] = []): Connection {
  const network = createNetworkSwitch(window);
  const client = openClient(pipeline, { capture, runtime: { fetch: network.fetch } });
  const { endpoint, region, readToken: token } = pipeline;
  const kinesis = createReadDoorClient({ endpoint, token, region });
  const ask: typeof fetch = (input, init) => fetch(input, init);
  const stage: Stage = {
    client,
    network,
    clock: createClockSwitch(window),
    faults: createFaults(ask),
    stream: createStreamSwitch(ask),
    tabs: createOtherTabs(() => document.querySelector('.other-tab') ?? document.body),
  };
  return { pipeline, client, kinesis, stage };
}
