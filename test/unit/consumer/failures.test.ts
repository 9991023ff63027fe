// @vitest-environment node
import { ListShardsCommand } from '@aws-sdk/client-kinesis';
import { expect, test, vi } from 'vitest';
import { createRig } from './rig.ts';

test.each([
  ['an unknown iterator that an emulator answers with 500', 'InternalFailure', 500],
  ['an outage', 'ServiceUnavailable', 503],
  ['missing rights', 'AccessDeniedException', 400],
])('%s shows as failed and is tried again, without a loss', async (_, type, status) => {
  const { fake, put, read, settle, advance } = createRig(1);
  const reading = read();
  await settle();
  put('a1');
  await advance(1000);
  fake.fail('GetRecords', { kind: 'refuse', type, status, message: 'no' }, 2);
  put('a2');

  await advance(1000);
  const failed = reading.shard(0);
  await advance(20_000);

  expect(failed).toMatchObject({ status: 'failed', error: `${type}: no` });
  expect(reading.texts()).toEqual(['a1', 'a2']);
  expect(reading.shard(0)).toMatchObject({ status: 'live', error: undefined });
});

test('a reply that is lost is read once more', async () => {
  const { fake, put, read, settle, advance } = createRig(1);
  const reading = read();
  await settle();
  fake.fail('GetRecords', { kind: 'lose_reply' });
  put('a1');

  await advance(20_000);

  expect(reading.texts()).toEqual(['a1']);
});

test('a stream that cannot be listed says why, and is listed again', async () => {
  const { fake, put, read, advance } = createRig(1);
  put('a1');
  fake.fail('ListShards', { kind: 'refuse', type: 'AccessDeniedException', message: 'no' }, 2);

  const reading = read({ from: 'TRIM_HORIZON' });
  await advance(0);
  const early = reading.consumer.error();
  await advance(20_000);

  expect(early).toBe('AccessDeniedException: no');
  expect(reading.consumer.error()).toBeUndefined();
  expect(reading.texts()).toEqual(['a1']);
});

test('after the last record of a shard that closed meanwhile there is nothing: it is closed', async () => {
  const { fake, put, read, settle, advance } = createRig(1);
  const reading = read();
  await settle();
  put('a1');
  await advance(1000);
  fake.call('SplitShard', {
    StreamName: 's',
    ShardToSplit: 'shardId-000000000000',
    NewStartingHashKey: `${2n ** 127n}`,
  });
  put('a2');
  fake.fail('GetRecords', { kind: 'refuse', type: 'ExpiredIteratorException' });
  fake.always(({ operation, input }) =>
    operation === 'GetShardIterator' && input.ShardIteratorType === 'AFTER_SEQUENCE_NUMBER'
      ? {
          kind: 'refuse',
          type: 'InvalidArgumentException',
          message: 'StartingSequenceNumber has reached max possible value for the shard.',
        }
      : undefined,
  );

  await advance(30_000);

  expect(reading.shard(0)).toMatchObject({ status: 'closed', error: undefined });
  expect(reading.texts()).toEqual(['a1', 'a2']);
});

test('closing ends the loop at once, in the middle of a read, and leaves no timer', async () => {
  const { client, read, timers, settle } = createRig(2);
  const never = vi.fn(
    (_command: unknown, { abortSignal }: { abortSignal: AbortSignal }) =>
      new Promise((_, reject) => {
        abortSignal.addEventListener('abort', () => reject(abortSignal.reason));
      }),
  );
  const send = (command: unknown, options: never) =>
    command instanceof ListShardsCommand ? client.send(command, options) : never(command, options);
  const reading = read({ client: { send } as never });
  await settle();

  reading.consumer.close();
  reading.consumer.close();
  await reading.ended;
  await settle();

  expect(never).toHaveBeenCalledTimes(2);
  expect(timers()).toBe(0);
});

test('a signal ends it as closing does, before or while it reads', async () => {
  const { fake, put, read, settle, timers } = createRig(1);
  put('a1');
  const controller = new AbortController();
  const reading = read({ signal: controller.signal, from: 'TRIM_HORIZON' });
  await settle();

  controller.abort();
  await reading.ended;
  const calls = fake.calls.length;
  const late = read({ signal: controller.signal });
  await late.ended;
  await settle();

  expect(reading.texts()).toEqual(['a1']);
  expect(timers()).toBe(0);
  expect(fake.calls.slice(calls).map(({ operation }) => operation)).not.toContain('GetRecords');
});

test('leaving the loop closes it', async () => {
  const { put, consume, settle, timers } = createRig(1);
  put('a1', 'a2');
  const consumer = consume({ from: 'TRIM_HORIZON' });

  for await (const _ of consumer) break;
  await settle();

  expect(timers()).toBe(0);
  expect(() => consumer[Symbol.asyncIterator]()).toThrow('expected one loop or one run');
});

test('listeners hear of a change once a turn, until they stop', async () => {
  const { put, read, settle, advance } = createRig(1);
  const reading = read({ from: 'TRIM_HORIZON' });
  const listener = vi.fn();
  const stop = reading.consumer.onShards(listener);
  await settle();
  put('a1');
  listener.mockClear();

  await advance(1000);
  const heard = listener.mock.calls.length;
  stop();
  put('a2');
  await advance(1000);

  expect(heard).toBeGreaterThan(0);
  expect(heard).toBeLessThan(5);
  expect(listener).toHaveBeenCalledTimes(heard);
});

test.each([
  [{ stream: '' }, 'stream: expected'],
  [{ client: {} }, 'client: expected'],
  [{ from: 'EARLIEST' }, 'from: expected'],
  [{ from: { afterSequenceNumbers: { a: 'x' } } }, 'from: expected'],
  [{ from: { atTimestamp: Number.NaN } }, 'from: expected'],
  [{ checkpoint: {} }, 'checkpoint: expected'],
  [{ filter: {} }, 'filter: expected'],
  [{ readsPerSecond: 0 }, 'readsPerSecond: expected'],
  [{ readsPerSecond: 5.1 }, 'readsPerSecond: expected'],
  [{ idleIntervalMs: -1 }, 'idleIntervalMs: expected'],
  [{ whenHidden: 'sleep' }, 'whenHidden: expected'],
  [{ pollIntervalMs: -1 }, 'pollIntervalMs: expected'],
  [{ pollIntervalMs: Number.NaN }, 'pollIntervalMs: expected'],
  [{ maxRecordsPerRead: 0 }, 'maxRecordsPerRead: expected'],
  [{ maxRecordsPerRead: 10_001 }, 'maxRecordsPerRead: expected'],
])('options %j are refused at creation', (options, message) => {
  const { consume } = createRig(1);

  expect(() => consume(options as never)).toThrow(message);
});
