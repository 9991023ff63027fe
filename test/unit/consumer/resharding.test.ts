// @vitest-environment node
import { expect, test } from 'vitest';
import { createRig, STREAM, shardIdOf } from './rig.ts';

const KEYS = 'abcdefghijklmnop';

/** Puts one record of every key, numbered by round. */
function round(rig: ReturnType<typeof createRig>, number: number): void {
  rig.put(...[...KEYS].map((key) => `${key}${number}`));
}

function split(rig: ReturnType<typeof createRig>, index: number): void {
  const shard = rig.fake.stream(STREAM)?.shard(shardIdOf(index));
  if (!shard) throw new Error('shard: expected one');
  const { start, end } = shard.hashKeys;
  rig.fake.call('SplitShard', {
    StreamName: STREAM,
    ShardToSplit: shard.shardId,
    NewStartingHashKey: `${(start + end) / 2n}`,
  });
}

function merge(rig: ReturnType<typeof createRig>, one: number, other: number): void {
  rig.fake.call('MergeShards', {
    StreamName: STREAM,
    ShardToMerge: shardIdOf(one),
    AdjacentShardToMerge: shardIdOf(other),
  });
}

function expectOrderPerKey(texts: readonly string[], rounds: number): void {
  for (const key of KEYS) {
    const ofKey = texts.filter((text) => text.startsWith(key));
    expect(ofKey).toEqual(Array.from({ length: rounds }, (_, index) => `${key}${index}`));
  }
}

/** A stream that is split and merged between rounds: 0 → 2,3; then 3 and 1 → 4; then 4 → 5,6. */
const steps = [
  (rig: ReturnType<typeof createRig>) => split(rig, 0),
  (rig: ReturnType<typeof createRig>) => merge(rig, 3, 1),
  (rig: ReturnType<typeof createRig>) => split(rig, 4),
];

test.each(['LATEST', 'TRIM_HORIZON'] as const)(
  'from %s, splits and merges under load bring each event once, in order of its key',
  async (from) => {
    const rig = createRig(2);
    const reading = rig.read({ from });
    await rig.settle();

    round(rig, 0);
    for (const [index, step] of steps.entries()) {
      await rig.advance(700);
      step(rig);
      round(rig, index + 1);
    }
    await rig.advance(10_000);

    expectOrderPerKey(reading.texts(), 4);
    expect(reading.received).toHaveLength(KEYS.length * 4);
    expect(reading.consumer.shards().map(({ shardId, status }) => [shardId, status])).toEqual([
      [shardIdOf(0), 'closed'],
      [shardIdOf(1), 'closed'],
      [shardIdOf(2), 'live'],
      [shardIdOf(3), 'closed'],
      [shardIdOf(4), 'closed'],
      [shardIdOf(5), 'live'],
      [shardIdOf(6), 'live'],
    ]);
    expect(reading.shard(4)?.parents).toEqual([shardIdOf(3), shardIdOf(1)]);
  },
);

test('a history of splits and merges is read parents first, however slow a parent is', async () => {
  const rig = createRig(2);
  round(rig, 0);
  for (const [index, step] of steps.entries()) {
    step(rig);
    round(rig, index + 1);
  }

  const reading = rig.read({ from: 'TRIM_HORIZON', maxRecordsPerRead: 1 });
  await rig.settle();
  const early = reading.consumer.shards().map(({ status }) => status);
  await rig.advance(60_000);

  expect(early).toEqual([
    'reading',
    'reading',
    'waiting',
    'waiting',
    'waiting',
    'waiting',
    'waiting',
  ]);
  expectOrderPerKey(reading.texts(), 4);
});

test('resumed after its sequence numbers across a resharding, each event comes once', async () => {
  const rig = createRig(2);
  round(rig, 0);
  const first = rig.read({ from: 'TRIM_HORIZON' });
  await rig.advance(0);
  split(rig, 0);
  round(rig, 1);
  await rig.advance(2000);
  first.consumer.close();
  const after = Object.fromEntries(
    first.received.map(({ shardId, sequenceNumber }) => [shardId, sequenceNumber]),
  );
  merge(rig, 3, 1);
  round(rig, 2);

  const second = rig.read({ from: { afterSequenceNumbers: after } });
  await rig.advance(10_000);

  expectOrderPerKey([...first.texts(), ...second.texts()], 3);
});

test('children that the end of a shard does not name are found by listing', async () => {
  const rig = createRig(1);
  // Emulators leave `ChildShards` out.
  const send = async (command: never, options: never) => {
    const answer = await rig.client.send(command, options);
    return { ...(answer as object), ChildShards: null };
  };
  const reading = rig.read({ client: { send } as never });
  await rig.settle();

  split(rig, 0);
  round(rig, 0);
  await rig.advance(3000);

  expectOrderPerKey(reading.texts(), 1);
});

test('children that the list does not show yet are read by what the end of their parent says', async () => {
  const rig = createRig(1);
  let isBehind = true;
  const send = async (command: never, options: never) => {
    const answer = (await rig.client.send(command, options)) as { Shards?: unknown[] };
    return answer.Shards && isBehind ? { ...answer, Shards: answer.Shards.slice(0, 1) } : answer;
  };
  const reading = rig.read({ client: { send } as never });
  await rig.settle();

  split(rig, 0);
  round(rig, 0);
  await rig.advance(3000);
  const whileBehind = reading.texts();
  isBehind = false;
  await rig.advance(60_000);

  expectOrderPerKey(whileBehind, 1);
  expectOrderPerKey(reading.texts(), 1);
});

test('a list of many pages is taken whole', async () => {
  const rig = createRig(7);
  const pages: unknown[] = [];
  const send = async (command: { input: Record<string, unknown> }, options: never) => {
    if (command.constructor.name === 'ListShardsCommand') {
      command.input.MaxResults = 3;
      pages.push({ ...command.input });
    }
    return rig.client.send(command as never, options);
  };
  round(rig, 0);

  const reading = rig.read({ client: { send } as never, from: 'TRIM_HORIZON' });
  await rig.advance(0);

  expectOrderPerKey(reading.texts(), 1);
  expect(reading.consumer.shards()).toHaveLength(7);
  expect(pages).toHaveLength(3);
});
