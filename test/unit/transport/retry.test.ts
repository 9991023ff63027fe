import { describe, expect, test } from 'vitest';
import {
  backoffMs,
  boundedWaitMs,
  parseRetryAfter,
  spreadMs,
} from '../../../src/transport/retry.ts';

const bounds = { retryBaseMs: 1000, retryMaxMs: 300_000 };

describe('the backoff', () => {
  test.each([
    [1, 1000],
    [2, 2000],
    [9, 256_000],
    [10, 300_000],
    [5000, 300_000],
  ])('after %i failures is drawn below %i ms', (failures, bound) => {
    expect(backoffMs(failures, bounds, () => 0)).toBe(0);
    expect(backoffMs(failures, bounds, () => 0.5)).toBe(bound / 2);
    expect(backoffMs(failures, bounds, () => 1 - Number.EPSILON)).toBeLessThanOrEqual(bound);
  });
});

describe('the share of a common wait', () => {
  test.each([
    [-5000, 0],
    [0, 0],
    [30_000, 3000],
    [600_000, 60_000],
    [86_400_000, 60_000],
  ])('of %i ms is drawn below %i', (waitMs, bound) => {
    expect(spreadMs(waitMs, () => 0)).toBe(0);
    expect(spreadMs(waitMs, () => 0.5)).toBe(bound / 2);
  });
});

describe('Retry-After', () => {
  const now = Date.UTC(2026, 10, 20, 12);

  test.each([
    [null, undefined],
    ['', undefined],
    ['soon', undefined],
    ['0', 0],
    ['120', 120_000],
    ['99999999999', 99_999_999_999_000],
    ['Fri, 20 Nov 2026 12:00:30 GMT', 30_000],
    ['Fri, 20 Nov 2026 11:00:00 GMT', -3_600_000],
  ])('of %s is %s ms', (text, waitMs) => {
    expect(parseRetryAfter(text, now)).toBe(waitMs);
  });

  test.each([
    [-1, 0],
    [86_400_000, 86_400_000],
    [86_400_001, 86_400_000],
  ])('of %i ms is held to %i', (asked, waited) => {
    expect(boundedWaitMs(asked)).toBe(waited);
  });
});
