import { describe, expect, it } from 'vitest';
import {
  assignHues,
  generationOf,
  HUES,
  placeOf,
  pointOf,
} from '../../../src/debug/reading/hash-space.ts';
import { shardOf } from '../../helpers/scripted-consumer.ts';

function evenly(count: number) {
  return Array.from({ length: count }, (_, index) =>
    shardOf(index, [index / count, (index + 1) / count]),
  );
}

describe('places', () => {
  it('are parts of 2^128', () => {
    expect(placeOf(shardOf(0, [0.25, 0.5]).hashKeys)).toEqual({ start: 0.25, length: 0.25 });
    expect(placeOf({ start: 0n, end: 2n ** 128n - 1n })).toEqual({ start: 0, length: 1 });
    expect(pointOf(2n ** 127n)).toBe(0.5);
  });
});

describe('hues', () => {
  it('differ for up to eight shards', () => {
    const hues = assignHues(evenly(HUES), new Map());

    expect(new Set(hues.values()).size).toBe(HUES);
  });

  it('differ between neighbours of a larger stream', () => {
    const hues = [...assignHues(evenly(32), new Map()).values()];

    expect(hues.every((hue, index) => index === 0 || hue !== hues[index - 1])).toBe(true);
  });

  it('stay with their shards, and children get others than their parent', () => {
    const before = assignHues(evenly(4), new Map());
    const parents = ['shardId-000000000000'];
    const children = [shardOf(4, [0, 0.125], { parents }), shardOf(5, [0.125, 0.25], { parents })];

    const after = assignHues([...evenly(4), ...children], before);

    for (const [shardId, hue] of before) expect(after.get(shardId)).toBe(hue);
    const family = ['0', '4', '5'].map((number) => after.get(`shardId-00000000000${number}`));
    expect(new Set(family).size).toBe(3);
  });
});

describe('generations', () => {
  it('count the splits and merges above a shard', () => {
    const child = shardOf(1, [0, 0.5], { parents: ['shardId-000000000000'] });
    const grandchild = shardOf(2, [0, 0.25], { parents: ['shardId-000000000001'] });
    const shards = [shardOf(0, [0, 1]), child, grandchild];

    expect(shards.map((shard) => generationOf(shard, shards))).toEqual([0, 1, 2]);
    expect(generationOf(shardOf(9, [0, 1], { parents: ['gone'] }), shards)).toBe(0);
  });
});
