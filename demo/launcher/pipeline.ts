import { randomBytes } from 'node:crypto';
import { type PartitionRule, signToken } from '../../src/protocol/index.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { createFaults, type Faults } from './faults.ts';
import {
  createLocalClient,
  LOCAL_CREDENTIALS,
  startKinesisLocal,
  untilActive,
} from './kinesis-local.ts';
import type { Death } from './part.ts';
import { findFreePort, LOOPBACK } from './ports.ts';
import { type RelaySettings, startRelay, toEnvJson } from './relay.ts';
import { createResharding, type Resharding } from './resharding.ts';
import { type PipelineFacts, startSite } from './site.ts';
import { createStopStack, startAll } from './start-all.ts';

/** How long a page may read the stream before it asks for a new token. */
const READ_TOKEN_LIFE_MS = 12 * 60 * 60_000;

/** The same at every start, so that a page that stayed open goes on. It is public by nature. */
const DEMO_WRITE_KEY = 'rivulet-demo';

/** What the relay holds the shop's events against: enough for one of them to be refused. */
const SHOP_PLAN = {
  mode: 'enforce',
  events: { 'Order Completed': { properties: { total: { type: 'number' } } } },
} as const;

export const DEFAULT_STREAM = 'clickstream';
export const DEFAULT_REGION = 'us-east-1';
export const DEFAULT_SHARDS = 4;

/** One source of the relay, as it stands in its `SOURCES` under a write key. */
export interface SourceSettings {
  readonly name: string;
  readonly stream: string;
  readonly origins: readonly string[] | '*';
  readonly partition?: PartitionRule;
  readonly spread?: number;
  readonly aggregate?: boolean;
  readonly aggregateBytes?: number;
  readonly disabled?: true;
  readonly plan?: { readonly mode: 'observe' | 'enforce'; readonly events: object };
}

/** Sources by write key. */
export type Sources = Readonly<Record<string, SourceSettings>>;

/** Keys of an AWS account. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface PipelineOptions {
  /** Uses the stream of this account in place of a local one. @default the local stream */
  readonly aws?: AwsCredentials;
  /** @default 'clickstream' */
  readonly stream?: string;
  /** @default 'us-east-1' */
  readonly region?: string;
  /** Of the local stream. @default 4 */
  readonly shards?: number;
  /** Whether the demo's pages are served. @default false */
  readonly site?: boolean;
  /** Ports of what a person talks to. @default free ones */
  readonly ports?: { readonly site?: number; readonly relay?: number; readonly kinesis?: number };
  /** Sources by write key. @default one source for the stream, open to the site's origin, or to all without a site */
  readonly sources?: Sources;
  /** More settings of the relay, by name. */
  readonly settings?: RelaySettings;
  /** Gives up starting. */
  readonly signal?: AbortSignal;
}

export interface Pipeline {
  /** The local stream: itself, and through the proxy that the relay uses. Absent with a stream of AWS. */
  readonly kinesis: { readonly url: string; readonly proxy: FaultProxy } | undefined;
  /** The relay itself, and through the gate that pages use. */
  readonly relay: { readonly url: string; readonly gate: FaultProxy };
  readonly site: { readonly url: string } | undefined;
  readonly faults: Faults;
  /** Of the first source. */
  readonly writeKey: string;
  /** What the relay signs its tokens with. */
  readonly secret: string;
  readonly stream: string;
  readonly region: string;
  /** A new token for the read door. */
  readonly mintReadToken: () => Promise<string>;
  /** Resolves when a part ended by itself. */
  readonly died: Promise<Death>;
  /** Ends all parts, the last first. May be called twice. */
  readonly stop: () => Promise<void>;
}

/** Starts every station between a page and a stream, each on loopback, and waits until all of them answer. */
export async function startPipeline(options: PipelineOptions = {}): Promise<Pipeline> {
  const {
    aws,
    stream = DEFAULT_STREAM,
    region = DEFAULT_REGION,
    shards = DEFAULT_SHARDS,
  } = options;
  const { ports = {}, signal = new AbortController().signal } = options;
  const secret = randomBytes(32).toString('base64url');
  const sitePort = ports.site ?? (await findFreePort());
  const sources = options.sources ?? defaultSources(stream, options.site ? sitePort : undefined);
  const [writeKey = ''] = Object.keys(sources);
  const mintReadToken = () => mintReadTokenFor(stream, secret);

  const held = createStopStack();
  try {
    // The proxies come first: what stands in front of them is told an address whose other end is still starting.
    let relayUrl = '';
    const kinesisPort = ports.kinesis ?? (await findFreePort());
    const proxy = aws
      ? undefined
      : held.hold(await startFaultProxy(() => `http://${LOOPBACK}:${kinesisPort}`));
    const gate = held.hold(await startFaultProxy(() => relayUrl, ports.relay));
    const faults = createFaults({ kinesis: proxy, relay: gate });

    const settings: RelaySettings = {
      RELAY_SECRET: secret,
      RELAY_AWS_REGION: region,
      ...credentialSettings(aws ?? LOCAL_CREDENTIALS),
      ...(proxy && { RELAY_KINESIS_ENDPOINT: proxy.url }),
      SOURCES: toEnvJson(sources),
      ...options.settings,
    };
    const facts = async (): Promise<PipelineFacts> => ({
      endpoint: gate.url,
      writeKey,
      stream,
      region,
      readToken: await mintReadToken(),
      local: !aws,
    });
    const resharding = aws ? undefined : localResharding(kinesisPort, stream, region, held);
    const { kinesis, relay, site } = await startAll(
      {
        kinesis: async (givenUp: AbortSignal) =>
          aws
            ? undefined
            : startKinesisLocal({ stream, shards, region, port: kinesisPort, givenUp }),
        relay: (givenUp: AbortSignal) => startRelay(settings, givenUp),
        site: async () =>
          options.site ? startSite({ port: sitePort, facts, faults, resharding }) : undefined,
      },
      signal,
    );
    relayUrl = relay.url;
    for (const part of [kinesis, relay, site]) if (part) held.hold(part);

    const processes = kinesis ? [kinesis, relay] : [relay];
    return {
      kinesis: kinesis && proxy && { url: kinesis.url, proxy },
      relay: { url: relay.url, gate },
      site: site && { url: site.url },
      faults,
      writeKey,
      secret,
      stream,
      region,
      mintReadToken,
      died: Promise.race(processes.map((part) => part.died)),
      stop: held.stop,
    };
  } catch (error) {
    await held.stop();
    throw error;
  }
}

/** Open to the pages that the launcher serves; without them, to the pages of a test. */
function defaultSources(stream: string, sitePort: number | undefined): Sources {
  const source = { name: 'shop', stream };
  if (sitePort === undefined) return { [DEMO_WRITE_KEY]: { ...source, origins: '*' } };
  const origins = [`http://${LOOPBACK}:${sitePort}`, `http://localhost:${sitePort}`];
  return { [DEMO_WRITE_KEY]: { ...source, origins, plan: SHOP_PLAN } };
}

function localResharding(
  port: number,
  stream: string,
  region: string,
  held: ReturnType<typeof createStopStack>,
): Resharding {
  const client = createLocalClient(`http://${LOOPBACK}:${port}`, region);
  const over = new AbortController();
  held.hold({
    stop: async () => {
      over.abort();
      client.destroy();
    },
  });
  return createResharding(client, stream, () => untilActive(client, stream, over.signal));
}

function credentialSettings(credentials: AwsCredentials): RelaySettings {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  return {
    RELAY_AWS_ACCESS_KEY_ID: accessKeyId,
    RELAY_AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken && { RELAY_AWS_SESSION_TOKEN: sessionToken }),
  };
}

function mintReadTokenFor(stream: string, secret: string): Promise<string> {
  const issued = Date.now();
  const expires = issued + READ_TOKEN_LIFE_MS;
  return signToken(crypto.subtle, secret, { use: 'read', streams: [stream], issued, expires });
}
