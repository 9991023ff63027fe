/** What a relay costs at least: parse a batch, put one record per event with the AWS SDK, answer. It checks nothing. */

import { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { FetchHttpHandler } from '@smithy/fetch-http-handler';

interface Env {
  readonly RELAY_AWS_ACCESS_KEY_ID: string;
  readonly RELAY_AWS_SECRET_ACCESS_KEY: string;
  readonly RELAY_AWS_REGION: string;
  readonly RELAY_KINESIS_ENDPOINT: string;
}

let kinesis: KinesisClient | undefined;

export default {
  fetch: async (request: Request, env: Env): Promise<Response> => {
    kinesis ??= new KinesisClient({
      region: env.RELAY_AWS_REGION,
      endpoint: env.RELAY_KINESIS_ENDPOINT,
      credentials: {
        accessKeyId: env.RELAY_AWS_ACCESS_KEY_ID,
        secretAccessKey: env.RELAY_AWS_SECRET_ACCESS_KEY,
      },
      requestHandler: new FetchHttpHandler(),
      maxAttempts: 1,
    });
    const { client, events }: { client: string; events: object[] } = await request.json();
    const encoder = new TextEncoder();
    const { FailedRecordCount } = await kinesis.send(
      new PutRecordsCommand({
        StreamName: 'clickstream',
        Records: events.map((event) => ({
          PartitionKey: client,
          Data: encoder.encode(JSON.stringify(event)),
        })),
      }),
    );
    return Response.json({ stored: events.length - (FailedRecordCount ?? 0) });
  },
};
