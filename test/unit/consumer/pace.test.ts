// @vitest-environment node
import { expect, test } from 'vitest';
import { leases } from '../../../src/consumer/checkpoint/leases.ts';
import { memoryStore } from '../../../src/consumer/checkpoint/memory-store.ts';
import { createRig } from './rig.ts';

function readsOf({ fake }: ReturnType<typeof createRig>): number {
  return fake.calls.filter(({ operation }) => operation === 'GetRecords').length;
}

test('an idle shard is read once a second', async () => {
  const rig = createRig(1);
  rig.read();

  await rig.advance(10_000);

  expect(readsOf(rig)).toBe(11);
});

test('a shard with more to read is read as often as the budget says, and then once a second', async () => {
  const rig = createRig(1);
  rig.put(...Array.from({ length: 9 }, (_, index) => `a${index}`));
  const reading = rig.read({ from: 'TRIM_HORIZON', maxRecordsPerRead: 2, readsPerSecond: 4 });
  await rig.settle();
  const early = reading.shard(0);

  await rig.advance(1000);
  const caughtUp = reading.shard(0);
  const readsToCatchUp = readsOf(rig);
  await rig.advance(3000);

  expect(early).toMatchObject({ status: 'reading', records: 2 });
  expect(early?.millisBehindLatest).toBeGreaterThan(0);
  expect(caughtUp).toMatchObject({ status: 'live', records: 9, bytes: 18, millisBehindLatest: 0 });
  expect(readsToCatchUp).toBe(5);
  expect(readsOf(rig)).toBe(8);
  expect(reading.texts()).toEqual(Array.from({ length: 9 }, (_, index) => `a${index}`));
});

test('a consumer that nobody pulls stops reading, and goes on when it is pulled', async () => {
  const rig = createRig(1);
  rig.put(...Array.from({ length: 100 }, (_, index) => `a${index}`));
  const consumer = rig.consume({ from: 'TRIM_HORIZON', maxRecordsPerRead: 10 });
  await rig.advance(60_000);
  const readsUnpulled = readsOf(rig);
  const pulled: string[] = [];

  const loop = (async () => {
    for await (const { data } of consumer) {
      pulled.push(new TextDecoder().decode(data));
      if (pulled.length === 100) break;
    }
  })();
  await rig.advance(10_000);
  await loop;

  expect(readsUnpulled).toBe(1);
  expect(pulled).toEqual(Array.from({ length: 100 }, (_, index) => `a${index}`));
});

test('throttled reads slow down, say so, and recover', async () => {
  const rig = createRig(1);
  const reading = rig.read();
  await rig.settle();
  let isThrottled = true;
  rig.fake.always(({ operation }) =>
    isThrottled && operation === 'GetRecords'
      ? {
          kind: 'refuse',
          type: 'ProvisionedThroughputExceededException',
          message: 'Rate exceeded for shard shardId-000000000000 in stream s.',
        }
      : undefined,
  );
  const before = readsOf(rig);

  await rig.advance(20_000);
  const whileThrottled = readsOf(rig) - before;
  const throttled = reading.shard(0);
  isThrottled = false;
  rig.put('a1');
  await rig.advance(120_000);

  expect(whileThrottled).toBeLessThanOrEqual(5);
  expect(throttled).toMatchObject({
    status: 'live',
    error: expect.stringMatching(/throttled.*Rate exceeded/),
  });
  expect(reading.shard(0)).toMatchObject({ status: 'live', error: undefined });
  expect(reading.texts()).toEqual(['a1']);
});

test('other readers that use up the shard’s reads cost time and no record', async () => {
  const rig = createRig(1);
  rig.put(...Array.from({ length: 50 }, (_, index) => `a${index}`));
  rig.fake.always(({ operation }) => {
    // Five more calls of somebody else before each of ours, a few times.
    if (operation === 'GetRecords' && rig.now() % 3000 < 1000) {
      for (let other = 0; other < 5; other++) rig.fake.stream('s')?.shards[0]?.admitsRead();
    }
    return undefined;
  });

  const reading = rig.read({ from: 'TRIM_HORIZON', maxRecordsPerRead: 10 });
  await rig.advance(60_000);

  expect(reading.texts()).toEqual(Array.from({ length: 50 }, (_, index) => `a${index}`));
});

test('a silent shard is asked more seldom, by a tenth of its silence, and at full pace when something comes', async () => {
  const rig = createRig(1);
  const reading = rig.read();
  const readsIn = async (ms: number): Promise<number> => {
    const before = readsOf(rig);
    await rig.advance(ms);
    return readsOf(rig) - before;
  };

  const first = await readsIn(10_000);
  await rig.advance(50_000);
  const silent = await readsIn(30_000);
  const pace = reading.shard(0)?.pace;
  rig.put('a1');
  await rig.advance(3000);
  const awake = await readsIn(5000);

  expect(first).toBe(11);
  expect(silent).toBe(10);
  expect(pace).toBe('idle');
  expect(awake).toBe(5);
  expect(reading.shard(0)?.pace).toBe('budget');
});

test('what comes after a short silence is late by a tenth of it at most', async () => {
  const rig = createRig(1);
  const reading = rig.read();
  await rig.advance(20_000);
  rig.put('a1');
  await rig.advance(2000);

  expect(reading.texts()).toEqual(['a1']);
});

test('the budget holds whatever else is asked for', async () => {
  const rig = createRig(1);
  rig.put('a1', 'a2', 'a3', 'a4', 'a5');
  const reading = rig.read({
    ...{ from: 'TRIM_HORIZON', maxRecordsPerRead: 1 },
    ...{ readsPerSecond: 0.5, pollIntervalMs: 10, idleIntervalMs: 0 },
  });

  await rig.advance(20_000);

  // Behind, and then at the end.
  expect(reading.shard(0)).toMatchObject({ status: 'live', records: 5 });
  expect(readsOf(rig)).toBe(11);
});

test('after 10 MiB at once the shard is left the five seconds that it needs', async () => {
  const rig = createRig(1);
  rig.fake.call('UpdateMaxRecordSize', { StreamName: 's', MaxRecordSizeInKiB: 10_240 });
  const large = new Uint8Array(5 * 1024 * 1024 - 1);
  for (let record = 0; record < 4; record++) {
    rig.fake.stream('s')?.shards[0]?.append('k', large);
  }

  const reading = rig.read({ from: 'TRIM_HORIZON', readsPerSecond: 5 });
  await rig.advance(6000);

  expect(reading.received).toHaveLength(4);
  expect(reading.shard(0)).toMatchObject({ throttledReads: 0, reads: 2 });
});

test('reads and throttles are counted', async () => {
  const rig = createRig(1);
  const reading = rig.read();
  await rig.settle();
  rig.fake.fail(
    'GetRecords',
    { kind: 'refuse', type: 'ProvisionedThroughputExceededException', message: 'no' },
    2,
  );

  await rig.advance(1000);
  const throttled = reading.shard(0);
  await rig.advance(60_000);

  expect(throttled).toMatchObject({ pace: 'throttled', reads: 2, throttledReads: 1 });
  expect(reading.shard(0)).toMatchObject({ throttledReads: 2, error: undefined });
  expect(reading.shard(0)?.pace).not.toBe('throttled');
});

test('what waits to be pulled shows, and that it is not done', async () => {
  const rig = createRig(1);
  rig.put('a1', 'a2', 'a3');
  const consumer = rig.consume({ from: 'TRIM_HORIZON', maxRecordsPerRead: 2 });
  await rig.advance(5000);
  const full = consumer.shards()[0];
  const records = consumer[Symbol.asyncIterator]();
  for (let pulls = 0; pulls < 3; pulls++) {
    const pulling = records.next();
    await rig.advance(1000);
    await pulling;
  }
  const inHand = consumer.shards()[0];
  void records.next();
  await rig.settle();

  expect(full).toMatchObject({ pace: 'full', isDrained: false, records: 2 });
  expect(inHand).toMatchObject({ isDrained: false, records: 3 });
  expect(consumer.shards()[0]).toMatchObject({ isDrained: true, pace: 'budget' });
});

/** A page that is hidden and shown. */
function fakePage() {
  const page = new EventTarget() as EventTarget & { visibilityState: DocumentVisibilityState };
  page.visibilityState = 'visible';
  const set = (state: DocumentVisibilityState): void => {
    page.visibilityState = state;
    page.dispatchEvent(new Event('visibilitychange'));
  };
  return { page: { document: page } as unknown as Window, set };
}

test('nothing is read or listed while the page is hidden, and at once when it is seen', async () => {
  const rig = createRig(1);
  const { page, set } = fakePage();
  const reading = rig.read({ runtime: { ...rig.runtime, page } });
  await rig.advance(1000);
  set('hidden');
  await rig.advance(1000);
  const hidden = reading.shard(0)?.pace;
  const calls = rig.fake.calls.length;
  rig.put('a1');

  await rig.advance(10 * 60_000);
  const callsWhileHidden = rig.fake.calls.length - calls;
  set('visible');
  await rig.settle();

  expect(hidden).toBe('hidden');
  expect(callsWhileHidden).toBe(0);
  expect(reading.texts()).toEqual(['a1']);
  expect(reading.shard(0)).toMatchObject({ pace: 'budget', error: undefined });
});

test('a hidden page goes on where it is told to, or keeps checkpoints', async () => {
  const rig = createRig(1);
  const { page, set } = fakePage();
  set('hidden');
  const runtime = { ...rig.runtime, page };
  const told = rig.read({ runtime, whenHidden: 'read', from: 'TRIM_HORIZON' });
  const keeping = rig.read({
    ...{ runtime, from: 'TRIM_HORIZON' },
    checkpoint: leases(memoryStore()),
  });
  rig.put('a1');

  await rig.advance(2000);

  expect(told.texts()).toEqual(['a1']);
  expect(keeping.texts()).toEqual(['a1']);
});

test('a hidden page is closed as any other', async () => {
  const rig = createRig(1);
  const { page, set } = fakePage();
  set('hidden');
  const reading = rig.read({ runtime: { ...rig.runtime, page } });
  await rig.settle();

  await reading.consumer.close();
  await reading.ended;

  expect(rig.timers()).toBe(0);
});
