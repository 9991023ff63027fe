import { expect, test } from 'vitest';
import { createClockSwitch } from '../../../demo/scenarios/clock-switch.ts';

test('sets the clock of the page ahead, by how much is said last, and gives it back', () => {
  const own = () => 1_000;
  const page = { Date: { now: own } as DateConstructor };
  const clock = createClockSwitch(page);

  const seen = [3_600_000, -60_000, 0].map((aheadMs) => {
    clock.setAhead(aheadMs);
    return [clock.aheadMs(), page.Date.now()];
  });

  expect(seen).toEqual([
    [3_600_000, 3_601_000],
    [-60_000, -59_000],
    [0, 1_000],
  ]);
  expect(page.Date.now).toBe(own);
});
