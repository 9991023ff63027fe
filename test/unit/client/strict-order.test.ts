import { describe, expect, test } from 'vitest';
import type { SenderFacts } from '../../../src/protocol/batch.ts';
import { type SentBatch, storedReceipts } from '../../helpers/scripted-fetch.ts';
import { createTestClient, type TestClient } from '../../helpers/test-client.ts';

const strict = { sessionConfig: () => ({ strictOrder: true }) };

/** The n-th batch is stored at sequence number n, whatever it holds. */
function counting() {
  let count = 0;
  return (batch: SentBatch) => {
    count++;
    const sequence = String(count);
    return { receipts: () => storedReceipts(batch).map((one) => ({ ...one, sequence })) };
  };
}

async function sendOne({ client, clock }: TestClient): Promise<void> {
  client.track('Event');
  await clock.advance(6000);
}

function afterOf({ text }: SentBatch): SenderFacts['after'] {
  return JSON.parse(text.split('\n')[0] ?? '').after;
}

describe('a source with strict order', () => {
  test('is told with each batch where the lane ended on the stream', async () => {
    const tested = createTestClient({ relay: { ...strict, otherwise: counting() } });
    await sendOne(tested);
    await sendOne(tested);
    await sendOne(tested);

    const { lane } = await tested.client.stats();
    expect(tested.relay.batches.map(afterOf)).toEqual([{}, { [lane]: '1' }, { [lane]: '2' }]);
  });

  test('is told by the next page of the lane that the last one has left', async () => {
    const first = createTestClient({ relay: { ...strict, otherwise: counting() } });
    await sendOne(first);
    first.client.track('Left over');
    await first.client.close();
    const { lane } = await first.client.stats();

    const second = createTestClient({ sharing: first, seed: 2 });
    await sendOne(second);

    expect(first.relay.batches.map(afterOf).at(-1)).toEqual({ [lane]: '1' });
  });

  test('hears nothing of what is not stored', async () => {
    const tested = createTestClient({ relay: strict });
    const { lane } = await tested.client.stats();
    const retry = (batch: SentBatch) =>
      storedReceipts(batch).map(({ lane, first, count }) => {
        return { lane, first, count, status: 'retry' as const, after: 100 };
      });
    tested.relay.replyToBatches(undefined, { receipts: retry });
    await sendOne(tested);
    await sendOne(tested);
    await tested.clock.advance(60_000);

    expect(tested.relay.batches.map(afterOf)).toEqual([
      {},
      { [lane]: '49657' },
      { [lane]: '49657' },
    ]);
  });

  test('is told of nine lanes at most', async () => {
    const tested = createTestClient({ relay: strict });
    const others = (batch: SentBatch) => [
      ...storedReceipts(batch),
      ...Array.from({ length: 12 }, (_, at) => ({
        ...{ lane: `anotherLane${at}`, first: 1, count: 1, shard: 's', sequence: '7' },
        status: 'stored' as const,
      })),
    ];
    tested.relay.replyToBatches({ receipts: others });
    await sendOne(tested);
    await sendOne(tested);

    expect(Object.keys(tested.relay.batches.map(afterOf)[1] ?? {})).toHaveLength(9);
  });
});

test('a source without strict order is told nothing, and nothing is kept', async () => {
  const tested = createTestClient();
  await sendOne(tested);
  await sendOne(tested);

  expect(tested.relay.batches.map(afterOf)).toEqual([undefined, undefined]);
});
