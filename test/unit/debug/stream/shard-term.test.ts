// @vitest-environment node
import { expect, test } from 'vitest';
import { toggleShards } from '../../../../src/debug/stream/shard-term.ts';

const id = (number: number): string => `shardId-${String(number).padStart(12, '0')}`;

test.each([
  ['', [4], 'shard:4'],
  ['type:track price>=10', [4], 'type:track price>=10 shard:4'],
  ['shard:2 type:track', [4, 2, 0], 'type:track shard:4|2|0'],
  // The same again takes it away.
  ['type:track shard:4', [4], 'type:track'],
  ['shard:4', [4], ''],
  // What is excluded stays so.
  ['-shard:7', [4], '-shard:7 shard:4'],
])('to %j, %j makes %j', (before, numbers, after) => {
  expect(toggleShards(before, numbers.map(id))).toBe(after);
});
