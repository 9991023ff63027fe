// @vitest-environment node
import { describe, expect, test } from 'vitest';
import { layPlane, PLANE_MS, stepOf } from '../../../../src/debug/stream/shard-plane.ts';
import { createShardTree } from '../../../../src/debug/stream/shard-tree.ts';
import { shardOf } from '../../../helpers/scripted-consumer.ts';

const NOW = 1_767_225_600_000;
const id = (number: number): string => shardOf(number, [0, 1]).shardId;
const SHARDS = [
  shardOf(0, [0, 0.5]),
  shardOf(1, [0.5, 1]),
  shardOf(2, [0, 0.25], { parents: [id(0)] }),
  shardOf(3, [0.25, 0.5], { parents: [id(0)] }),
];

function lay(bornAt: Readonly<Record<number, number>>, shards = SHARDS) {
  const tree = createShardTree(shards);
  const births = new Map(Object.entries(bornAt).map(([number, at]) => [id(Number(number)), at]));
  const plane = layPlane(tree, (shardId) => births.get(shardId), NOW);
  const of = (number: number) => {
    const { left, width, top, bottom } =
      plane.shards.find(({ shard }) => shard.shardId === id(number)) ?? {};
    return { left, width, top, bottom };
  };
  return { tree, plane, of };
}

describe('the plane', () => {
  test('shards that were always there reach from top to bottom, side by side', () => {
    const { of, plane } = lay({}, SHARDS.slice(0, 2));

    expect(plane.historyShare).toBe(0);
    expect(of(0)).toEqual({ left: 0, width: 0.5, top: 0, bottom: 1 });
    expect(of(1)).toEqual({ left: 0.5, width: 0.5, top: 0, bottom: 1 });
  });

  test('a split is drawn at its time, and the parent ends where its children begin', () => {
    const at = NOW - PLANE_MS / 2;

    const { of } = lay({ 2: at, 3: at });

    expect(of(0)).toMatchObject({ top: 0, bottom: 0.5 });
    expect(of(2)).toEqual({ left: 0, width: 0.25, top: 0.5, bottom: 1 });
    expect(of(1)).toMatchObject({ top: 0, bottom: 1 });
  });

  test('what has just come is high enough for its number', () => {
    const { of } = lay({ 2: NOW, 3: NOW });

    expect(of(2).top).toBeCloseTo(0.87);
    expect(of(0).bottom).toBe(of(2).top);
  });

  test('older generations have a strip each above the time that is to scale', () => {
    const { of, plane } = lay({ 2: NOW - PLANE_MS - 1, 3: NOW - PLANE_MS - 1 });

    expect(plane.historyShare).toBeGreaterThan(0);
    expect(of(0)).toMatchObject({ top: 0, bottom: plane.historyShare });
    expect(of(2)).toMatchObject({ top: plane.historyShare, bottom: 1 });
    expect(plane.yOf(NOW - PLANE_MS)).toBe(plane.historyShare);
    expect(plane.yOf(NOW)).toBe(1);
  });

  test('the past never takes more than half, however long it is', () => {
    const shards = Array.from({ length: 40 }, (_, index) =>
      shardOf(index, [0, 1], { parents: index > 0 ? [id(index - 1)] : [] }),
    );

    const { plane, of } = lay({}, shards);

    expect(plane.historyShare).toBeLessThan(0.5);
    expect(of(39)).toMatchObject({ top: plane.historyShare, bottom: 1 });
  });
});

describe('an arrow key', () => {
  const at = NOW - PLANE_MS / 2;
  const { plane, tree } = lay({ 2: at, 3: at });

  test.each([
    [0, 'ArrowRight', 1],
    [0, 'ArrowDown', 2],
    [2, 'ArrowUp', 0],
    [2, 'ArrowRight', 3],
    [3, 'ArrowRight', 1],
    // Two lie beside it at different times: the later one.
    [1, 'ArrowLeft', 3],
    // Nothing is there.
    [0, 'ArrowUp', 0],
    [0, 'ArrowLeft', 0],
    [2, 'ArrowDown', 2],
  ])('leads from shard %i with %s to shard %i', (from, key, to) => {
    expect(stepOf(plane, tree, id(from), key)).toBe(id(to));
  });

  test('of a shard that is gone leads nowhere', () => {
    expect(stepOf(plane, tree, id(77), 'ArrowLeft')).toBe(id(77));
  });
});
