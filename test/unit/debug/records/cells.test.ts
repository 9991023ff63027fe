import { describe, expect, it } from 'vitest';
import { compileFilter } from '../../../../src/debug/filter/filter.ts';
import { createFilterControl } from '../../../../src/debug/filter/filter-control.ts';
import type { Row } from '../../../../src/debug/reading/rows.ts';
import {
  columnsWith,
  nameOf,
  termOf,
  textOf,
  valueAt,
} from '../../../../src/debug/records/cells.ts';
import { recordOf } from '../../../helpers/scripted-consumer.ts';

const LANE = 'k3f9aL0qXw';
const row: Row = {
  kind: 'record',
  id: 7,
  verdict: 'new',
  isLate: false,
  record: recordOf(
    LANE,
    41,
    {
      event: 'Order "Completed" now',
      properties: { price: 49.9, gift: false, items: [{ sku: 'a|b' }], note: 'two words', big: {} },
      context: { page: { path: '/checkout' } },
    },
    { shardId: 'shardId-000000000004', partitionKey: 'user 17', aggregateCount: 3 },
  ),
};
const gap: Row = {
  kind: 'gap',
  id: 8,
  shardId: 'shardId-000000000004',
  at: 1_763_673_600_000,
  range: { lane: LANE, first: 42, count: 3 },
};
const note: Row = { kind: 'note', id: 9, at: 0, shardId: undefined, note: 'failed', text: 'no' };

/** What the table shows after `f` or `F` on the cell. */
function filterBy(cell: string, of: Row, change: 'include' | 'exclude'): string {
  let text = '';
  const view = {
    filterText: () => text,
    setFilter: (next: string) => {
      text = next;
    },
  };
  const control = createFilterControl({ session: () => ({ view }) as never });
  const term = termOf(of, cell);
  if (term) control[change](...term);
  return text;
}

function shows(filter: string, of: Row): boolean {
  const no = () => false;
  const context = { now: 0, isMine: no, isMarked: no, isInvalid: no };
  return compileFilter(filter, context).test(of);
}

describe('a value of a row', () => {
  it.each([
    ...['time', 'where', 'key', 'event', 'type', 'path', 'lane', 'size', 'latency', 'aggregate'],
    ...['properties.price', 'price', 'gift', 'items.sku', 'note', 'context.page.path'],
  ])('is a filter that shows the row, and one that hides it: %s', (cell) => {
    expect(shows(filterBy(cell, row, 'include'), row)).toBe(true);
    expect(shows(filterBy(cell, row, 'exclude'), row)).toBe(false);
  });

  it.each(['where', 'lane', 'time'])('of a gap is one too: %s', (cell) => {
    expect(shows(filterBy(cell, gap, 'include'), gap)).toBe(true);
    expect(shows(filterBy(cell, gap, 'exclude'), gap)).toBe(false);
  });

  it('finds the others with the same value only', () => {
    const other = { ...row, record: recordOf(LANE, 42, { properties: { price: 50 } }) } as Row;

    expect(shows(filterBy('properties.price', row, 'include'), other)).toBe(false);
    expect(shows(filterBy('event', row, 'include'), other)).toBe(false);
  });

  it.each([
    ['where', note],
    ['lane', note],
    ['properties.big', row],
    ['properties.absent', row],
    ['properties.price', gap],
    ['key', gap],
  ] as const)('that is not there, or is no single one, is no filter: %s', (cell, of) => {
    expect(termOf(of, cell)).toBeUndefined();
  });
});

describe('a path as a column', () => {
  it('has the value of the event, a property where it names no other place', () => {
    expect(valueAt(row, 'properties.price')).toBe(49.9);
    expect(valueAt(row, 'price')).toBe(49.9);
    expect(valueAt(row, 'context.page.path')).toBe('/checkout');
    expect(valueAt(row, 'items.sku')).toBe('a|b');
    expect(valueAt(row, 'absent')).toBeUndefined();
    expect(valueAt(gap, 'price')).toBeUndefined();
  });

  it('is text in its cell', () => {
    expect([49.9, false, 'a', undefined, { a: 1 }, null].map(textOf)).toEqual([
      ...['49.9', 'false', 'a', '', '{"a":1}', 'null'],
    ]);
  });

  it('stands between the event and the lane, under its last name', () => {
    expect(columnsWith(['a.b']).slice(3, 6)).toEqual(['event', 'a.b', 'lane']);
    expect(nameOf('properties."Order Id"')).toBe('Order Id');
  });
});
