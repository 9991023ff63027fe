import { KinesisClient } from '@aws-sdk/client-kinesis';
import { FetchHttpHandler } from '@smithy/fetch-http-handler';
import { createConsumer, leases } from 'rivulet/consumer';
import { type D1, d1Store } from './d1-store.ts';

interface Env {
  readonly LEASES: D1;
  readonly AWS_REGION: string;
  readonly AWS_ACCESS_KEY_ID: string;
  readonly AWS_SECRET_ACCESS_KEY: string;
}

// In wrangler.toml: [triggers] crons = ["*/15 * * * *"]
export default {
  async scheduled(_: unknown, env: Env): Promise<void> {
    const consumer = createConsumer({
      client: new KinesisClient({
        region: env.AWS_REGION,
        credentials: {
          accessKeyId: env.AWS_ACCESS_KEY_ID,
          secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
        },
        requestHandler: new FetchHttpHandler(),
      }),
      stream: 'clickstream',
      from: 'TRIM_HORIZON',
      checkpoint: leases(d1Store(env.LEASES)),
    });
    const report = await consumer.run(
      async (records, { signal }) => {
        const orders = records.flatMap(({ event }) =>
          event?.event === 'Order Completed' ? [event.properties] : [],
        );
        if (orders.length === 0) return;
        const answer = await fetch('https://shop.example.com/orders', {
          method: 'POST',
          body: JSON.stringify(orders),
          signal,
        });
        if (!answer.ok) throw new Error(`the shop answered ${answer.status}`);
      },
      // Up to what stood in the stream when it began, and before the next one begins.
      { until: 'caught_up', maxMs: 10 * 60_000 },
    );
    console.log(JSON.stringify(report));
  },
};
