/** Shards and keys that are more than Kinesis takes. */

import { describe, expect, test } from 'vitest';
import { createKeyMemory } from '../../worker/kinesis/key-memory.ts';
import type { EntryOutcome } from '../../worker/kinesis/put-call.ts';
import { createStreamMemory } from '../../worker/kinesis/stream-memory.ts';
import { each, ok, runPut } from './scripted-put.ts';

const throttledAt = (shard: string): EntryOutcome => ({ kind: 'throttled', code: 'Busy', shard });

function memoryAt() {
  const clock = { now: 0 };
  const memory = createStreamMemory({ now: () => clock.now, random: () => 0.5 });
  return { clock, memory };
}

describe('a hot shard', () => {
  const hotAndCool = each(({ partitionKey }) =>
    partitionKey.startsWith('hot') ? throttledAt('shardId-1') : ok,
  );

  test('is given up after a few calls, and the batch does not wait for it to the end of its time', async () => {
    const { memory } = memoryAt();

    const { fates, calls, elapsedMs } = await runPut(['hot', 'cool'], hotAndCool, { memory });

    expect(fates).toEqual(['retry', 'stored']);
    expect(calls).toHaveLength(4);
    expect(elapsedMs()).toBeLessThan(1000);
  });

  test('has one try in the next batch, however many keys lie there', async () => {
    const { memory } = memoryAt();
    await runPut(['hot'], hotAndCool, { memory });

    const { calls, waits, fates } = await runPut(['hot1', 'hot2', 'cool', 'hot1'], hotAndCool, {
      memory,
    });

    expect(calls).toEqual([['0', '1', '2']]);
    expect(waits).toEqual([]);
    expect(fates).toEqual(['retry', 'retry', 'stored', 'retry']);
  });

  test('is retried again when it has cooled: by time, or by what it stores', async () => {
    const byTime = memoryAt();
    await runPut(['hot'], hotAndCool, byTime);
    byTime.clock.now = 8000;
    const byStoring = memoryAt();
    await runPut(['hot'], hotAndCool, byStoring);
    await runPut(
      ['hot'],
      each(() => ({ ...ok, shard: 'shardId-1' })),
      byStoring,
    );

    expect(byTime.memory.isHotShard('shardId-1')).toBe(false);
    expect(byStoring.memory.isHotShard('shardId-1')).toBe(false);
  });

  test('is known by its keys where a throttle does not name it', async () => {
    const { memory } = memoryAt();
    await runPut(
      ['hot'],
      each(() => ({ ...ok, shard: 'shardId-7' })),
      { memory },
    );
    await runPut(
      ['hot'],
      each(() => ({ kind: 'throttled', code: 'Busy' })),
      { memory },
    );

    const { report, calls } = await runPut(
      ['hot'],
      each(() => ({ kind: 'throttled', code: 'Busy' })),
      { memory },
    );

    expect(calls).toHaveLength(1);
    expect([...report.throttledShards]).toEqual(['shardId-7']);
  });

  test('is another one for a key that has moved to a child', async () => {
    const { memory } = memoryAt();
    await runPut(['hot'], hotAndCool, { memory });
    await runPut(
      ['hot'],
      each(() => ({ ...ok, shard: 'shardId-9' })),
      { memory },
    );

    const { calls } = await runPut(
      ['hot'],
      each(() => ({ kind: 'throttled', code: 'Busy' })),
      {
        memory,
      },
    );

    expect(calls.length).toBeGreaterThan(1);
  });

  test('is counted in the report, with its keys', async () => {
    const { report } = await runPut(['hot1', 'hot2', 'cool'], hotAndCool);

    expect([...report.throttledKeys]).toEqual(['hot1', 'hot2']);
    expect([...report.throttledShards]).toEqual(['shardId-1']);
  });
});

describe('a hot key', () => {
  test('is one that throttles and makes much of the load of its shard, for a minute', async () => {
    const { clock, memory } = memoryAt();

    await runPut(
      ['small:10', 'large:1000'],
      each(() => throttledAt('shardId-1')),
      { memory },
    );

    expect(memory.keys.isHot('large')).toBe(true);
    expect(memory.keys.isHot('small')).toBe(false);
    clock.now = 60_000;
    expect(memory.keys.isHot('large')).toBe(false);
  });

  test('is none that was throttled once', async () => {
    const { memory } = memoryAt();
    let first = true;
    const answer = each(() => {
      const outcome = first ? throttledAt('shardId-1') : ok;
      first = false;
      return outcome;
    });

    await runPut(['key'], answer, { memory });

    expect(memory.keys.isHot('key')).toBe(false);
  });

  test('stays hot while the keys that it is spread into are', () => {
    const clock = { now: 0 };
    const keys = createKeyMemory({ now: () => clock.now });
    const throttle = (key: string) => {
      for (let n = 0; n < 3; n++) keys.noteBytes(key, 100, 100, true);
    };
    throttle('key');
    clock.now = 59_000;
    throttle(keys.salt('key', 4, 0.5));
    clock.now = 61_000;

    expect(keys.isHot('key')).toBe(true);
  });

  test.each([
    ['key', 'key#3'],
    ['k'.repeat(256), `${'k'.repeat(254)}#3`],
    ['😀'.repeat(256), `${'😀'.repeat(254)}#3`],
  ])('is spread into keys that Kinesis takes', (key, salted) => {
    const keys = createKeyMemory({ now: () => 0 });

    expect(keys.salt(key, 4, 0.99)).toBe(salted);
  });

  test('is forgotten with four thousand others in between', () => {
    const keys = createKeyMemory({ now: () => 0 });
    keys.noteStored('key', 'shardId-1');
    for (let n = 0; n < 4000; n++) keys.noteStored(`other-${n}`, 'shardId-1');

    expect(keys.shardOf('key')).toBeUndefined();
    expect(keys.shardOf('other-0')).toBe('shardId-1');
  });
});
