import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  hasAll,
  toggleFilter,
  toggleValue,
  withoutTerm,
} from '../../../../src/debug/filter/edit.ts';
import { compileFilter } from '../../../../src/debug/filter/filter.ts';
import { createFilterControl } from '../../../../src/debug/filter/filter-control.ts';
import { parse } from '../../../../src/debug/filter/parse.ts';
import { contextOf, rowOf } from '../../../helpers/debug-rows.ts';

const include = (text: string, field: string, value: string | number | boolean) =>
  toggleValue(text, field, value, false);
const exclude = (text: string, field: string, value: string | number | boolean) =>
  toggleValue(text, field, value, true);

describe('a value that is pressed', () => {
  it.each([
    ['', 'key', 'u17', 'key:u17'],
    ['order', 'event', 'Product Clicked', 'order event:"Product Clicked"'],
    ['event:A', 'event', 'B|C', 'event:A|"B|C"'],
    ['event=A', 'event', 'B', 'event=A|B'],
    ['-key:a', 'key', 'a', 'key:a'],
    ['-key:a|b', 'key', 'a', '-key:b key:a'],
    ['price>=10', 'price', 10, 'price>=10 price:10'],
    ['', 'properties.Order Id', 'A-7', 'properties."Order Id":A-7'],
    ['', 'context.page.path', '/cart/', 'context.page.path:"/cart/"'],
    ['context.page.path:/a', 'context.page.path', '/b', 'context.page.path:"/a"|"/b"'],
    ['', 'properties.sale', true, 'properties.sale:true'],
    ['', 'user', '', 'user:""'],
    ['is:mine', 'is', 'problem', 'is:mine is:problem'],
    ['after:-5m key:a', 'after', 0, 'key:a after:1970-01-01T00:00:00.000Z'],
    ['fn:a > 1', 'key', 'u17', 'key:u17 fn:a > 1'],
    ['"never closed', 'key', 'u17', '"never closed" key:u17'],
  ])('is added to %j: %s %s', (text, field, value, expected) => {
    expect(include(text, field, value)).toBe(expected);
  });

  it.each([
    ['', 'key', 'u17', '-key:u17'],
    ['-event:A', 'event', 'B', '-event:A|B'],
    ['key:a|b', 'key', 'a', 'key:b -key:a'],
  ])('is hidden from %j: %s %s', (text, field, value, expected) => {
    expect(exclude(text, field, value)).toBe(expected);
  });

  it('is taken away by the next press', () => {
    expect(include('event:A|B key:u17', 'event', 'B')).toBe('event:A key:u17');
    expect(include('key:u17', 'key', 'u17')).toBe('');
    expect(exclude('-key:u17 x', 'key', 'u17')).toBe('x');
  });

  it('is what the filter shows, or hides, whatever the value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (value, other) => {
        const own = rowOf({ properties: { x: value } }, { partitionKey: value });
        const others = rowOf({ properties: { x: other } }, { partitionKey: other });
        for (const field of ['key', 'properties.x']) {
          const isSame =
            field === 'key' ? value === other : value.toLowerCase() === other.toLowerCase();
          const shown = compileFilter(include('', field, value), contextOf());
          const hidden = compileFilter(exclude('', field, value), contextOf());

          expect([shown.problem, hidden.problem]).toEqual([undefined, undefined]);
          expect([shown.test(own), shown.test(others)]).toEqual([true, isSame]);
          expect([hidden.test(own), hidden.test(others)]).toEqual([false, !isSame]);
        }
      }),
    );
  });

  it('reaches the filter of the session', () => {
    let text = 'type:track';
    const view = {
      filterText: () => text,
      setFilter: (next: string) => {
        text = next;
      },
    };
    const filter = createFilterControl({ session: () => ({ view }) as never });

    filter.include('key', 'u17');
    filter.exclude('seq', 4);

    expect(filter.text()).toBe('type:track key:u17 -seq:4');
  });
});

describe('a filter with a name', () => {
  it('is added, known again, and taken away', () => {
    const both = toggleFilter('is:mine', 'event:"Order Completed" -type:page');

    expect(both).toBe('is:mine event:"Order Completed" -type:page');
    expect(hasAll(both, '-type:page event:"Order Completed"')).toBe(true);
    expect(hasAll('event:"Order Completed"', 'event:"Order Completed" -type:page')).toBe(false);
    expect(toggleFilter(both, 'event:"Order Completed" -type:page')).toBe('is:mine');
  });

  it('adds only what is missing', () => {
    expect(toggleFilter('type:page x', 'type:page y')).toBe('x type:page y');
  });

  it('that says nothing is in no filter', () => {
    expect(hasAll('x', ' ')).toBe(false);
  });
});

it('a term is taken away, and the others stay', () => {
  const text = 'type:page  order "a b"';

  expect(parse(text).map((term) => withoutTerm(text, term))).toEqual([
    'order "a b"',
    'type:page "a b"',
    'type:page order',
  ]);
});
