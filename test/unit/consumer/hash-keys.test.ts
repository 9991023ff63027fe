// @vitest-environment node
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { leases } from '../../../src/consumer/checkpoint/leases.ts';
import { memoryStore } from '../../../src/consumer/checkpoint/memory-store.ts';
import { createLedger } from '../../../src/consumer/ledger/ledger.ts';
import { hashKeyOf } from '../../../src/protocol/partition-key.ts';
import { createRig, STREAM, shardIdOf } from './rig.ts';

const KEYS = 'abcdefghijklmnop';
const md5 = (bytes: Uint8Array): Uint8Array => createHash('md5').update(bytes).digest();

/** The place of one key. */
function placeOf(key: string) {
  const start = hashKeyOf(key, md5);
  return { start, end: start };
}

function opened({ fake }: ReturnType<typeof createRig>): unknown[] {
  const opens = fake.calls.filter(({ operation }) => operation === 'GetShardIterator');
  return [...new Set(opens.map(({ input }) => input.ShardId))];
}

function streamOf({ fake }: ReturnType<typeof createRig>) {
  const stream = fake.stream(STREAM);
  if (!stream) throw new Error('stream: expected one');
  return stream;
}

/** The open shard of a key is cut in the middle. */
function split(rig: ReturnType<typeof createRig>, key: string): void {
  const { shardId, hashKeys } = streamOf(rig).route(key);
  streamOf(rig).split(shardId, (hashKeys.start + hashKeys.end) / 2n);
}

test('only the shard of a key is read, and the others say that they are not', async () => {
  const rig = createRig(8);
  rig.put(...KEYS);
  const { shardId } = streamOf(rig).route('a');

  const reading = rig.read({ from: 'TRIM_HORIZON', hashKeys: placeOf('a') });
  await rig.advance(5_000);

  expect(opened(rig)).toEqual([shardId]);
  expect(reading.texts()).toContain('a');
  expect(reading.texts().length).toBeLessThan(KEYS.length);
  const states = reading.consumer.shards();
  expect(states).toHaveLength(8);
  for (const state of states) {
    const isRead = state.shardId === shardId;
    expect(state).toMatchObject({ status: isRead ? 'live' : 'skipped' });
    if (!isRead) expect(state.reads).toBe(0);
  }
});

test('after a split, the child of the key alone is read on', async () => {
  const rig = createRig(2);
  const reading = rig.read({ hashKeys: placeOf('a') });
  await rig.advance(1_000);

  split(rig, 'a');
  rig.put(...[...KEYS].map((key) => `${key}1`));
  await rig.advance(5_000);

  expect(reading.texts()).toContain('a1');
  const child = streamOf(rig).route('a');
  expect(opened(rig)).toEqual([child.parents[0], child.shardId]);
});

test('after a merge, the child waits for the parent that is read, and for no other', async () => {
  const rig = createRig(2);
  const before = streamOf(rig).route('a').shardId;
  const reading = rig.read({ hashKeys: placeOf('a') });
  await rig.advance(1_000);
  rig.put('a0');

  streamOf(rig).merge(shardIdOf(0), shardIdOf(1));
  rig.put('a1');
  await rig.advance(5_000);

  expect(reading.texts()).toEqual(['a0', 'a1']);
  expect(opened(rig)).toEqual([before, shardIdOf(2)]);
});

test('reading back, the ancestors that had the key are read first, and no others', async () => {
  const rig = createRig(4);
  rig.put('a0');
  split(rig, 'a');
  rig.put('a1');
  split(rig, 'a');
  rig.put('a2');
  const ancestors = streamOf(rig)
    .shards.filter(({ hashKeys: { start, end } }) => {
      const key = placeOf('a').start;
      return start <= key && key <= end;
    })
    .map(({ shardId }) => shardId);

  const reading = rig.read({ from: 'TRIM_HORIZON', hashKeys: placeOf('a') });
  await rig.advance(10_000);

  expect(reading.texts()).toEqual(['a0', 'a1', 'a2']);
  expect(ancestors).toHaveLength(3);
  expect(opened(rig)).toEqual(ancestors);
});

test('a range that ends where a shard begins reads both', async () => {
  const rig = createRig(4);
  const [, second] = streamOf(rig).shards;
  const { start = 0n } = second?.hashKeys ?? {};

  rig.read({ hashKeys: { start: start - 1n, end: start } });
  await rig.advance(1_000);

  expect(opened(rig)).toEqual([shardIdOf(0), shardIdOf(1)]);
});

test('a run is caught up without the others', async () => {
  const rig = createRig(4);
  rig.put('a0', 'a1');
  const consumer = rig.consume({ from: 'TRIM_HORIZON', hashKeys: placeOf('a') });
  const handled: number[] = [];

  const run = consumer.run((records) => void handled.push(records.length), {
    until: 'caught_up',
  });
  await rig.advance(5_000);

  await expect(run).resolves.toMatchObject({ handled: 2, isCaughtUp: true });
});

test('a ledger does not call complete what was read in part', async () => {
  const rig = createRig(4);
  const consumer = rig.consume({ hashKeys: placeOf('a') });
  await rig.advance(1_000);

  const { isComplete, completeUpTo, text } = createLedger().summary(consumer.shards());

  expect(isComplete).toBe(false);
  expect(completeUpTo).toBeUndefined();
  expect(text).toContain('3 shards not read to the end');
});

test('it is refused where it ends before it starts, and together with checkpoints', () => {
  const rig = createRig();

  expect(() => rig.consume({ hashKeys: { start: 2n, end: 1n } })).toThrow(
    'hashKeys: expected a HashKeyRange, and no checkpoint, got 2 to 1',
  );
  expect(() =>
    rig.consume({ hashKeys: { start: 1n, end: 2n }, checkpoint: leases(memoryStore()) }),
  ).toThrow('hashKeys: expected');
});
