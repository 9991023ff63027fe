import { dirname } from 'node:path';
import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  KinesisClient,
} from '@aws-sdk/client-kinesis';
import { FetchHttpHandler } from '@smithy/fetch-http-handler';
import type { Part } from './part.ts';
import { findFreePort, LOOPBACK } from './ports.ts';
import { packageFile, startProcess } from './process-part.ts';
import { bringUp, until } from './until.ts';

/** kinesis-local asks for a signature and takes any. */
export const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' } as const;

export interface LocalKinesisOptions {
  readonly stream: string;
  readonly shards: number;
  readonly region: string;
  readonly port: number;
  /** Gives up starting. */
  readonly givenUp: AbortSignal;
}

export interface LocalKinesis extends Part {
  readonly url: string;
}

/** The local stream: the Kinesis API from the npm package `kinesis-local`, in memory, on loopback only. */
export async function startKinesisLocal(options: LocalKinesisOptions): Promise<LocalKinesis> {
  const { stream, shards, region, port } = options;
  const main = packageFile('kinesis-local/main.js');
  const part = await startProcess({
    name: 'kinesis-local',
    command: [main],
    imports: [new URL('./preload/listen-on-loopback.ts', import.meta.url)],
    cwd: dirname(main),
    env: {
      KINESIS_MOCK_PLAIN_PORT: String(port),
      KINESIS_MOCK_TLS_PORT: String(await findFreePort()),
      // Looked for in the working directory otherwise.
      KINESIS_MOCK_CERT_PATH: packageFile('kinesis-local/server.json'),
      AWS_REGION: region,
      LOG_LEVEL: 'ERROR',
      SHARD_LIMIT: String(Math.max(50, shards)),
      CREATE_STREAM_DURATION: '10ms',
    },
  });
  const url = `http://${LOOPBACK}:${port}`;
  await bringUp(part, options.givenUp, async (signal) => {
    const isHealthy = async () => (await fetch(`${url}/healthcheck`)).ok;
    await until('kinesis-local: its health', isHealthy, signal);
    await createStream(createLocalClient(url, region), { stream, shards, signal });
  });
  return { ...part, url };
}

/** A client for the local stream, or for a proxy in front of it. */
export function createLocalClient(endpoint: string, region: string): KinesisClient {
  return new KinesisClient({
    endpoint,
    region,
    credentials: LOCAL_CREDENTIALS,
    // The SDK's own choice in Node is HTTP/2, which the proxy does not speak.
    requestHandler: new FetchHttpHandler(),
  });
}

async function createStream(
  client: KinesisClient,
  { stream, shards, signal }: { stream: string; shards: number; signal: AbortSignal },
): Promise<void> {
  await client.send(new CreateStreamCommand({ StreamName: stream, ShardCount: shards }));
  await untilActive(client, stream, signal);
  client.destroy();
}

/** Waits until the stream takes writes, and another change of its shards. */
export function untilActive(
  client: KinesisClient,
  stream: string,
  signal: AbortSignal,
): Promise<void> {
  const isActive = async () => {
    const answer = await client.send(new DescribeStreamSummaryCommand({ StreamName: stream }));
    return answer.StreamDescriptionSummary?.StreamStatus === 'ACTIVE';
  };
  return until(`kinesis-local: the stream ${stream}`, isActive, signal);
}
