import { afterEach, expect, test, vi } from 'vitest';
import golden from '../fixtures/records/cloud-event.json' with { type: 'json' };
import { createRelayUnderTest, NOW, type Segment, sources, track } from './relay-under-test.ts';
import { scriptKinesis } from './scripted-kinesis.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** What the relay wrote for one segment of a source that asks for CloudEvents. */
async function cloudEventsOf(segment: Segment, source: object = {}) {
  const kinesis = scriptKinesis();
  const { sendBatch } = createRelayUnderTest({
    SOURCES: sources({ format: 'cloudevents', aggregate: false, ...source }),
  });
  const { answer } = await sendBatch([segment], {
    sentAt: NOW - 20,
    sender: { sdk: 'rivulet/test', clockOffset: 1500 },
    cf: { country: 'DE' },
  });
  expect(answer.receipts.every(({ status }) => status === 'stored')).toBe(true);
  return kinesis.calls
    .flatMap(({ input }) => input.Records)
    .map(({ Data, PartitionKey }) => ({
      text: Buffer.from(Data, 'base64').toString(),
      key: PartitionKey,
    }));
}

test('a CloudEvent is exactly what the specification and the protocol say', async () => {
  const [event] = await cloudEventsOf({
    first: 41,
    context: { anonymousId: 'client-1', userId: 'user-1', page: { path: '/ключ' } },
    events: [
      {
        type: 'track',
        event: 'Product Clicked',
        timestamp: NOW - 2000,
        properties: { price: 9.5, tags: ['a', null] },
      },
    ],
  });

  expect(event?.text).toBe(JSON.stringify(golden));
  expect(golden.partitionkey).toBe(event?.key);
});

test("it is about the session's client where the segment names none", async () => {
  const [event] = await cloudEventsOf({ context: {}, events: [track()] });

  const { subject, data } = JSON.parse(event?.text ?? '');
  expect([subject, data.anonymousId, event?.key]).toEqual(['client-1', 'client-1', 'client-1']);
});

test('its attributes hold no character that the specification forbids', async () => {
  const anonymousId = 'a\u0000\u0085\ud800\uffff';

  const [event] = await cloudEventsOf(
    { context: { anonymousId }, events: [track({ id: 'b\n' })] },
    { partition: 'properties.id' },
  );

  const { subject, partitionkey, data } = JSON.parse(event?.text ?? '');
  expect([subject, partitionkey]).toEqual(['a\ufffd\ufffd\ufffd\ufffd', 'b\ufffd']);
  expect(data.anonymousId).toBe(anonymousId);
});

test('it names no partition key where the stream distributes records itself', async () => {
  const [event] = await cloudEventsOf({ events: [track()] }, { partition: 'auto' });

  expect(JSON.parse(event?.text ?? '')).not.toHaveProperty('partitionkey');
});
