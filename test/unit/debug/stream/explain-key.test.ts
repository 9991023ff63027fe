// @vitest-environment node
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { explainKey, hexOf } from '../../../../src/debug/stream/explain-key.ts';
import { createShardTree } from '../../../../src/debug/stream/shard-tree.ts';
import { shardOf } from '../../../helpers/scripted-consumer.ts';

const id = (number: number): string => shardOf(number, [0, 1]).shardId;
const hexOfKey = (key: string): string => createHash('md5').update(key).digest('hex');

/** `a` hashes into the first tenth, `u17` into the last. */
const tree = createShardTree([
  shardOf(0, [0, 0.5], { status: 'closed' }),
  shardOf(1, [0.5, 1], { status: 'closed' }),
  shardOf(2, [0, 1], { status: 'closed', parents: [id(0), id(1)] }),
  shardOf(3, [0, 0.25], { parents: [id(2)] }),
  shardOf(4, [0.25, 1], { parents: [id(2)] }),
]);

test.each(['a', 'u17', '', 'schlüssel 🗝'])('%j is explained by the MD5 of its UTF-8', (key) => {
  const { hex, hashKey } = explainKey(key, tree);

  expect(hex).toBe(hexOfKey(key));
  expect(hashKey).toBe(BigInt(`0x${hexOfKey(key)}`));
});

test('a key leads to its open shard, and to those ancestors that had it', () => {
  for (const key of ['a', 'b', 'c', 'd', 'e', 'f', 'u17']) {
    const place = BigInt(`0x${hexOfKey(key)}`);
    const isFirstHalf = place < 2n ** 127n;

    const { shard, ancestors } = explainKey(key, tree);

    expect(shard?.shardId).toBe(place < 2n ** 126n ? id(3) : id(4));
    expect(ancestors.map(({ shardId }) => shardId)).toEqual([id(2), isFirstHalf ? id(0) : id(1)]);
  }
});

test('without shards it is explained as far as it goes', () => {
  const { shard, ancestors } = explainKey('a', createShardTree([]));

  expect(shard).toBeUndefined();
  expect(ancestors).toEqual([]);
});

test('a small hash keeps its zeros', () => {
  expect(hexOf(255n)).toBe(`${'0'.repeat(30)}ff`);
});
