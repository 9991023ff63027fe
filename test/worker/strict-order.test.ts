/** `ordering: "strict"`: one record at a time, each behind the one before it. */

import { afterEach, describe, expect, test, vi } from 'vitest';
import { createRelayUnderTest, LANE, sources, track } from './relay-under-test.ts';
import { recordsOf, refusing, SHARD, scriptKinesis, silent, stored } from './scripted-kinesis.ts';

const STRICT = { SOURCES: sources({ ordering: 'strict', aggregate: false }) };
const THROTTLE = 'ProvisionedThroughputExceededException';

afterEach(() => {
  vi.restoreAllMocks();
});

function strictRelay(fields: object = {}) {
  return createRelayUnderTest({
    SOURCES: sources({ ordering: 'strict', aggregate: false, ...fields }),
  });
}

const sequencesOf = (kinesis: ReturnType<typeof scriptKinesis>) =>
  kinesis.calls.map(({ input }) => input.SequenceNumberForOrdering);

describe('strict order', () => {
  test('puts one record after the other, each behind the number of the one before', async () => {
    const kinesis = scriptKinesis();
    const { sendBatch } = createRelayUnderTest(STRICT);

    const { answer } = await sendBatch([{ events: [track(), track(), track()] }]);

    expect(kinesis.calls.map(({ operation }) => operation)).toEqual(Array(3).fill('PutRecord'));
    expect(sequencesOf(kinesis)).toEqual([undefined, '49540', '49541000']);
    expect(answer.receipts.map(({ status }) => status)).toEqual(Array(3).fill('stored'));
    expect(kinesis.records().map(({ record }) => record.rivulet.seq)).toEqual([1, 2, 3]);
  });

  test('goes on behind what the client says was stored of the lane', async () => {
    const kinesis = scriptKinesis();
    const { sendBatch } = createRelayUnderTest(STRICT);
    const sender = { sdk: 'x', after: { [LANE]: '4950', otherLane: '4951' } };

    await sendBatch([{ events: [track()] }], { sender });

    expect(sequencesOf(kinesis)).toEqual(['4950']);
  });

  test('takes the last of the lanes that share a record', async () => {
    const kinesis = scriptKinesis();
    const { sendBatch } = strictRelay({ aggregate: true });
    const sender = { sdk: 'x', after: { [LANE]: '9', otherLane: '10' } };

    await sendBatch([{ events: [track()] }, { lane: 'otherLane', events: [track()] }], { sender });

    expect(sequencesOf(kinesis)).toEqual(['10']);
  });

  test.each([
    ['a list', ['1']],
    ['a number', { [LANE]: 7 }],
    ['no decimal', { [LANE]: '7"}' }],
    ['a decimal that begins with 0', { [LANE]: '07' }],
    ['130 digits', { [LANE]: '1'.repeat(130) }],
    ['a prototype', { constructor: '1' }],
    ['null', null],
  ])('makes nothing of %s for a number', async (_, after) => {
    const kinesis = scriptKinesis();
    const { sendBatch } = createRelayUnderTest(STRICT);

    const events = [track()];
    const { answer } = await sendBatch([{ events }, { lane: 'constructor', events }], {
      sender: { sdk: 'x', after },
    });

    expect(answer.receipts.map(({ status }) => status)).toEqual(['stored', 'stored']);
    expect(sequencesOf(kinesis)[0]).toBeUndefined();
  });

  test('does without the number where Kinesis refuses it: the shard was split or merged since', async () => {
    const kinesis = scriptKinesis((call, index) => {
      const { SequenceNumberForOrdering: after } = call.input;
      return (after === '4950' ? refusing(400, 'InvalidArgumentException') : stored)(call, index);
    });
    const { sendBatch } = createRelayUnderTest(STRICT);

    const { answer } = await sendBatch([{ events: [track(), track()] }], {
      sender: { sdk: 'x', after: { [LANE]: '4950' } },
    });

    expect(sequencesOf(kinesis)).toEqual(['4950', undefined, '49541000']);
    expect(answer.receipts.map(({ status }) => status)).toEqual(['stored', 'stored']);
  });

  test('retries a throttled record before it puts the next of its key', async () => {
    const kinesis = scriptKinesis(refusing(400, THROTTLE), stored);
    const { sendBatch, waits } = createRelayUnderTest(STRICT);

    await sendBatch([{ events: [track(), track()] }]);

    const put = kinesis.calls.map((call) => recordsOf(call)[0]?.record.rivulet.seq);
    expect(put).toEqual([1, 1, 2]);
    expect(waits).toEqual([50]);
  });

  test('stores nothing of a key behind a record whose answer was lost', async () => {
    const kinesis = scriptKinesis(stored, silent);
    const { sendBatch } = createRelayUnderTest(STRICT);

    const { answer } = await sendBatch([{ events: [track(), track(), track()] }]);

    expect(kinesis.calls).toHaveLength(2);
    expect(answer.receipts).toEqual([
      { lane: LANE, first: 1, count: 1, status: 'stored', shard: SHARD, sequence: '49540' },
      { lane: LANE, first: 2, count: 1, status: 'retry', after: 3000, unknown: true },
      { lane: LANE, first: 3, count: 1, status: 'retry', after: 3000 },
    ]);
  });

  test('rejects one record that Kinesis refuses, and puts those behind it', async () => {
    const kinesis = scriptKinesis((call, index) => {
      const [{ record } = { record: undefined }] = recordsOf(call);
      const isPoison = record?.rivulet.seq === 2;
      return (isPoison ? refusing(400, 'InvalidArgumentException') : stored)(call, index);
    });
    const { sendBatch } = createRelayUnderTest(STRICT);

    const { answer } = await sendBatch([{ events: [track(), track(), track()] }]);

    expect(answer.receipts.map(({ status }) => status)).toEqual(['stored', 'rejected', 'stored']);
    expect(sequencesOf(kinesis).at(-1)).toBe('49540');
  });

  test('puts six keys at a time, and each in its order', async () => {
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let waiting = 0;
    let most = 0;
    const kinesis = scriptKinesis(async (call, index) => {
      waiting++;
      most = Math.max(most, waiting);
      // A seventh would come in the same turns as the six.
      if (waiting === 6) setTimeout(release, 20);
      await held;
      waiting--;
      return stored(call, index);
    });
    const { sendBatch } = strictRelay({ partition: 'properties.deviceId' });
    const events = Array.from({ length: 40 }, (_, n) => track({ deviceId: `d${n % 10}` }));

    const { answer } = await sendBatch([{ events }]);

    expect(most).toBe(6);
    expect(answer.receipts.every(({ status }) => status === 'stored')).toBe(true);
    const byKey = Map.groupBy(kinesis.records(), ({ partitionKey }) => partitionKey);
    for (const records of byKey.values()) {
      const seqs = records.map(({ record }) => record.rivulet.seq);
      expect(seqs).toEqual([...seqs].sort((one, other) => one - other));
    }
  });

  test('asks no more once a call has failed whole', async () => {
    const kinesis = scriptKinesis(refusing(400, 'AccessDeniedException'));
    const { sendBatch } = strictRelay({ partition: 'properties.deviceId' });
    const events = Array.from({ length: 40 }, (_, n) => track({ deviceId: `d${n}` }));

    const { status, answer } = await sendBatch([{ events }]);

    expect([status, answer.code]).toEqual([502, 'stream_misconfigured']);
    expect(kinesis.calls.length).toBeLessThanOrEqual(6);
  });
});
