import { describe, expect, it } from 'vitest';
import * as format from '../../../src/debug/format.ts';

describe('figures', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 kB'],
    [4_100, '4.1 kB'],
    [123_456, '123 kB'],
    [32_000_000, '32 MB'],
  ])('says %d bytes as %s', (bytes, text) => {
    expect(format.formatBytes(bytes)).toBe(text);
  });

  it.each([
    [7, '7 ms'],
    [-140, '−140 ms'],
    [1_240, '1.24 s'],
    [41_000, '41.0 s'],
    [180_000, '3 min'],
    [18_000_000, '5 h'],
    [172_800_000, '2 days'],
  ])('says a length of %d ms as %s', (durationMs, text) => {
    expect(format.formatDuration(durationMs)).toBe(text);
  });

  it('says ages coarsely, and never below nothing', () => {
    expect([-50, 800, 41_400, 180_000].map(format.formatAge)).toEqual([
      '0.0 s',
      '0.8 s',
      '41 s',
      '3 min',
    ]);
  });

  it('names runs, lanes, shards and counts', () => {
    expect(format.formatRun({ first: 43, count: 5 })).toBe('43–47');
    expect(format.formatRun({ first: 43, count: 1 })).toBe('43');
    const runs = [1, 3, 5, 7, 9].map((first) => ({ first, count: 1 }));
    expect(format.formatRuns(runs)).toBe('1, 3, 5, 7, …');
    expect(format.formatRuns(runs.slice(1))).toBe('3, 5, 7, 9');
    expect(format.formatReasons({ queue_full: 1_200, sampled: 3 })).toBe(
      '1,200 queue full, 3 sampled',
    );
    expect(format.formatShard('shardId-000000000012')).toBe('12');
    expect(format.formatShard('shardId-000000000000')).toBe('0');
    expect(format.formatShard('another')).toBe('another');
    expect(format.formatPlural(1, 'row')).toBe('1 row');
    expect(format.formatPlural(12_480, 'row')).toBe('12,480 rows');
  });
});
