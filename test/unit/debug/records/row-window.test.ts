import { describe, expect, it } from 'vitest';
import { createRowWindow, type RowTable } from '../../../../src/debug/records/row-window.ts';

const SEEN = 280;
const HEIGHT = 28;

function setUp() {
  // A scroller as the browser has it: no further than its content.
  const element = {
    clientHeight: SEEN,
    scrollHeight: 0,
    at: 0,
    get scrollTop() {
      return Math.max(0, Math.min(element.at, element.scrollHeight - SEEN));
    },
    set scrollTop(top: number) {
      element.at = top;
    },
  };
  const rows = createRowWindow(() => element as unknown as HTMLElement);
  const draw = (
    first: number,
    end: number,
    change: Partial<RowTable> = {},
    isRead = true,
  ): readonly number[] => {
    const table = {
      count: end - first,
      idAt: (index: number) => (index < end - first ? first + index : undefined),
      indexOf: (id: number) => Math.max(0, id - first),
      rowHeight: HEIGHT,
      headHeight: HEIGHT,
      footHeight: 0,
      follow: false,
      reveal: undefined,
      ...change,
    };
    if (isRead) rows.read();
    element.scrollHeight = table.headHeight + table.count * table.rowHeight + table.footHeight;
    const range = rows.place(table);
    return [first + range.start, first + range.end];
  };
  /** The topmost row that is seen below the head. */
  const top = (first = 0, rowHeight = HEIGHT) => first + element.scrollTop / rowHeight;
  return { element, rows, draw, top };
}

describe('rows in sight', () => {
  it('are drawn, and a few around them', () => {
    const { draw } = setUp();

    expect(draw(0, 1_000)).toEqual([0, 20]);
  });

  it('are the newest while the table follows', () => {
    const { draw, rows } = setUp();

    expect(draw(0, 1_000, { follow: true })[1]).toBe(1_000);
    expect(draw(0, 5_000, { follow: true })[1]).toBe(5_000);
    expect(rows.isAtEnd()).toBe(true);
  });

  it('are those that a person scrolled to', () => {
    const { draw, element } = setUp();
    draw(0, 1_000);

    element.scrollTop = 500 * HEIGHT;

    expect(draw(0, 1_000)).toEqual([490, 520]);
  });

  it('stay when older ones leave', () => {
    const { draw, element, top } = setUp();
    draw(0, 1_000);
    element.scrollTop = 500 * HEIGHT + 7;
    draw(0, 1_000);

    draw(120, 1_000);

    expect(top(120)).toBeCloseTo(500.25);
  });

  it('stay near the end too, where the browser moves the scroll by itself', () => {
    const { draw, element, top } = setUp();
    draw(0, 1_000);
    element.scrollTop = 980 * HEIGHT;
    draw(0, 1_000);

    draw(490, 1_000, { footHeight: 48 });

    expect(top(490)).toBeCloseTo(980);
  });

  it('stay when all rows become higher', () => {
    const { draw, element, top } = setUp();
    draw(0, 1_000);
    element.scrollTop = 500 * HEIGHT;
    draw(0, 1_000);

    draw(0, 1_000, { rowHeight: 50, headHeight: 0 });

    expect(top(0, 50)).toBeCloseTo(500);
  });

  it('begin with the oldest when those that were read are gone', () => {
    const { draw, element, top } = setUp();
    draw(0, 1_000);
    element.scrollTop = 100 * HEIGHT;
    draw(0, 1_000);

    draw(400, 1_000);

    expect(top(400)).toBe(400);
  });

  it.each([
    [900, 891 + 1],
    [300, 300],
    [0, 0],
  ])('show row %i when it is to be shown', (row, topmost) => {
    const { draw, element, top } = setUp();
    draw(0, 1_000);
    element.scrollTop = 500 * HEIGHT;
    draw(0, 1_000);

    draw(0, 1_000, { reveal: row });

    expect(top()).toBe(topmost);
  });

  it('stay when the row to show is among them', () => {
    const { draw, element, top } = setUp();
    draw(0, 1_000);
    element.scrollTop = 500 * HEIGHT;
    draw(0, 1_000);

    draw(0, 1_000, { reveal: 504 });

    expect(top()).toBe(500);
  });

  it('are none where there is no table in the page', () => {
    const rows = createRowWindow(() => null);
    const table = { count: 9, idAt: (index: number) => index, indexOf: (id: number) => id };
    const sizes = { rowHeight: 28, headHeight: 28, footHeight: 0, follow: true, reveal: undefined };

    expect(rows.place({ ...table, ...sizes })).toEqual({ start: 0, end: 0 });
    expect(rows.isAtEnd()).toBe(true);
    expect(rows.pageSize()).toBe(1);
  });
});
