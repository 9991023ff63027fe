import { describe, expect, it } from 'vitest';
import { arrivalsIn, createBrush, stepOf } from '../../../../src/debug/chart/brush.ts';
import { createRowList } from '../../../../src/debug/reading/row-list.ts';
import type { Row } from '../../../../src/debug/reading/rows.ts';
import { recordOf } from '../../../helpers/scripted-consumer.ts';

describe('a brush', () => {
  it('selects nothing while it only moves', () => {
    const brush = createBrush();

    brush.moveTo(7, false);
    brush.moveTo(9, false);

    expect(brush.cursor()).toBe(9);
    expect(brush.range()).toBeUndefined();
  });

  it('extends from where it was, in both directions', () => {
    const brush = createBrush();
    brush.moveTo(10, false);

    brush.moveTo(13, true);
    expect(brush.range()).toEqual([10, 13]);

    brush.moveTo(8, true);
    expect(brush.range()).toEqual([8, 10]);
  });

  it('that comes back to where it began selects nothing', () => {
    const brush = createBrush();
    brush.moveTo(10, false);
    brush.moveTo(11, true);

    brush.moveTo(10, true);

    expect(brush.range()).toBeUndefined();
  });

  it('begins a new range after a move, and after it was cleared', () => {
    const brush = createBrush();
    brush.moveTo(10, false);
    brush.moveTo(20, true);

    brush.moveTo(30, false);
    brush.moveTo(31, true);
    expect(brush.range()).toEqual([30, 31]);

    brush.clear();
    brush.moveTo(5, true);
    expect([brush.cursor(), brush.range()]).toEqual([5, undefined]);
  });
});

describe('the keys of a brush', () => {
  it.each([
    ['ArrowLeft', -1],
    ['ArrowRight', 1],
    ['PageUp', 30],
    ['PageDown', -30],
    ['Home', -300],
    ['End', 300],
    ['Enter', undefined],
    ['toString', undefined],
  ])('%s moves it by %s', (key, step) => {
    expect(stepOf(key, 300)).toBe(step);
  });
});

describe('what was read in a range', () => {
  it('arrived when its records say, however long ago that was', () => {
    const rows = createRowList<Row>();
    const at = (id: number, readAt: number, arrivedAt: number | undefined): void =>
      rows.push({
        kind: 'record',
        id,
        record: recordOf('lane-a', id + 1, {}, { readAt, arrivedAt }),
        verdict: 'new',
        isLate: false,
      });
    at(0, 99_999, 1_000);
    at(1, 100_000, 51_400);
    at(2, 102_999, 49_700);
    at(3, 103_000, 90_000);

    expect(arrivalsIn(rows, [100, 102])).toEqual([49, 51]);
  });

  it('is the range itself where there are no records, or they do not say when they arrived', () => {
    const rows = createRowList<Row>();
    rows.push({ kind: 'note', id: 0, at: 100_500, shardId: undefined, note: 'resumed', text: '' });
    expect(arrivalsIn(rows, [100, 102])).toEqual([100, 102]);

    const record = recordOf('lane-a', 1, {}, { readAt: 101_200, arrivedAt: undefined });
    rows.push({ kind: 'record', id: 1, record, verdict: 'new', isLate: false });
    expect(arrivalsIn(rows, [100, 102])).toEqual([101, 101]);
  });
});
