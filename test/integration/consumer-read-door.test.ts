import { ListStreamsCommand, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { createLocalClient } from '../../demo/launcher/kinesis-local.ts';
import { type Pipeline, startPipeline } from '../../demo/launcher/pipeline.ts';
import { createConsumer, createReadDoorClient } from '../../src/consumer/index.ts';
import { createReadDoorReader } from '../../src/consumer/read-door-reader.ts';

let pipeline: Pipeline;

beforeAll(async () => {
  pipeline = await startPipeline();
});

afterAll(() => pipeline?.stop());

async function readDoor(create = createReadDoorClient as typeof createReadDoorReader, token = '') {
  const { url } = pipeline.relay.gate;
  return create({ endpoint: url, token: token || (await pipeline.mintReadToken()) });
}

test.each([
  ['the SDK', createReadDoorClient],
  ['fetch alone', createReadDoorReader],
])(
  'a consumer reads the stream through the relay, with a read token and no credentials: %s',
  async (name, create) => {
    const direct = createLocalClient(pipeline.kinesis?.url ?? '', pipeline.region);
    onTestFinished(() => direct.destroy());
    const consumer = createConsumer({
      client: await readDoor(create),
      stream: 'clickstream',
      from: 'TRIM_HORIZON',
      pollIntervalMs: 200,
    });
    onTestFinished(consumer.close);
    const received: string[] = [];
    void (async () => {
      for await (const { data } of consumer) received.push(new TextDecoder().decode(data));
    })();
    const texts = Array.from({ length: 50 }, (_, index) => `${name}-${index}`);

    await direct.send(
      new PutRecordsCommand({
        StreamName: 'clickstream',
        Records: texts.map((text) => ({ PartitionKey: text, Data: Buffer.from(text) })),
      }),
    );

    await vi.waitFor(
      () =>
        expect(received.filter((text) => text.startsWith(name)).toSorted()).toEqual(
          texts.toSorted(),
        ),
      {
        timeout: 20_000,
      },
    );
    expect(consumer.shards()).toHaveLength(4);
    expect(consumer.error()).toBeUndefined();
  },
);

test.each([
  ['the SDK', createReadDoorClient],
  ['fetch alone', createReadDoorReader],
])('a token that is none is refused, and the consumer says why: %s', async (_, create) => {
  const client = await readDoor(create, 'no.token');
  const consumer = createConsumer({ client, stream: 'clickstream' });
  onTestFinished(consumer.close);

  await vi.waitFor(() => expect(consumer.error()).toMatch(/^AccessDeniedException: token: /), {
    timeout: 20_000,
  });
});

test('an operation that is not for readers is refused', async () => {
  await expect((await readDoor()).send(new ListStreamsCommand())).rejects.toThrow(
    expect.objectContaining({ name: 'AccessDeniedException' }),
  );
});
