import type { IncomingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createLocalClient } from '../../demo/launcher/kinesis-local.ts';
import { type Pipeline, startPipeline } from '../../demo/launcher/pipeline.ts';
import { createClient } from '../../src/client/client.ts';
import { createConsumer } from '../../src/consumer/consumer.ts';
import { createErasureHandler } from '../../src/erasure/erasure-handler.ts';
import { createMemoryAuditLog, createMemoryErasureStore } from '../../src/erasure/memory.ts';
import type { ErasureRequest } from '../../src/erasure/types.ts';
import { type LoopbackServer, serveOnLoopback } from '../helpers/loopback-server.ts';
import { isGenuine } from '../recipes/consumer/erasure-signature.ts';

const SECRET = 'a secret of at least 24 bytes';

const calls: { readonly headers: IncomingHttpHeaders; readonly request: ErasureRequest }[] = [];
let pipeline: Pipeline;
let endpoint: LoopbackServer;

beforeAll(async () => {
  pipeline = await startPipeline();
  endpoint = await serveOnLoopback(async (request, response) => {
    const body = await buffer(request);
    const { headers } = request;
    if (isGenuine(headers, body, SECRET)) calls.push({ headers, request: JSON.parse(`${body}`) });
    response.writeHead(204).end();
  });
});

afterAll(async () => {
  await endpoint?.stop();
  await pipeline?.stop();
});

test('what a client asks for comes through relay and stream to the endpoint of each product', async () => {
  const kinesis = createLocalClient(pipeline.kinesis?.url ?? '', pipeline.region);
  const client = createClient({ endpoint: pipeline.relay.gate.url, writeKey: pipeline.writeKey });
  const store = createMemoryErasureStore();
  const log = createMemoryAuditLog();
  const { clientId } = await client.stats();

  client.identify('jane@shop.example');
  client.track('Looked');
  client.erase();
  client.erase('user-42', { products: ['mail', 'billing'] });
  await client.flush();
  const consumer = createConsumer({
    ...{ client: kinesis, stream: 'clickstream', from: 'TRIM_HORIZON' },
  });
  const erasure = createErasureHandler({
    ...{ products: ['crm', 'mail'], endpoint: endpoint.origin, secret: SECRET, store, log },
    logSecret: 'a log secret of at least 32 characters',
  });
  const ended = consumer.run(erasure.handle);
  await vi.waitFor(() => expect(calls).toHaveLength(3), { timeout: 20_000, interval: 50 });
  await consumer.close();

  expect(await ended).toMatchObject({ failures: 0, parked: 0 });
  const jane = { anonymousId: clientId, userId: 'jane@shop.example' };
  const asked = calls.map(({ request: { product, subject } }) => ({ product, subject }));
  expect(asked).toHaveLength(3);
  expect(asked).toEqual(
    expect.arrayContaining([
      { product: 'crm', subject: jane },
      { product: 'mail', subject: jane },
      { product: 'mail', subject: { userId: 'user-42' } },
    ]),
  );
  expect(calls.every(({ headers, request }) => headers['idempotency-key'] === request.key)).toBe(
    true,
  );
  await client.close();
  kinesis.destroy();
});
