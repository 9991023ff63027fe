import { expect, test } from 'vitest';
import type { DropProperties } from '../../../src/protocol/event.ts';
import type { RemoteConfig } from '../../../src/protocol/session.ts';
import { storedReceipts } from '../../helpers/scripted-fetch.ts';
import { createTestClient, type TestClient } from '../../helpers/test-client.ts';

const answering = (config: RemoteConfig) => ({ receipts: storedReceipts, config });

/** A client that has been told. */
async function openSampledOut(): Promise<TestClient> {
  const rig = createTestClient();
  rig.relay.replyToBatches(answering({ sampledOut: true }));
  rig.client.track('Before it knew');
  await rig.client.flush();
  return rig;
}

/** Names of what the relay stored, with the runs that were declared. */
function arrivals({ relay }: TestClient) {
  return relay.batches.flatMap(({ events }) =>
    events.map(({ type, event, properties }) => {
      const { ranges, reason } = (properties ?? {}) as Partial<DropProperties>;
      return type === 'drop' ? `${reason} ${JSON.stringify(ranges)}` : event;
    }),
  );
}

test('a client outside of the sample leaves out what it captures, and declares it in one run', async () => {
  const rig = await openSampledOut();
  const { client, clock } = rig;

  for (let n = 0; n < 50; n++) {
    client.track('Left out', { n });
    client.metric('Left out', n);
    await clock.advance(1000);
  }
  const requests = rig.relay.batches.length;
  await client.flush();

  expect(requests).toBe(1);
  expect(arrivals(rig)).toEqual(['Before it knew', 'sampled [[2,100]]']);
  expect(await client.stats()).toMatchObject({
    captured: 102,
    droppedBy: { sampled: 100 },
    queue: { events: 0 },
  });
});

test('what is of high priority is kept', async () => {
  const rig = await openSampledOut();

  rig.client.track('Left out');
  rig.client.metric('Alarm', 1, { priority: 'high' });
  await rig.client.flush();

  expect(arrivals(rig)).toEqual(['Before it knew', 'Alarm', 'sampled [[3,1]]']);
});

test('the next page knows it from its first event on', async () => {
  const first = await openSampledOut();
  await first.client.close();

  const second = createTestClient({ sharing: first, seed: 2 });
  second.client.page();
  await second.client.flush();

  expect(arrivals(second)).toEqual(['Before it knew', 'sampled [[1,1]]']);
});

test('a client that is in the sample again goes on, and so does the next page', async () => {
  const first = await openSampledOut();
  first.relay.replyToBatches(answering({ flushIntervalMs: 1000 }));
  first.client.track('Left out');
  await first.client.flush();
  first.client.track('Back');
  await first.client.flush();
  await first.client.close();

  const second = createTestClient({ sharing: first, seed: 2 });
  second.client.track('Still');
  await second.client.flush();

  expect(arrivals(first)).toEqual(['Before it knew', 'sampled [[2,1]]', 'Back', 'Still']);
});

test('a worker, which has to wait for what it was told, is told by its session', async () => {
  const rig = createTestClient({ runtime: { storage: undefined } });
  rig.relay.replyToBatches(answering({ sampledOut: true }));
  rig.client.track('Before it knew');
  await rig.client.flush();
  rig.client.track('Left out');
  await rig.client.flush();

  expect(arrivals(rig)).toEqual(['Before it knew', 'sampled [[2,1]]']);
});
