import { KinesisClient } from '@aws-sdk/client-kinesis';
import { FetchHttpHandler } from '@smithy/fetch-http-handler';
import { platformRuntime, type Runtime } from '../runtime.ts';

export interface ReadDoorOptions {
  /** The relay's address, without a path. */
  readonly endpoint: string;
  /** A read token. */
  readonly token: string;
  /** Goes nowhere: the relay knows where its streams are, but the SDK asks for one. @default 'us-east-1' */
  readonly region?: string;
  readonly runtime?: Pick<Runtime, 'fetch'>;
}

/** Headers that the SDK adds and the relay does not read: each would have to be allowed in a CORS preflight. */
const NEEDLESS = ['amz-sdk-invocation-id', 'amz-sdk-request', 'x-amz-user-agent', 'user-agent'];

/** A Kinesis client that reads through the relay: it carries a read token, and no AWS credentials. */
export function createReadDoorClient(options: ReadDoorOptions): KinesisClient {
  const { endpoint, token, region = 'us-east-1', runtime = platformRuntime() } = options;
  return new KinesisClient({
    endpoint: `${endpoint.replace(/\/+$/, '')}/v1/kinesis`,
    region,
    // The SDK insists on an identity before it calls the signer.
    credentials: { accessKeyId: '-', secretAccessKey: '-' },
    signer: {
      sign: async (request) => {
        for (const name of NEEDLESS) delete request.headers[name];
        request.headers.authorization = `Bearer ${token}`;
        return request;
      },
    },
    requestHandler: new FetchHttpHandler({ customFetch: runtime.fetch }),
    // The consumer tries again by itself, at a pace that it can show.
    maxAttempts: 1,
  });
}
