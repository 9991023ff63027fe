import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { createFakeKinesis } from '../helpers/fake-kinesis/index.ts';
import { hostileBatch } from '../worker/hostile-batches.ts';
import {
  createRelayUnderTest,
  NOW,
  ORIGIN,
  signBatch,
  sources,
  writeBatch,
} from '../worker/relay-under-test.ts';
import { witness } from '../worker/witness.ts';

/** workerd says nothing of its memory; the relay in Node is the same. */
setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

const ROUNDS = 5;
const BATCHES = 300;

afterEach(() => {
  vi.unstubAllGlobals();
});

/** MiB that are in use when nothing is under way. What a finalizer lets go is collected by the next collection. */
async function usedMemory(): Promise<number> {
  for (let turn = 0; turn < 4; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
}

test('hostile batches of ever new clients, keys and user agents leave nothing behind', {
  timeout: 60_000,
}, async () => {
  const { clock, logs, post, relay } = createRelayUnderTest({
    SOURCES: sources({
      partition: 'properties.key',
      format: 'cloudevents',
      redact: ['email', 'card'],
      plan: { mode: 'observe', events: { Purchased: { required: ['price'] } } },
      edge: ['country', 'region', 'colo', 'asn', 'userAgent', 'bot'],
      ip: 'hashed',
    }),
  });
  let kinesis = createFakeKinesis();
  // A spy would remember every call.
  vi.stubGlobal('fetch', (...request: Parameters<typeof fetch>) => kinesis.fetch(...request));
  const used: number[] = [];
  let sent = 0;

  for (let round = 0; round < ROUNDS; round++) {
    const batches = fc.sample(hostileBatch, { seed: round, numRuns: BATCHES });
    for (const { segments, sender, inner } of batches) {
      kinesis = createFakeKinesis({ now: () => NOW });
      kinesis.call('CreateStream', { StreamName: 'clickstream', ShardCount: 1 });
      const asked = { writeKey: 'wk_shop', client: `client-${sent}`, sdk: 'x' };
      const session = await (await post('/v1/session', JSON.stringify(asked))).json();
      const keyed = {
        lane: `lane-${sent}`.padEnd(10, '-'),
        events: [{ type: 'page', timestamp: NOW, properties: { key: `key-${sent}` } }],
      };
      const text = inner(new Uint8Array(Buffer.from(writeBatch([keyed, ...segments], sender))));
      const headers = {
        origin: ORIGIN,
        'user-agent': `Mozilla/5.0 Test/${sent}`,
        'cf-connecting-ip': '203.0.113.7',
      };
      const body = await signBatch(session, clock.now, text);
      const init = { method: 'POST', headers, body };

      const response = await relay.fetch(new Request('https://relay.example/v1/batch', init));
      await response.text();

      sent++;
      logs.length = 0;
      witness.leaks();
    }
    used.push(await usedMemory());
  }

  // The caches are full after the first round, of which each is a page load for hundreds of clients.
  const [, ...settled] = used;
  const grown = Math.min(...settled.slice(-2)) - Math.min(...settled.slice(0, 2));
  expect(grown).toBeLessThan(4);
});
