// @vitest-environment node
import { expect, test } from 'vitest';
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
