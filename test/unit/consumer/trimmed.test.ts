// @vitest-environment node
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Checkpoint } from '../../../src/consumer/checkpoint/types.ts';
import { encodeAggregate } from '../../../src/protocol/aggregate.ts';
import { createRig, STREAM, shardIdOf } from './rig.ts';
import { scriptedSession } from './scripted-session.ts';

const HOUR_MS = 60 * 60_000;
const SHARD = shardIdOf(0);

/** A reader that goes on from a checkpoint of shard 0. */
async function resume(rig: ReturnType<typeof createRig>, from: Checkpoint) {
  const session = scriptedSession((sequenceNumber) => sequenceNumber);
  const reading = rig.read({ checkpoint: session.checkpoint });
  await rig.settle();
  session.grant(SHARD, from);
  await rig.advance(1000);
  return reading;
}

function numberOf(rig: ReturnType<typeof createRig>, index: number): string {
  return rig.fake.stream(STREAM)?.shards[0]?.records[index]?.sequenceNumber ?? '';
}

function split(rig: ReturnType<typeof createRig>): void {
  rig.fake.stream(STREAM)?.split(SHARD, 2n ** 127n);
}

test('goes on inside an aggregate, without a loss or a repeat, also where its shard was closed', async () => {
  const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest();
  const rig = createRig(1);
  const records = ['a2', 'a3', 'a4'].map((text) => ({
    partitionKey: 'a',
    data: new TextEncoder().encode(text),
  }));
  rig.put('a1');
  rig.fake.stream(STREAM)?.route('a').append('a', encodeAggregate(records, md5));
  rig.put('a5');
  split(rig);

  const reading = await resume(rig, { sequenceNumber: numberOf(rig, 1), subSequenceNumber: 1 });

  expect(reading.texts()).toEqual(['a4', 'a5']);
  expect(reading.shard(0)).toMatchObject({ status: 'closed', loss: undefined, error: undefined });
});

test('the last record of a closed shard is its end', async () => {
  const rig = createRig(1);
  rig.put('a1', 'a2');
  split(rig);

  const reading = await resume(rig, { sequenceNumber: numberOf(rig, 1), subSequenceNumber: 0 });

  expect(reading.texts()).toEqual([]);
  expect(reading.shard(0)).toMatchObject({ status: 'closed', loss: undefined });
});

test('a checkpoint older than the retention says what may be missing, and goes on with what is kept', async () => {
  const rig = createRig(1);
  rig.put('a1', 'a2');
  await rig.advance(20 * HOUR_MS);
  rig.put('a3');
  await rig.advance(5 * HOUR_MS);

  const reading = await resume(rig, { sequenceNumber: numberOf(rig, 0), subSequenceNumber: 0 });

  expect(reading.texts()).toEqual(['a3']);
  expect(reading.shard(0)?.loss).toContain(numberOf(rig, 0));
  expect(reading.shard(0)?.loss).toContain(numberOf(rig, 2));
});

test('a checkpoint that is kept, and a number that somebody gave, cry no wolf', async () => {
  const rig = createRig(1);
  rig.put('a1', 'a2');
  const kept = await resume(rig, { sequenceNumber: numberOf(rig, 0), subSequenceNumber: 0 });
  const given = rig.read({ from: { afterSequenceNumbers: { [SHARD]: '1' } } });
  await rig.advance(1000);

  expect([kept.texts(), given.texts()]).toEqual([['a2'], ['a1', 'a2']]);
  expect(kept.shard(0)?.loss).toBeUndefined();
  expect(given.shard(0)?.loss).toBeUndefined();
});

test('a place that the service refuses is reached from the oldest record on, with nothing twice', async () => {
  const rig = createRig(1);
  rig.put('a1', 'a2', 'a3');
  rig.fake.always(({ input }) =>
    input.ShardIteratorType === 'AT_SEQUENCE_NUMBER'
      ? { kind: 'refuse', type: 'InvalidArgumentException' }
      : undefined,
  );

  const reading = await resume(rig, { sequenceNumber: numberOf(rig, 1), subSequenceNumber: 0 });

  expect(reading.texts()).toEqual(['a3']);
  expect(reading.shard(0)).toMatchObject({ status: 'live', loss: undefined, error: undefined });
});

test('an iterator that for ever brings nothing of what is there is left for one at the oldest record', async () => {
  const rig = createRig(1);
  rig.put('a1', 'a2');
  let isTrimmed = false;
  // As the service was seen to answer after a record that it had trimmed.
  const send = async (command: { input: { ShardIteratorType?: string } }, options: never) => {
    const answer = (await rig.client.send(command as never, options)) as { Records?: unknown[] };
    if (command.input.ShardIteratorType) {
      isTrimmed = command.input.ShardIteratorType === 'AT_SEQUENCE_NUMBER';
    }
    const { NextShardIterator } = answer as { NextShardIterator?: string };
    return isTrimmed && answer.Records
      ? { Records: [], MillisBehindLatest: 24 * HOUR_MS, NextShardIterator }
      : answer;
  };
  const reading = rig.read({
    client: { send } as never,
    from: { afterSequenceNumbers: { [SHARD]: numberOf(rig, 0) } },
  });

  await rig.advance(8000);
  const early = reading.texts();
  await rig.advance(8000);

  expect(early).toEqual([]);
  expect(reading.texts()).toEqual(['a2']);
});

test('a checkpoint of a stream that was made anew under its name passes over nothing of it', async () => {
  const before = createRig(1);
  before.put('a1', 'a2', 'a3');
  const rig = createRig(1);
  await rig.advance(60_000);
  rig.fake.call('CreateStream', { StreamName: 'anew', ShardCount: 1 });
  rig.fake.stream('anew')?.shards[0]?.append('a', new TextEncoder().encode('a1'));
  const session = scriptedSession((sequenceNumber) => sequenceNumber);
  const reading = rig.read({ stream: 'anew', checkpoint: session.checkpoint });
  await rig.settle();

  session.grant(SHARD, { sequenceNumber: numberOf(before, 2), subSequenceNumber: 0 });
  await rig.advance(1000);

  expect(reading.texts()).toEqual(['a1']);
});

test('parents that the stream has forgotten hold up nobody', async () => {
  const rig = createRig(1);
  rig.put('a1', 'b1');
  split(rig);
  rig.put('a2', 'b2');
  await rig.advance(20 * HOUR_MS);
  rig.put('a3', 'b3');
  await rig.advance(5 * HOUR_MS);

  const reading = rig.read({ from: 'TRIM_HORIZON' });
  await rig.advance(1000);

  expect(reading.texts().sort()).toEqual(['a3', 'b3']);
  expect(reading.consumer.shards().map(({ shardId }) => shardId)).toEqual([1, 2].map(shardIdOf));
});

test('a shard that the stream forgets while it is read ends, says what is missing, and frees its children', async () => {
  const rig = createRig(1);
  const stream = rig.fake.stream(STREAM);
  if (stream) stream.retentionMs = HOUR_MS;
  rig.put('a1', 'b1', 'c1', 'd1');
  const consumer = rig.consume({ from: 'TRIM_HORIZON', maxRecordsPerRead: 1 });
  const records = consumer[Symbol.asyncIterator]();
  const texts: string[] = [];
  const pull = async (): Promise<void> => {
    const { value } = await records.next();
    texts.push(new TextDecoder().decode(value?.data));
  };
  await pull();
  split(rig);
  // Nobody pulls for longer than records are kept.
  await rig.advance(2 * HOUR_MS);
  rig.put('a2', 'b2');

  const pulling = (async () => {
    for (let pulls = 0; pulls < 3; pulls++) await pull();
  })();
  await rig.advance(60_000);
  await pulling;

  expect(texts.slice(0, 2)).toEqual(['a1', 'b1']);
  expect(texts.slice(2).sort()).toEqual(['a2', 'b2']);
  expect(consumer.shards()).toMatchObject([
    { shardId: SHARD, status: 'closed', loss: expect.stringMatching(/forgot the shard/) },
    { shardId: shardIdOf(1), loss: undefined },
    { shardId: shardIdOf(2), loss: undefined },
  ]);
});
