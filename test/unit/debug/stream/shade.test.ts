// @vitest-environment node
import { expect, test } from 'vitest';
import { createRates } from '../../../../src/debug/reading/rates.ts';
import { gradientOf, shadeOf } from '../../../../src/debug/stream/shade.ts';
import { layPlane, type PlaneShard } from '../../../../src/debug/stream/shard-plane.ts';
import { createShardTree } from '../../../../src/debug/stream/shard-tree.ts';
import { shardOf } from '../../../helpers/scripted-consumer.ts';

const NOW = 1_767_225_600_000;

function setUp(bornAgoMs?: number) {
  const shard = shardOf(0, [0, 1]);
  const bornAt = bornAgoMs === undefined ? undefined : NOW - bornAgoMs;
  const plane = layPlane(createShardTree([shard]), () => bornAt, NOW);
  const rates = createRates();
  const [place] = plane.shards as [PlaneShard];
  return {
    rates,
    shardId: shard.shardId,
    shade: () => shadeOf(place, plane, rates.series(NOW), NOW),
  };
}

test('an idle shard has one shade', () => {
  const { shade } = setUp();

  expect(shade().stops).toEqual([{ from: 0, to: 100, percent: 10 }]);
});

test('a second with records is darker, at its time, and more is darker still', () => {
  const { rates, shardId, shade } = setUp();
  rates.add(shardId, NOW - 60_000, 10, 'a');
  for (let count = 0; count < 4_000; count++) rates.add(shardId, NOW - 30_000, 10, 'a');

  const { stops } = shade();

  const [before, one, between, many, after] = stops.map(({ percent }) => percent);
  expect(stops[1]).toMatchObject({ from: 50 });
  expect(stops[3]).toMatchObject({ from: 75 });
  expect(before).toBe(10);
  expect(one).toBeGreaterThanOrEqual(24);
  expect(many).toBeGreaterThan((one ?? 0) + 30);
  expect([between, after]).toEqual([10, 10]);
});

test('bytes count as much as records: the nearer limit is what is shown', () => {
  const { rates, shardId, shade } = setUp();
  rates.add(shardId, NOW - 30_000, 5 * 1024 * 1024, 'a');

  expect(Math.max(...shade().stops.map(({ percent }) => percent))).toBe(90);
});

test('what was before the shard is not drawn', () => {
  const { rates, shardId, shade } = setUp(60_000);
  rates.add(shardId, NOW - 90_000, 10, 'a');
  rates.add(shardId, NOW - 60_000, 10, 'a');

  const { stops } = shade();

  expect(stops[0]).toMatchObject({ from: 0 });
  expect(stops[0]?.percent).toBeGreaterThan(10);
  expect(stops).toHaveLength(2);
});

test('throttled reads are stretches of their own, neighbours in one', () => {
  const { rates, shardId, shade } = setUp();
  rates.addThrottled(shardId, NOW - 60_000, 1);
  rates.addThrottled(shardId, NOW - 54_000, 2);
  rates.addThrottled(shardId, NOW - 12_000, 1);

  expect(shade().throttled).toEqual([
    { from: 50, to: 58.3 },
    { from: 87.5, to: 91.7 },
  ]);
});

test('the gradient has each stretch once', () => {
  const { rates, shardId, shade } = setUp();
  rates.add(shardId, NOW - 60_000, 10, 'a');

  const gradient = gradientOf(shade());

  expect(gradient).toMatch(/^linear-gradient\(/);
  expect(gradient?.match(/color-mix/g)).toHaveLength(3);
  expect(gradientOf({ stops: [], throttled: [] })).toBeUndefined();
});
