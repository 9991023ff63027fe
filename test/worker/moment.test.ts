import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createIsoWriter, isMoment } from '../../worker/events/moment.ts';

describe('moments', () => {
  test('are written one after the other as each alone', () => {
    const moment = fc.oneof(
      fc.integer({ min: 0, max: 253_402_300_799_999 }),
      fc.integer({ min: 1_763_673_599_000, max: 1_763_673_601_000 }),
      fc.double({ min: 0, max: 4e12, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(moment, { maxLength: 50 }), (moments) => {
        const write = createIsoWriter();

        expect(moments.map(write)).toEqual(moments.map((each) => new Date(each).toISOString()));
      }),
    );
  });

  test('are those that ISO 8601 can write with four digits for the year', () => {
    expect([0, 253_402_300_799_999].map(isMoment)).toEqual([true, true]);
    expect([-1, 253_402_300_800_000, Number.NaN, '1'].map(isMoment)).not.toContain(true);
  });
});
