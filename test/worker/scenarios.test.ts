/** The scenarios that a relay has to come through, against a Kinesis with the service's limits, failures and signatures. */

import { afterEach, describe, expect, test, vi } from 'vitest';
import { createKinesisWorld, isInOrder } from './kinesis-world.ts';
import { LANE, track } from './relay-under-test.ts';

const THROTTLE = 'ProvisionedThroughputExceededException';

afterEach(() => {
  vi.restoreAllMocks();
});

/** Events of so many devices in turn. */
function turns(events: number, devices: number): string[] {
  return Array.from({ length: events }, (_, n) => `device-${n % devices}`);
}

test('scenario 1: of ten entries three are throttled, and only those are retried, in the order of their keys, without copies', async () => {
  const { kinesis, sendBatch, read, putCalls } = createKinesisWorld({
    source: { aggregate: false },
  });
  const throttled = new Set(['device-2', 'device-5', 'device-7']);
  kinesis.fail('PutRecords', {
    kind: 'entries',
    fails: (_, key) => (throttled.has(key) ? THROTTLE : undefined),
  });

  const { answer } = await sendBatch([
    { events: turns(20, 10).map((deviceId) => track({ deviceId })) },
  ]);

  const sizes = putCalls().map(({ input }) => (input.Records as unknown[]).length);
  expect(sizes.slice(0, 2)).toEqual([10, 7]);
  expect(answer.receipts.every(({ status }) => status === 'stored')).toBe(true);
  expect(read()).toHaveLength(20);
  for (const key of new Set(turns(20, 10))) {
    const seqs = read().filter((event) => event.key === key);
    expect(isInOrder(seqs.map(({ seq }) => seq))).toBe(true);
  }
});

test('scenario 2: a reply is lost after the commit, and there is one copy of each event, in order', async () => {
  const { kinesis, drain, read, readOnce } = createKinesisWorld();
  kinesis.fail('PutRecords', { kind: 'lose_reply' });

  await drain(turns(30, 3));

  expect(read()).toHaveLength(60);
  const kept = [...readOnce().values()];
  expect(kept.flat()).toHaveLength(30);
  expect(kept.every(isInOrder)).toBe(true);
});

test('scenario 3: a split, a merge and a new shard count in the middle of a drain lose nothing and keep the order of keys', async () => {
  const { kinesis, drain, readOnce } = createKinesisWorld();
  const stream = kinesis.stream('clickstream');
  const between = (batch: number): void => {
    const [first, second] = stream?.open() ?? [];
    if (!stream || !first || !second) return;
    const { start, end } = first.hashKeys;
    if (batch === 2) stream.split(first.shardId, start + (end - start) / 2n);
    if (batch === 4) stream.merge(first.shardId, second.shardId);
    if (batch === 6) stream.scale(8);
    if (batch === 8) stream.scale(4);
  };

  await drain(turns(1000, 40), { between });

  expect(stream?.shards.length).toBeGreaterThan(10);
  const kept = [...readOnce().values()];
  expect(kept.flat()).toHaveLength(1000);
  expect(kept.every(isInOrder)).toBe(true);
  expect(kept).toHaveLength(40);
});

test('scenario 3, with strict order: numbers of a shard that has gone hold up nothing', async () => {
  const { kinesis, drain, readOnce } = createKinesisWorld({
    source: { ordering: 'strict' },
    shards: 1,
  });
  const between = (batch: number): void => {
    if (batch === 2) kinesis.stream('clickstream')?.scale(2);
  };

  await drain(turns(300, 5), { between });

  const kept = [...readOnce().values()];
  expect(kept.flat()).toHaveLength(300);
  expect(kept.every(isInOrder)).toBe(true);
});

test('scenario 5: a poison record in a batch of 500 is rejected alone, and the other 499 are stored', async () => {
  const { kinesis, sendBatch, read } = createKinesisWorld({
    source: { maxRecordBytes: 256 * 1024 },
  });
  // The stream takes less than its source believes: nothing but the service's own word says so.
  const stream = kinesis.stream('clickstream');
  if (stream) stream.maxRecordBytes = 4096;
  const events = turns(500, 500).map((deviceId, at) =>
    track({ deviceId, ...(at === 250 && { filler: 'x'.repeat(5000) }) }),
  );

  const { answer } = await sendBatch([{ events }]);

  expect(answer.receipts).toMatchObject(
    expect.arrayContaining([
      expect.objectContaining({ first: 251, count: 1, code: 'record_refused' }),
    ]),
  );
  expect(answer.receipts.filter(({ status }) => status === 'rejected')).toHaveLength(1);
  expect(new Set(read().map(({ id }) => id)).size).toBe(499);
  expect(read()).toHaveLength(499);
});

describe('scenario 6: a key of five times the rate of its shard', () => {
  test('leaves the other shards alone: their events are stored at once, and the rest is told to wait', async () => {
    const { kinesis, sendBatch, clock } = createKinesisWorld({ source: { aggregate: false } });
    const hot = kinesis.stream('clickstream')?.route('hot').shardId;
    const cool = turns(200, 200).filter(
      (key) => kinesis.stream('clickstream')?.route(key).shardId !== hot,
    );
    // Others fill the shard.
    kinesis.always(({ operation }) =>
      operation === 'PutRecords'
        ? { kind: 'entries', fails: (_, key) => (key === 'hot' ? THROTTLE : undefined) }
        : undefined,
    );

    const elapsed: number[] = [];
    for (let batch = 0; batch < 5; batch++) {
      const startedAt = clock.now;
      const events = ['hot', ...cool].map((deviceId) => track({ deviceId }));
      const { answer } = await sendBatch([{ events }]);
      elapsed.push(clock.now - startedAt);
      expect(answer.receipts[0]).toMatchObject({ first: 1, count: 1, status: 'retry' });
      expect(answer.receipts.slice(1).every(({ status }) => status === 'stored')).toBe(true);
    }

    expect(elapsed[0]).toBeLessThan(2000);
    expect(elapsed.slice(1)).toEqual([0, 0, 0, 0]);
  });

  test('is stored whole in the end, as fast as its shard takes it, without a copy', async () => {
    const { drain, read, readOnce, clock, startedAt } = createKinesisWorld({
      shards: 1,
      source: { aggregate: false },
    });

    await drain(turns(5000, 500), { batchEvents: 500 });

    expect(read()).toHaveLength(5000);
    expect([...readOnce().values()].every(isInOrder)).toBe(true);
    // A full bucket of a thousand, and a thousand a second.
    expect(clock.now - startedAt).toBeGreaterThanOrEqual(4000);
    expect(clock.now - startedAt).toBeLessThan(30_000);
  });

  test('is spread over the shards where the source says so', async () => {
    const { kinesis, sendBatch, clock, read } = createKinesisWorld({
      source: { aggregate: false, spread: 16, spreadWhen: 'hot' },
    });
    kinesis.always(({ operation }) =>
      operation === 'PutRecords'
        ? { kind: 'entries', fails: (_, key) => (key === 'hot' ? THROTTLE : undefined) }
        : undefined,
    );
    const events = [track({ deviceId: 'hot' })];
    await sendBatch([{ events }]);

    clock.now += 1000;
    const { answer } = await sendBatch([{ events }]);

    expect(answer.receipts).toMatchObject([{ status: 'stored' }]);
    expect(read().map(({ key }) => key)).toEqual(['hot#8']);
  });
});

describe('scenario 7: a setting is wrong, and nothing is lost', () => {
  test.each(['AccessDeniedException', 'ExpiredTokenException', 'KMSDisabledException'])(
    '%s: the sender waits for minutes and keeps everything, the log says why',
    async (type) => {
      const { kinesis, sendBatch, read, logs } = createKinesisWorld();
      kinesis.always(() => ({ kind: 'refuse', type, status: 400 }));
      const batch = [{ events: [track({ deviceId: 'd' })] }];

      const refused = await sendBatch(batch);
      kinesis.always(undefined);
      const taken = await sendBatch(batch);

      expect([refused.status, refused.answer.code]).toEqual([502, 'stream_misconfigured']);
      expect(refused.answer.after).toBeGreaterThanOrEqual(60_000);
      expect(logs.join('\n')).toContain(type);
      expect(taken.status).toBe(200);
      expect(read()).toHaveLength(1);
    },
  );

  test('a clock that is five minutes and more off corrects itself, with one call signed again', async () => {
    const { sendBatch, putCalls, read } = createKinesisWorld({ skewMs: 6 * 60_000 });

    const first = await sendBatch([{ events: [track({ deviceId: 'd' })] }]);
    const second = await sendBatch([{ first: 2, events: [track({ deviceId: 'd' })] }]);

    expect([first.status, second.status]).toEqual([200, 200]);
    expect(read()).toHaveLength(2);
    // What is signed wrongly does not count as a call there.
    expect(putCalls()).toHaveLength(2);
  });
});

test('scenario 8: Kinesis is down for half an hour: nothing is acknowledged, few calls are made, and everything is stored after', async () => {
  const { kinesis, drain, clock, putCalls, read, startedAt } = createKinesisWorld();
  const endsAt = startedAt + 30 * 60_000;
  kinesis.always(({ at }) =>
    at < endsAt ? { kind: 'refuse', type: 'ServiceUnavailable', status: 503 } : undefined,
  );

  const receipts = await drain(turns(60, 6));

  expect(clock.now).toBeGreaterThan(endsAt);
  const early = putCalls().filter(({ at }) => at < endsAt);
  // Five to open the circuit, then a probe each fifteen to thirty seconds.
  expect(early.length).toBeGreaterThan(30);
  expect(early.length).toBeLessThan(140);
  expect(receipts.every(({ status }) => status === 'stored')).toBe(true);
  expect(read()).toHaveLength(60);
});

describe('scenario 10: keys and sizes at the edge', () => {
  test.each([
    ['ключ', 'ключ'],
    ['7', '7'],
    ['0', '0'],
    ['k'.repeat(256), 'k'.repeat(256)],
    ['😀'.repeat(256), '😀'.repeat(256)],
    ['__proto__', '__proto__'],
    ['', 'client-1'],
  ])('the key %s goes to its own shard, in aggregates too', async (deviceId, key) => {
    const { sendBatch, read } = createKinesisWorld();

    const { answer } = await sendBatch([{ events: [track({ deviceId }), track({ deviceId })] }]);

    expect(answer.receipts).toMatchObject([{ status: 'stored', count: 2 }]);
    expect(read()).toMatchObject([
      { key, seq: 1 },
      { key, seq: 2 },
    ]);
  });

  test.each([
    [-1, 'stored'],
    [0, 'stored'],
    [1, 'rejected'],
  ])('a record of its limit and %i bytes is %s', async (more, status) => {
    const { kinesis, sendBatch } = createKinesisWorld({
      source: { partition: 'lane', maxRecordBytes: 8192 },
    });
    const stream = kinesis.stream('clickstream');
    if (stream) stream.maxRecordBytes = 8192;
    await sendBatch([{ events: [track({ filler: '' })] }]);
    const bytes = (kinesis.records('clickstream')[0]?.data.length ?? 0) + LANE.length;
    const filler = 'x'.repeat(8192 - bytes + more);

    const { answer } = await sendBatch([{ events: [track({ filler })] }]);

    expect(answer.receipts).toMatchObject([{ status }]);
    if (status === 'rejected') {
      const reason = 'record: expected at most 8192 bytes, got 8193';
      expect(answer.receipts).toMatchObject([{ code: 'event_too_large', reason }]);
    }
  });
});

test('a stream that distributes records itself loses none to the rules of the Kinesis Client Library', async () => {
  const { kinesis, sendBatch, read, putCalls } = createKinesisWorld({
    source: { partition: 'auto' },
  });
  const stream = kinesis.stream('clickstream');
  if (stream) stream.distribution = 'AUTO';

  const { answer } = await sendBatch([{ events: turns(40, 1).map(() => track()) }]);

  expect(answer.receipts.every(({ status }) => status === 'stored')).toBe(true);
  expect(putCalls()).toHaveLength(1);
  expect(read()).toHaveLength(40);
  expect(stream?.shards.every(({ records }) => records.length === 10)).toBe(true);
});

describe('scenario 12: what is not signed as it should be is refused', () => {
  test('by Kinesis, where the relay has a wrong key: nothing is acknowledged', async () => {
    const { sendBatch, read } = createKinesisWorld({
      env: { RELAY_AWS_SECRET_ACCESS_KEY: 'wrong' },
    });

    const { status, answer } = await sendBatch([{ events: [track({ deviceId: 'd' })] }]);

    expect([status, answer.code]).toEqual([502, 'stream_misconfigured']);
    expect(read()).toEqual([]);
  });

  test('by the relay, where a body was changed on its way', async () => {
    const { sendBatch, read } = createKinesisWorld();
    const tamper = (body: Uint8Array<ArrayBuffer>) => {
      body[body.length - 3] = (body.at(-3) ?? 0) ^ 1;
      return body;
    };

    const { status, answer } = await sendBatch([{ events: [track({ deviceId: 'd' })] }], {
      tamper,
    });

    expect([status, answer.code]).toEqual([401, 'signature_invalid']);
    expect(read()).toEqual([]);
  });

  test('and a batch that is played again is refused after five minutes, and before then tells its copies by their ids', async () => {
    const { sendBatch, openSession, clock, startedAt, readOnce } = createKinesisWorld();
    const session = await openSession();
    const batch = [{ events: [track({ deviceId: 'd' })] }];
    const options = { session, sentAt: startedAt };

    const sent = await sendBatch(batch, options);
    const again = await sendBatch(batch, options);
    clock.now += 5 * 60_000 + 1;
    const late = await sendBatch(batch, options);

    expect([sent.status, again.status]).toEqual([200, 200]);
    expect([...readOnce().values()]).toEqual([[1]]);
    expect([late.status, late.answer.code]).toEqual([401, 'clock_skew']);
  });
});
