// @vitest-environment node
import { expect, test } from 'vitest';
import { createReshardingLog } from '../../../../src/debug/stream/resharding-log.ts';
import { shardOf } from '../../../helpers/scripted-consumer.ts';

const id = (number: number): string => shardOf(number, [0, 1]).shardId;
const first = [shardOf(0, [0, 0.5]), shardOf(1, [0.5, 1])];

test('what the first list has is older than the watching', () => {
  const log = createReshardingLog();

  log.look([], 1_000);
  log.look(first, 2_000);

  expect(log.bornAt(id(0))).toBeUndefined();
  expect(log.latest()).toBeUndefined();
});

test('a split is told once, with both children', () => {
  const log = createReshardingLog();
  log.look(first, 1_000);
  const parents = [id(0)];
  const split = [
    ...first,
    shardOf(2, [0, 0.25], { parents }),
    shardOf(3, [0.25, 0.5], { parents }),
  ];

  log.look(split, 5_000);
  log.look(split, 9_000);

  expect(log.bornAt(id(3))).toBe(5_000);
  expect(log.latest()).toEqual({ at: 5_000, parents, children: [id(2), id(3)] });
});

test('a merge has both parents', () => {
  const log = createReshardingLog();
  log.look(first, 1_000);
  const parents = [id(0), id(1)];

  log.look([...first, shardOf(2, [0, 1], { parents })], 5_000);

  expect(log.latest()).toEqual({ at: 5_000, parents, children: [id(2)] });
});

test('another stream begins anew', () => {
  const log = createReshardingLog();
  log.look(first, 1_000);
  log.reset();

  log.look([...first, shardOf(2, [0, 1], { parents: [id(0)] })], 5_000);

  expect(log.latest()).toBeUndefined();
  expect(log.bornAt(id(2))).toBeUndefined();
});
