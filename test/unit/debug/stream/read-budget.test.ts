// @vitest-environment node
import { expect, test } from 'vitest';
import { createReadBudget, shareOf } from '../../../../src/debug/stream/read-budget.ts';
import { shardOf } from '../../../helpers/scripted-consumer.ts';

const [A, B] = [shardOf(0, [0, 0.5]), shardOf(1, [0.5, 1])];

test('a rate is of the last seconds, shard by shard', () => {
  const budget = createReadBudget();
  for (let second = 0; second <= 10; second++) {
    const reads = second < 5 ? 0 : (second - 5) * 2;
    budget.look([{ ...A, reads, bytes: second * 1_000 }, B], second * 1_000);
  }

  expect(budget.of(A.shardId)).toEqual({ readsPerSecond: 2, bytesPerSecond: 1_000 });
  expect(budget.of(B.shardId)).toEqual({ readsPerSecond: 0, bytesPerSecond: 0 });
  expect(budget.most()).toEqual(budget.of(A.shardId));
});

test('looking more often changes nothing', () => {
  const budget = createReadBudget();
  budget.look([A], 0);
  for (let at = 100; at < 1_000; at += 100) budget.look([{ ...A, reads: 50 }], at);
  budget.look([{ ...A, reads: 3 }], 1_000);

  expect(budget.of(A.shardId)?.readsPerSecond).toBe(3);
});

test('a shard that has just come is counted from its own first look', () => {
  const budget = createReadBudget();
  budget.look([A], 0);
  budget.look([A, B], 1_000);
  expect(budget.of(B.shardId)).toBeUndefined();

  budget.look([A, { ...B, reads: 4 }], 3_000);

  expect(budget.of(B.shardId)?.readsPerSecond).toBe(2);
  expect(budget.of('another')).toBeUndefined();
});

test('after a reset nothing is known', () => {
  const budget = createReadBudget();
  budget.look([A], 0);
  budget.look([A], 1_000);
  budget.reset();

  expect(budget.most()).toBeUndefined();
});

test('what is nearer to its limit is the share: reads or bytes', () => {
  expect(shareOf({ readsPerSecond: 1, bytesPerSecond: 0 })).toBe(0.2);
  expect(shareOf({ readsPerSecond: 1, bytesPerSecond: 1024 * 1024 })).toBe(0.5);
});
