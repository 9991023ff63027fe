import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { afterAll, beforeAll } from 'vitest';
import {
  createLocalClient,
  type LocalKinesis,
  startKinesisLocal,
} from '../../demo/launcher/kinesis-local.ts';
import { findFreePort } from '../../demo/launcher/ports.ts';

/** A local Kinesis for all tests of a file, which make their own streams in it. Answers with the client once it runs. */
export function useLocalKinesis(region: string): () => KinesisClient {
  let kinesis: LocalKinesis | undefined;
  let client: KinesisClient | undefined;

  beforeAll(async () => {
    kinesis = await startKinesisLocal({
      stream: 'unused',
      shards: 1,
      region,
      port: await findFreePort(),
      givenUp: AbortSignal.timeout(30_000),
    });
    client = createLocalClient(kinesis.url, region);
  });

  afterAll(async () => {
    client?.destroy();
    await kinesis?.stop();
  });

  return () => {
    if (!client) throw new Error('local Kinesis: expected it to run, got a call before it does');
    return client;
  };
}
