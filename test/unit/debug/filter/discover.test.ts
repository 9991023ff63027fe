import { describe, expect, it } from 'vitest';
import { indexOf, suggest, termAt } from '../../../../src/debug/filter/discover.ts';
import { createRowList } from '../../../../src/debug/reading/row-list.ts';
import type { Row } from '../../../../src/debug/reading/rows.ts';
import { gapOf, rowOf } from '../../../helpers/debug-rows.ts';

function rowsOf(...rows: readonly Row[]) {
  const list = createRowList<Row>();
  for (const row of rows) list.push(row);
  return { rows: list };
}

const window = rowsOf(
  rowOf(
    { event: 'Order Completed', properties: { total: 5, 'Order Id': 'A-7' } },
    { partitionKey: 'u17' },
  ),
  rowOf(
    { event: 'Order Completed', properties: { products: [{ id: 'k-17' }] } },
    { partitionKey: 'u88' },
  ),
  rowOf({ event: 'Heartbeat', properties: { text: 'order '.repeat(20) } }, { partitionKey: 'u88' }),
  gapOf(),
);
/** What is suggested at the end of the text. */
const at = (text: string, index = indexOf(window)) =>
  suggest(termAt(text, text.length), index).map(({ text, count }) =>
    count === undefined ? text : `${text} ${count}`,
  );

describe('what may follow', () => {
  it('is the fields of the grammar and of the rows where nothing is typed', () => {
    expect(at('')).toEqual(
      expect.arrayContaining([
        'type:',
        'key:',
        'is:',
        'fn:',
        'properties.total:',
        'context.page.path:',
      ]),
    );
  });

  it('is fields that begin so, then values that have it, the most frequent first', () => {
    expect(at('orde')).toEqual(['properties."Order Id":', 'event:"Order Completed" 2']);
    expect(at('x -17')).toEqual(['-key:u17 1', '-properties.products.id:k-17 1']);
    expect(at('us')).toEqual(['user:']);
  });

  it('is values of the field that is typed', () => {
    expect(at('event:')).toEqual(['event:"Order Completed" 2', 'event:Heartbeat 1']);
    expect(at('key:u17|u8')).toEqual(['key:u17|u88 2']);
    expect(at('total:')).toEqual(['total:5 1']);
    expect(at('is:du')).toEqual(['is:dup']);
    expect(at('unknown:')).toEqual([]);
    expect(at('price>=')).toEqual([]);
  });

  it('is asked at the caret', () => {
    expect(termAt('type:page key:u', 3)?.path).toEqual(['type']);
    expect(termAt('type:page key:u', 15)?.path).toEqual(['key']);
    expect(termAt('type:page ', 10)).toBeUndefined();
  });

  it('stays small where every row has another value', () => {
    const rows = Array.from({ length: 1_500 }, (_, index) =>
      rowOf({}, { partitionKey: `u${index}` }),
    );
    const index = indexOf(rowsOf(...rows));

    expect(index.get('key')?.size).toBe(500);
    expect(index.get('type')?.get('track')).toBe(1_000);
    expect(at('u', index).length).toBeLessThanOrEqual(8);
  });
});
