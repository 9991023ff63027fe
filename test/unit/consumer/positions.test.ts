// @vitest-environment node
import { expect, test } from 'vitest';
import { createRig, START, shardIdOf } from './rig.ts';

test('TRIM_HORIZON brings everything that is kept', async () => {
  const { put, read, settle, advance } = createRig(4);
  put('a1', 'b1', 'c1', 'd1', 'a2');

  const reading = read({ from: 'TRIM_HORIZON' });
  await settle();
  put('a3');
  await advance(1000);

  expect(reading.texts().sort()).toEqual(['a1', 'a2', 'a3', 'b1', 'c1', 'd1']);
  expect(reading.texts().filter((text) => text.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
});

test('LATEST is the default and brings what comes from now on', async () => {
  const { put, read, settle, advance } = createRig(2);
  put('a1', 'b1');

  const reading = read();
  await settle();
  put('a2', 'b2');
  await advance(1000);

  expect(reading.texts().sort()).toEqual(['a2', 'b2']);
});

test('LATEST does not read closed shards, whose children it reads at once', async () => {
  const { fake, put, read, settle, advance } = createRig(2);
  put('a1');
  fake.call('UpdateShardCount', { StreamName: 's', TargetShardCount: 4 });

  const reading = read();
  await settle();
  put('a2', 'b2', 'c2', 'd2');
  await advance(1000);

  expect(reading.texts().sort()).toEqual(['a2', 'b2', 'c2', 'd2']);
  expect(reading.shard(0)).toMatchObject({ status: 'closed', records: 0 });
  const opened = fake.calls.filter(({ operation }) => operation === 'GetShardIterator');
  expect(opened.map(({ input }) => input.ShardId).sort()).toEqual([2, 3, 4, 5].map(shardIdOf));
});

test('a time brings what arrived at it or later', async () => {
  const { put, read, advance } = createRig(2);
  put('a1', 'b1');
  await advance(60_000);
  put('a2', 'b2');

  const reading = read({ from: { atTimestamp: START + 60_000 } });
  await advance(0);

  expect(reading.texts().sort()).toEqual(['a2', 'b2']);
});

test('closed and resumed after its sequence numbers, it misses and repeats nothing', async () => {
  const { put, read, advance } = createRig(3);
  put('a1', 'b1', 'c1', 'd1');
  const first = read({ from: 'TRIM_HORIZON' });
  await advance(0);
  first.consumer.close();
  const after = Object.fromEntries(
    first.received.map(({ shardId, sequenceNumber }) => [shardId, sequenceNumber]),
  );

  put('a2', 'b2', 'c2', 'd2', 'e1');
  const second = read({ from: { afterSequenceNumbers: after } });
  await advance(0);

  expect(first.texts().sort()).toEqual(['a1', 'b1', 'c1', 'd1']);
  expect(second.texts().sort()).toEqual(['a2', 'b2', 'c2', 'd2', 'e1']);
});

test('a shard that no sequence number names begins at its oldest record', async () => {
  const { put, read, advance } = createRig(1);
  put('a1');

  const reading = read({ from: { afterSequenceNumbers: {} } });
  await advance(0);

  expect(reading.texts()).toEqual(['a1']);
});

test('an iterator that expired while nobody pulled is opened again after the last record', async () => {
  const { fake, put, consume, settle, advance } = createRig(1);
  put('a1', 'a2');
  const consumer = consume({ from: 'TRIM_HORIZON', maxRecordsPerRead: 1 });
  const records = consumer[Symbol.asyncIterator]();
  const pulled: string[] = [];
  const pull = async () => {
    const { value } = await records.next();
    pulled.push(new TextDecoder().decode(value?.data));
  };
  await settle();

  await advance(301_000);
  await pull();
  await advance(1000);
  await pull();

  expect(pulled).toEqual(['a1', 'a2']);
  const opened = fake.calls.filter(({ operation }) => operation === 'GetShardIterator');
  expect(opened.map(({ input }) => input.ShardIteratorType)).toEqual([
    'TRIM_HORIZON',
    'AT_SEQUENCE_NUMBER',
  ]);
  expect(consumer.shards()[0]?.error).toBeUndefined();
});

test('LATEST that loses its iterator before the first record goes on from when it was opened', async () => {
  const { fake, put, read, settle, advance } = createRig(1);
  const reading = read();
  await settle();
  fake.fail('GetRecords', { kind: 'refuse', type: 'ExpiredIteratorException' });
  put('a1');

  await advance(1000);

  expect(reading.texts()).toEqual(['a1']);
});

test('LATEST with a clock ahead of the service’s still finds an iterator', async () => {
  const { fake, put, read, settle, advance } = createRig(1);
  const reading = read();
  await settle();
  fake.fail('GetRecords', { kind: 'refuse', type: 'ExpiredIteratorException' });
  fake.always(({ input }) =>
    input.ShardIteratorType === 'AT_TIMESTAMP'
      ? { kind: 'refuse', type: 'InvalidArgumentException' }
      : undefined,
  );

  await advance(4000);
  put('a1');
  await advance(4000);

  expect(reading.texts()).toEqual(['a1']);
  expect(reading.shard(0)).toMatchObject({ status: 'live', error: undefined });
});
