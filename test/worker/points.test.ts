import { describe, expect, test } from 'vitest';
import type { BatchSummary } from '../../worker/operation/batch-summary.ts';
import {
  batchPoint,
  POINT_BLOBS,
  POINT_DOUBLES,
  type Point,
  refusalPoint,
} from '../../worker/operation/points.ts';

const SUMMARY: BatchSummary = {
  ...{ source: 'shop', sdk: 'rivulet/1.0.0', colo: 'CDG', failure: 'throttled' },
  ...{ events: 100, stored: 97, retry: 2, unknown: 1, rejected: 1, rejections: { too_deep: 1 } },
  ...{ wireBytes: 9000, bytes: 30_000, keys: 3, calls: 2, records: 4, payloadUnits: 5 },
  ...{ ms: 31, putMs: 30, oldestMs: 1200, hotKeys: 1, hotShards: ['shardId-000000000001'] },
  ...{ openStreams: ['orders', 'returns'], errors: { KMSThrottlingException: 2 } },
};

/** A point with the names of its columns. */
function named({ blobs, doubles }: Point): Record<string, string | number> {
  return Object.fromEntries([
    ...POINT_BLOBS.map((name, index) => [name, blobs[index] ?? '?']),
    ...POINT_DOUBLES.map((name, index) => [name, doubles[index] ?? Number.NaN]),
  ]);
}

describe('a data point', () => {
  test('has the figures of a batch in the columns that are described', () => {
    const point = batchPoint(SUMMARY);

    const { rejections, errors, ...figures } = SUMMARY;
    expect(named(point)).toEqual({
      ...figures,
      ...{ kind: 'batch', code: '', path: '/v1/batch' },
      ...{ hotShards: 'shardId-000000000001', openStreams: 'orders returns' },
    });
    expect(point.indexes).toEqual(['shop']);
  });

  test('has a zero or an empty text where a batch has nothing to say', () => {
    const { unknown, hotKeys, colo, failure, hotShards, openStreams, ...least } = SUMMARY;

    const point = named(batchPoint(least));

    expect(point).toMatchObject({ unknown: 0, hotKeys: 0, colo: '', failure: '', hotShards: '' });
  });

  test('counts a refusal too', () => {
    const point = refusalPoint({ code: 'rate_limited', path: '/v1/session', colo: 'CDG' });

    const texts = { kind: 'refusal', code: 'rate_limited', path: '/v1/session', colo: 'CDG' };
    expect(named(point)).toMatchObject({ ...texts, source: '-', events: 0 });
    expect(point.indexes).toEqual(['-']);
  });

  test('stays within what Analytics Engine takes', () => {
    const shards = Array.from(
      { length: 500 },
      (_, shard) => `shardId-${String(shard).padStart(12, '0')}`,
    );

    const { indexes, blobs, doubles } = batchPoint({ ...SUMMARY, hotShards: shards });

    expect(indexes.join('').length).toBeLessThanOrEqual(96);
    expect(blobs.length).toBeLessThanOrEqual(20);
    expect(doubles.length).toBeLessThanOrEqual(20);
    expect(blobs.join('').length).toBeLessThanOrEqual(16_000);
  });
});
