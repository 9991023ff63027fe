import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  joinPath,
  parse,
  print,
  type Statement,
  splitPath,
} from '../../../../src/debug/filter/parse.ts';

/** What terms say, wherever they stand. */
const says = (text: string): Statement[] =>
  parse(text).map(({ negated, path, operator, values }) => ({ negated, path, operator, values }));

const only = (text: string): Statement => {
  const [term, ...more] = says(text);
  if (!term || more.length > 0) throw new Error(`expected one term, got ${text}`);
  return term;
};

describe('the grammar', () => {
  it.each([
    ['order', 'order'],
    ['"order completed"', 'order completed'],
    ['"a \\"b\\" \\\\ c"', 'a "b" \\ c'],
    ['"never closed', 'never closed'],
    ['/checkout', '/checkout'],
    ['/kettles/gooseneck', '/kettles/gooseneck'],
    ['//host/path/', '//host/path/'],
    ['21:20', '21:20'],
    ['-', '-'],
    ['a|b', 'a|b'],
    ['*', '*'],
    [':x', ':x'],
  ])('takes %s as text', (text, wanted) => {
    expect(only(text)).toEqual({
      negated: false,
      path: [],
      operator: ':',
      values: [{ kind: 'text', text: wanted }],
    });
  });

  it.each([
    ['/order (a|b)/', ['/order', '(a|b)/']],
    ['  two   words ', ['two', 'words']],
    ['"one two"three', ['one two', 'three']],
  ])('takes %j as several texts', (text, wanted) => {
    expect(parse(text).map(({ values }) => values[0]?.text)).toEqual(wanted);
  });

  it.each([
    ['/order\\s+[/]x/i', 'order\\s+[/]x', 'i'],
    ['/a\\/b/', 'a\\/b', ''],
    ['/last/gy', 'last', ''],
  ])('takes %s as an expression', (text, source, flags) => {
    expect(only(text).values).toEqual([{ kind: 'regex', text: source, flags }]);
  });

  it.each([
    ['type:track', ['type'], ':', ['track']],
    ['price>=10', ['price'], '>=', ['10']],
    ['price<=10', ['price'], '<=', ['10']],
    ['price>10', ['price'], '>', ['10']],
    ['price<10', ['price'], '<', ['10']],
    ['price=10', ['price'], '=', ['10']],
    ['event:"Product Clicked"|"a|b"', ['event'], ':', ['Product Clicked', 'a|b']],
    ['key:u17|u88|', ['key'], ':', ['u17', 'u88']],
    ['after:21:20', ['after'], ':', ['21:20']],
    ['after:-5m', ['after'], ':', ['-5m']],
    ['context.page.path:/cart', ['context', 'page', 'path'], ':', ['/cart']],
    ['properties."Order Id".0:7', ['properties', 'Order Id', '0'], ':', ['7']],
    ['"event":"Product Clicked"', ['event'], ':', ['Product Clicked']],
    ['user:""', ['user'], ':', ['']],
    ['type:', ['type'], ':', []],
    ['https://shop.test/x', ['https'], ':', ['//shop.test/x']],
    ['fn:event.type === "track" && a > 1', ['fn'], ':', ['event.type === "track" && a > 1']],
  ])('takes %s as a field and its values', (text, path, operator, wanted) => {
    const term = only(text);

    expect(term).toMatchObject({ path, operator, negated: false });
    expect(term.values.map(({ text }) => text)).toEqual(wanted);
  });

  it.each([
    ['-term', ['term']],
    ['-event:Heartbeat', ['Heartbeat']],
    ['-"two words"', ['two words']],
    ['--x', ['-x']],
  ])('takes the sign of %s', (text, wanted) => {
    const term = only(text);

    expect(term.negated).toBe(true);
    expect(term.values.map(({ text }) => text)).toEqual(wanted);
  });

  it('knows anything by a star, but not in quotes', () => {
    expect(only('event:Order*|"Order*"').values).toEqual([
      { kind: 'glob', text: 'Order*' },
      { kind: 'text', text: 'Order*' },
    ]);
  });

  it('says what is wrong with an expression, and takes it as text', () => {
    const [term] = parse('-/(/');

    expect(term?.problem).toMatch(/^\/\(\/: .*looked for as text/);
    expect(term?.values).toEqual([{ kind: 'text', text: '/(/' }]);
  });

  it('says where each term stands', () => {
    const text = ' -type:page  "a b" price>=10';

    expect(parse(text).map(({ start, end }) => text.slice(start, end))).toEqual([
      '-type:page',
      '"a b"',
      'price>=10',
    ]);
  });
});

const word = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.stringMatching(/^[a-z"|*\\/:.<>= -]{0,8}$/),
  fc.constantFrom('u17', 'Product Clicked', '/cart/', '-5m', '21:20', 'fn:x', 'a"b', '\\'),
);
const segment = fc
  .oneof(fc.constantFrom('properties', 'price', '0', 'Order Id'), word)
  .filter((name) => name !== '');
const statement: fc.Arbitrary<Statement> = fc.oneof(
  fc.record({
    negated: fc.boolean(),
    path: fc.constant([]),
    operator: fc.constant(':' as const),
    values: fc.tuple(fc.record({ kind: fc.constant('text' as const), text: word })),
  }),
  fc.record({
    negated: fc.boolean(),
    path: fc.array(segment, { minLength: 1, maxLength: 3 }).filter(([name]) => name !== 'fn'),
    operator: fc.constantFrom(':' as const, '=' as const),
    values: fc.array(fc.record({ kind: fc.constant('text' as const), text: word }), {
      maxLength: 3,
    }),
  }),
  fc.record({
    negated: fc.boolean(),
    path: fc.array(segment, { minLength: 1, maxLength: 3 }).filter(([name]) => name !== 'fn'),
    operator: fc.constantFrom('>' as const, '>=' as const, '<' as const, '<=' as const),
    values: fc.tuple(
      fc.record({
        kind: fc.constant('text' as const),
        text: word.filter((text) => text !== ''),
      }),
    ),
  }),
);

describe('any text', () => {
  it('is parsed without an error, and its terms stand one after the other in it', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(word).map((all) => all.join(' ')),
        ),
        (text) => {
          let at = 0;
          for (const { start, end } of parse(text)) {
            expect(text.slice(at, start).trim()).toBe('');
            expect(end).toBeGreaterThan(start);
            at = end;
          }
          expect(text.slice(at).trim()).toBe('');
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is printed as text that says the same, and that printing does not change', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(word).map((all) => all.join(' ')),
        ),
        (text) => {
          const printed = print(parse(text));

          expect(print(parse(printed))).toBe(printed);
          // Code goes to the end, where it is already.
          expect(says(printed)).toEqual(says(text));
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('any terms', () => {
  it('are the same after they were printed and parsed', () => {
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 4 }), (terms) => {
        expect(says(print(terms))).toEqual(terms);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a path', () => {
  it('is the same after it was joined and split', () => {
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1 }), (path) => {
        expect(splitPath(joinPath(path))).toEqual(path);
      }),
    );
  });

  it('may have been joined without quotes', () => {
    expect(splitPath('properties.Order Id')).toEqual(['properties', 'Order Id']);
  });
});
