import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chartOf, csvOf, sortRows, textOf } from '../../../../src/debug/sql/result.ts';

/** RFC 4180, read back. */
function parseCsv(text: string): string[][] {
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  const lines: string[][] = [[]];
  for (const [, quoted, plain = '', end] of text.matchAll(cell)) {
    lines.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === '\r\n') lines.push([]);
  }
  return lines.slice(0, -1);
}

describe('CSV', () => {
  it('quotes what has to be quoted', () => {
    const columns = ['a', 'b "c"'];
    const rows = [
      ['x,y', 'say "hi"'],
      ['two\nlines', null],
      [1.5, 9_007_199_254_740_993n],
      [new Uint8Array([0, 255]), ''],
    ];

    expect(csvOf({ columns, rows })).toBe(
      'a,"b ""c"""\r\n"x,y","say ""hi"""\r\n"two\nlines",\r\n1.5,9007199254740993\r\nx\'00ff\',\r\n',
    );
  });

  it('makes no formula of what a visitor wrote, and leaves numbers as they are', () => {
    const rows = [
      ['=HYPERLINK("evil")', -4],
      ['+1', -0.5],
      ['@sum', null],
    ];

    const [, ...lines] = parseCsv(csvOf({ columns: ['a', 'b'], rows }));

    expect(lines).toEqual([
      ['\'=HYPERLINK("evil")', '-4'],
      ["'+1", '-0.5'],
      ["'@sum", ''],
    ]);
  });

  it('reads back as what went in', () => {
    // An apostrophe before a formula is the one change that it makes.
    const value = fc.oneof(
      fc.string().filter((text) => !/^[=+\-@\t\r]/.test(text)),
      fc.integer(),
      fc.constant(null),
    );
    const row = fc.array(value, { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const text = csvOf({ columns: ['a', 'b', 'c'], rows });

        expect(parseCsv(text)).toEqual([
          ['a', 'b', 'c'],
          ...rows.map((cells) => cells.map(textOf)),
        ]);
      }),
    );
  });
});

describe('the order of a result', () => {
  const rows = [
    ['b', 2],
    [null, 10],
    ['a', 1],
    ['10', null],
    [3, 9n],
  ];

  it('puts nothing first, then numbers, then texts, and turns round', () => {
    const column = (isDescending: boolean) =>
      sortRows(rows, { column: 0, isDescending }).map(([value]) => value);

    expect(column(false)).toEqual([null, 3, '10', 'a', 'b']);
    expect(column(true)).toEqual(['b', 'a', '10', 3, null]);
  });

  it('takes numbers as numbers, large ones too', () => {
    const sorted = sortRows(rows, { column: 1, isDescending: false });

    expect(sorted.map(([, value]) => value)).toEqual([null, 1, 2, 9n, 10]);
  });

  it('keeps equal rows as they came, and all of them where nobody asked for an order', () => {
    const equal = [
      ['x', 1],
      ['x', 2],
      ['x', 3],
    ];

    expect(sortRows(equal, { column: 0, isDescending: true })).toEqual(equal);
    expect(sortRows(rows, undefined)).toBe(rows);
  });
});

describe('the chart of a result', () => {
  it('has the first column as names and every column of numbers as a series', () => {
    const chart = chartOf({
      columns: ['type', 'records', 'note', 'latency'],
      rows: [
        ['page', 4, 'x', null],
        [null, 9n, 'y', 2.5],
      ],
    });

    expect(chart).toEqual({
      labels: ['page', ''],
      series: [
        { name: 'records', values: [4, 9] },
        { name: 'latency', values: [undefined, 2.5] },
      ],
    });
  });

  it.each([
    ['one column', { columns: ['n'], rows: [[1]] }],
    ['texts', { columns: ['a', 'b'], rows: [['x', 'y']] }],
    ['no rows', { columns: ['a', 'b'], rows: [] }],
    [
      'a column that has a text among its numbers',
      {
        columns: ['a', 'b'],
        rows: [
          ['x', 1],
          ['y', '2'],
        ],
      },
    ],
  ])('is none of %s', (_, result) => {
    expect(chartOf(result)).toBeUndefined();
  });
});
