import { KinesisClient, type KinesisClientConfig } from '@aws-sdk/client-kinesis';
import { FetchHttpHandler } from '@smithy/fetch-http-handler';
import type { FakeKinesis } from './fake-kinesis.ts';

/** The real SDK on a fake, without a socket. Tries once, so that a test sees every failure. */
export function clientOf(fake: FakeKinesis, config: KinesisClientConfig = {}): KinesisClient {
  return new KinesisClient({
    endpoint: 'http://kinesis.test',
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: new FetchHttpHandler({ customFetch: fake.fetch }),
    ...config,
  });
}
