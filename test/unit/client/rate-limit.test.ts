import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRateLimit } from '../../../src/client/rate-limit.ts';

/** How many of so many events pass at one moment. */
const passing = (mayPass: () => boolean, events: number): number =>
  Array.from({ length: events }, mayPass).filter(Boolean).length;

describe('the rate limit', () => {
  test('lets a minute’s worth through at once, and then a second’s worth a second', () => {
    let now = 0;
    const mayPass = createRateLimit({ monotonic: () => now }, 1000);

    expect(passing(mayPass, 100_000)).toBe(60_000);
    now = 1000;
    expect(passing(mayPass, 5000)).toBe(1000);
    now = 3500;
    expect(passing(mayPass, 5000)).toBe(2500);
  });

  test('once empty stays shut until a second’s worth is back', () => {
    let now = 0;
    const mayPass = createRateLimit({ monotonic: () => now }, 100);
    passing(mayPass, 6001);

    now = 999;
    expect(passing(mayPass, 1000)).toBe(0);
    now = 1000;
    expect(passing(mayPass, 1000)).toBe(100);
  });

  test('saves no more than a minute’s worth', () => {
    let now = 0;
    const mayPass = createRateLimit({ monotonic: () => now }, 10);
    passing(mayPass, 1000);

    now = 3_600_000;
    expect(passing(mayPass, 1000)).toBe(600);
  });

  test('is none where there is none', () => {
    const mayPass = createRateLimit({ monotonic: () => 0 }, Number.POSITIVE_INFINITY);

    expect(passing(mayPass, 200_000)).toBe(200_000);
  });

  test('never lets more through than the burst and what has come since', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2000 }),
        fc.array(fc.record({ waitMs: fc.nat(90_000), events: fc.nat(3000) }), { maxLength: 30 }),
        (perSecond, steps) => {
          let now = 0;
          let passed = 0;
          const mayPass = createRateLimit({ monotonic: () => now }, perSecond);
          for (const { waitMs, events } of steps) {
            now += waitMs;
            passed += passing(mayPass, events);
            expect(passed).toBeLessThanOrEqual(Math.ceil((60 + now / 1000) * perSecond));
          }
        },
      ),
    );
  });
});
