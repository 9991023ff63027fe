import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLimiter } from '../../worker/node/limiters.ts';

function createClock() {
  const clock = { now: () => at };
  let at = 1_000_000;
  return { clock, advance: (ms: number) => (at += ms) };
}

describe("a limiter in the process's memory", () => {
  test('takes as many at once as its limit, of each key', async () => {
    const { clock } = createClock();
    const admit = createLimiter({ limit: 3, periodMs: 60_000 }, clock);

    const answers = [];
    for (const key of ['a', 'a', 'a', 'a', 'b']) answers.push(await admit(key));

    expect(answers).toEqual([true, true, true, false, true]);
  });

  test('takes more as time goes by, and never more than its limit', async () => {
    const { clock, advance } = createClock();
    const admit = createLimiter({ limit: 2, periodMs: 1000 }, clock);
    await admit('a');
    await admit('a');

    advance(499);
    expect(await admit('a')).toBe(false);
    advance(1);
    expect(await admit('a')).toBe(true);
    expect(await admit('a')).toBe(false);
    advance(3_600_000);
    expect([await admit('a'), await admit('a'), await admit('a')]).toEqual([true, true, false]);
  });

  test('is neither filled nor emptied by a clock that is set back', async () => {
    const { clock, advance } = createClock();
    const admit = createLimiter({ limit: 1, periodMs: 1000 }, clock);
    await admit('a');

    advance(-5000);
    expect(await admit('a')).toBe(false);
    advance(1000);

    expect(await admit('a')).toBe(true);
  });

  test('forgets the key that was not seen for longest where there are too many', async () => {
    const { clock } = createClock();
    const admit = createLimiter({ limit: 1, periodMs: 60_000 }, clock, 2);
    await admit('a');
    await admit('b');
    await admit('a');
    await admit('c');

    expect(await admit('a')).toBe(false);
    expect(await admit('b')).toBe(true);
  });

  test('lets no key through more often than its rate, whatever the times', async () => {
    const visits = fc.array(fc.record({ key: fc.constantFrom('a', 'b'), afterMs: fc.nat(400) }), {
      maxLength: 200,
    });
    await fc.assert(
      fc.asyncProperty(visits, async (list) => {
        const { clock, advance } = createClock();
        const [limit, periodMs] = [5, 1000];
        const admit = createLimiter({ limit, periodMs }, clock);
        const taken: number[] = [];
        for (const { key, afterMs } of list) {
          advance(afterMs);
          if ((await admit(key)) && key === 'a') taken.push(clock.now());
        }
        for (const from of taken) {
          const within = taken.filter((at) => at >= from && at < from + periodMs).length;
          expect(within).toBeLessThanOrEqual(2 * limit);
        }
      }),
      { seed: 4, numRuns: 200 },
    );
  });
});
