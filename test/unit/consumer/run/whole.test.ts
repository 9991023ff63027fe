// @vitest-environment node
import { expect, onTestFinished, test, vi } from 'vitest';
import { leases } from '../../../../src/consumer/checkpoint/leases.ts';
import { memoryStore } from '../../../../src/consumer/checkpoint/memory-store.ts';
import type { ConsumedRecord } from '../../../../src/consumer/types.ts';
import { createRig, STREAM, shardIdOf } from '../rig.ts';

const textsOf = (records: readonly ConsumedRecord[]): string[] =>
  records.map(({ data }) => new TextDecoder().decode(data));

function split(rig: ReturnType<typeof createRig>): void {
  const NewStartingHashKey = `${2n ** 127n}`;
  rig.fake.call('SplitShard', {
    StreamName: STREAM,
    ShardToSplit: shardIdOf(0),
    NewStartingHashKey,
  });
}

test('a run handles parents before children, ends when it has caught up, and closes the consumer', async () => {
  const rig = createRig(1);
  rig.put('a1', 'b1', 'a2');
  split(rig);
  rig.put('a3', 'b2');
  const handled: string[] = [];

  const running = rig
    .consume({ from: 'TRIM_HORIZON' })
    .run((records) => void handled.push(...textsOf(records)), { until: 'caught_up' });
  await rig.advance(10_000);
  const report = await running;

  expect(report).toEqual({ handled: 5, parked: 0, failures: 0, elsewhere: 0, isCaughtUp: true });
  expect(handled.slice(0, 3)).toEqual(['a1', 'b1', 'a2']);
  expect(handled.slice(3).sort()).toEqual(['a3', 'b2']);
  expect(rig.timers()).toBe(0);
});

test('a split in the middle of a run that catches up does not end it early', async () => {
  const rig = createRig(1);
  rig.put('a1');
  const handled: string[] = [];
  const consumer = rig.consume({ from: 'TRIM_HORIZON' });
  await rig.settle();
  split(rig);
  rig.put('a2', 'b1');

  const running = consumer.run((records) => void handled.push(...textsOf(records)), {
    until: 'caught_up',
  });
  await rig.advance(60_000);

  expect(await running).toMatchObject({ handled: 3, isCaughtUp: true });
  expect(handled.sort()).toEqual(['a1', 'a2', 'b1']);
});

test('what was read before the run began is not the end', async () => {
  const rig = createRig(1);
  const consumer = rig.consume({ from: 'TRIM_HORIZON' });
  rig.put('a1');
  await rig.advance(60_000);
  rig.put('a2');

  const running = consumer.run(() => {}, { until: 'caught_up' });
  await rig.advance(10_000);

  expect(await running).toMatchObject({ handled: 2 });
});

test('what a handler has not done is there for the next run, and what it has done is not', async () => {
  const rig = createRig(1);
  const store = memoryStore();
  const handled: string[] = [];
  const runOnce = async (bad: string): Promise<unknown> => {
    const consumer = rig.consume({ from: 'TRIM_HORIZON', checkpoint: leases(store) });
    const running = consumer.run(
      (records) => {
        const texts = textsOf(records);
        if (texts.includes(bad)) throw new Error('bad');
        handled.push(...texts);
      },
      { batchSize: 1, maxMs: 20_000 },
    );
    await rig.advance(30_000);
    return running;
  };
  rig.put('a1', 'a2', 'a3');

  const first = await runOnce('a2');
  const second = await runOnce('none');

  expect(first).toMatchObject({ handled: 1, isCaughtUp: false });
  expect(second).toMatchObject({ handled: 2, failures: 0 });
  expect(handled).toEqual(['a1', 'a2', 'a3']);
});

test('a shard that waits for its handler says so, while it is read', async () => {
  const rig = createRig(1);
  const consumer = rig.consume({ from: 'TRIM_HORIZON' });
  rig.put('a1');
  let isMended = false;

  const running = consumer.run(() => {
    if (!isMended) throw new Error('bad');
  });
  await rig.advance(10_000);
  const [stuck] = consumer.shards();
  isMended = true;
  await rig.advance(60_000);
  const [mended] = consumer.shards();
  await consumer.close();

  expect(stuck).toMatchObject({ status: 'failed', error: expect.stringContaining('Error: bad') });
  expect(mended).toMatchObject({ status: 'live', error: undefined });
  expect(await running).toMatchObject({ handled: 1 });
});

test('closing waits for the call under way, whose records are done', async () => {
  const rig = createRig(1);
  const store = memoryStore();
  rig.put('a1');
  let answer = (): void => {};
  const consumer = rig.consume({ from: 'TRIM_HORIZON', checkpoint: leases(store) });
  const running = consumer.run(
    () =>
      new Promise<void>((resolve) => {
        answer = resolve;
      }),
  );
  await rig.advance(5000);
  const closed = vi.fn();

  void consumer.close().then(closed);
  await rig.settle();
  const early = closed.mock.calls.length;
  answer();
  await rig.settle();

  expect(early).toBe(0);
  expect(closed).toHaveBeenCalledOnce();
  expect(await running).toMatchObject({ handled: 1 });
  expect(await store.list()).toMatchObject([
    { owner: undefined, checkpoint: { subSequenceNumber: 0 } },
  ]);
});

test('a second run, and options that are wrong, are refused', async () => {
  const rig = createRig(1);
  const consumer = rig.consume();
  onTestFinished(() => void consumer.close());

  await expect(consumer.run(() => {}, { batchSize: 0 })).rejects.toThrow('batchSize: expected');
  void consumer.run(() => {});
  await expect(consumer.run(() => {})).rejects.toThrow('expected one loop or one run');
});
