import {
  DescribeStreamSummaryCommand,
  type KinesisClient,
  ListShardsCommand,
  PutRecordsCommand,
} from '@aws-sdk/client-kinesis';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createLocalClient } from '../../demo/launcher/kinesis-local.ts';
import { type Pipeline, startPipeline } from '../../demo/launcher/pipeline.ts';
import { REFUSAL_STATUS } from '../../src/protocol/index.ts';
import {
  commandOf,
  descendantsOf,
  environmentOf,
  LOOPBACK_HEX,
  listeningAddressesOf,
} from '../helpers/processes.ts';

let pipeline: Pipeline;
let direct: KinesisClient;
let proxied: KinesisClient;

beforeAll(async () => {
  process.env.AWS_SECRET_ACCESS_KEY = 'of-the-shell';
  process.env.RELAY_AWS_SECRET_ACCESS_KEY = 'of-the-shell';
  pipeline = await startPipeline();
  direct = createLocalClient(pipeline.kinesis?.url ?? '', pipeline.region);
  proxied = createLocalClient(pipeline.kinesis?.proxy.url ?? '', pipeline.region);
});

afterAll(async () => {
  delete process.env.AWS_SECRET_ACCESS_KEY;
  delete process.env.RELAY_AWS_SECRET_ACCESS_KEY;
  direct?.destroy();
  proxied?.destroy();
  await pipeline?.stop();
});

afterEach(() => pipeline.faults.set({ kinesis: 'ok', relay: 'ok' }));

it('has a stream of four open shards', async () => {
  const summary = await direct.send(
    new DescribeStreamSummaryCommand({ StreamName: 'clickstream' }),
  );

  expect(summary.StreamDescriptionSummary).toMatchObject({
    StreamStatus: 'ACTIVE',
    OpenShardCount: 4,
  });
});

it('listens on loopback only, with every process it started', () => {
  const started = descendantsOf(process.pid);
  const addresses = started.flatMap(listeningAddressesOf);

  expect(
    started.map(commandOf).filter((command) => /kinesis-local|workerd/.test(command)),
  ).not.toEqual([]);
  // Both ports of kinesis-local, the relay and its inspector at least.
  expect(addresses.length).toBeGreaterThanOrEqual(4);
  expect(new Set(addresses)).toEqual(new Set([LOOPBACK_HEX]));
});

it("keeps the shell's keys from everything it started", () => {
  const environments = descendantsOf(process.pid).flatMap(environmentOf);

  expect(environments.length).toBeGreaterThan(0);
  expect(environments.filter((entry) => entry.includes('of-the-shell'))).toEqual([]);
});

it('has a relay that finds its settings in order', async () => {
  const answer = await fetch(`${pipeline.relay.gate.url}/v1/health`);

  expect(answer.status).toBe(200);
});

const put = (client: KinesisClient) =>
  client.send(
    new PutRecordsCommand({
      StreamName: 'clickstream',
      Records: [
        { PartitionKey: 'a', Data: Uint8Array.of(1) },
        { PartitionKey: 'b', Data: Uint8Array.of(2) },
      ],
    }),
  );
const list = () => proxied.send(new ListShardsCommand({ StreamName: 'clickstream' }));

it('throttles writes entry by entry, as Kinesis does, and lets reads by', async () => {
  pipeline.faults.set({ kinesis: 'throttle' });

  const answer = await put(proxied);

  expect(answer.FailedRecordCount).toBe(2);
  expect(answer.Records?.map(({ ErrorCode }) => ErrorCode)).toEqual([
    'ProvisionedThroughputExceededException',
    'ProvisionedThroughputExceededException',
  ]);
  await expect(list()).resolves.toHaveProperty('Shards');
});

it('has Kinesis down for writes and reads, and back again', async () => {
  pipeline.faults.set({ kinesis: 'down' });
  await expect(list()).rejects.toThrow();

  pipeline.faults.set({ kinesis: 'ok' });
  await expect(put(proxied)).resolves.toMatchObject({ Records: [{}, {}] });
});

it('answers for the relay with a refusal that a page of another origin can read', async () => {
  pipeline.faults.set({ relay: 'unavailable' });

  const answer = await fetch(`${pipeline.relay.gate.url}/v1/batch`, { method: 'POST', body: 'x' });

  const body = (await answer.json()) as { code: keyof typeof REFUSAL_STATUS };
  expect(answer.status).toBe(REFUSAL_STATUS[body.code]);
  expect(answer.headers.get('retry-after')).toBe('1');
  expect(answer.headers.get('access-control-allow-origin')).toBe('*');
});

it('has the relay down', async () => {
  pipeline.faults.set({ relay: 'down' });

  await expect(fetch(`${pipeline.relay.gate.url}/v1/health`)).rejects.toThrow();
});

it('runs the same relay for a stream of AWS, without a local one and without faults in front of it', async () => {
  const before = descendantsOf(process.pid);
  const remote = await startPipeline({
    aws: { accessKeyId: 'id', secretAccessKey: 'secret' },
    stream: 'orders',
    region: 'eu-central-1',
    site: true,
  });

  const answer = await fetch(`${remote.relay.gate.url}/v1/health`);
  const resharding = await fetch(`${remote.site?.url}/stream`, { method: 'POST', body: '{}' });
  const commands = descendantsOf(process.pid)
    .filter((pid) => !before.includes(pid))
    .map(commandOf);
  await remote.stop();

  expect(answer.status).toBe(200);
  expect(remote.kinesis).toBeUndefined();
  expect(resharding.status).toBe(404);
  expect(commands.filter((command) => command.includes('workerd'))).not.toEqual([]);
  expect(commands.filter((command) => command.includes('kinesis-local'))).toEqual([]);
});
