// @vitest-environment node
import { expect, test } from 'vitest';
import {
  createShardTree,
  neighbourOf,
  openShardOf,
} from '../../../../src/debug/stream/shard-tree.ts';
import { shardOf } from '../../../helpers/scripted-consumer.ts';

const id = (number: number): string => shardOf(number, [0, 1]).shardId;

/** 0 was split into 2 and 3; 3 and 1 were merged into 4, whose list of shards has not 4's end yet. */
const tree = createShardTree([
  shardOf(0, [0, 0.5], { status: 'closed' }),
  shardOf(1, [0.5, 1], { status: 'reading' }),
  shardOf(2, [0, 0.25], { parents: [id(0)] }),
  shardOf(3, [0.25, 0.5], { status: 'closed', parents: [id(0)] }),
  shardOf(4, [0.25, 1], { status: 'waiting', parents: [id(3), id(1)] }),
]);

test('ancestors are those that are known, nearest first', () => {
  expect(tree.ancestorsOf(id(4))).toEqual([id(3), id(1), id(0)]);
  expect(tree.ancestorsOf(id(0))).toEqual([]);
  expect(createShardTree([shardOf(9, [0, 1], { parents: [id(8)] })]).ancestorsOf(id(9))).toEqual(
    [],
  );
});

test('a level is the longest way to the oldest of the family', () => {
  expect([0, 1, 2, 3, 4].map((number) => tree.levelOf(id(number)))).toEqual([0, 0, 1, 1, 2]);
});

test('a shard with children takes no records, however far it was read', () => {
  expect(tree.shards.filter(tree.isOpen).map(({ shardId }) => shardId)).toEqual([id(2), id(4)]);
});

test('a hash key has one open shard', () => {
  const half = 2n ** 127n;

  expect(openShardOf(0n, tree)?.shardId).toBe(id(2));
  expect(openShardOf(half - 1n, tree)?.shardId).toBe(id(4));
  expect(openShardOf(half, tree)?.shardId).toBe(id(4));
});

test('an open shard can be merged with the open one that goes on where it ends', () => {
  const [, , second, , last] = tree.shards;

  expect(second && neighbourOf(second.hashKeys, tree)?.shardId).toBe(id(4));
  expect(last && neighbourOf(last.hashKeys, tree)).toBeUndefined();
});

test('a hundred generations of merges and splits take no time', () => {
  const shards = Array.from({ length: 200 }, (_, index) => {
    const generation = Math.floor(index / 2);
    const parents = generation === 0 ? [] : [id(2 * generation - 2), id(2 * generation - 1)];
    return shardOf(index, index % 2 === 0 ? [0, 0.5] : [0.5, 1], { parents });
  });

  expect(createShardTree(shards).levelOf(id(199))).toBe(99);
  expect(createShardTree(shards).ancestorsOf(id(199))).toHaveLength(198);
});
