import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileFilter } from '../../../../src/debug/filter/filter.ts';
import { parse } from '../../../../src/debug/filter/parse.ts';
import type { FilterContext } from '../../../../src/debug/filter/types.ts';
import type { Row } from '../../../../src/debug/reading/rows.ts';
import { contextOf, gapOf, LANE, noteOf, rowOf } from '../../../helpers/debug-rows.ts';

const shows = (text: string, row: Row, context: Partial<FilterContext> = {}): boolean =>
  compileFilter(text, contextOf(context)).test(row);
const problemOf = (text: string) => compileFilter(text, contextOf()).problem;

const row = rowOf(
  {
    event: 'Product Clicked',
    userId: 'u17',
    properties: {
      price: 49.9,
      note: 'Größe "M"',
      sale: true,
      coupon: null,
      'Order Id': 'A-7',
      products: [{ id: 'k-17' }, { id: 'k-18' }],
      raw: '{"app":{"version":"2.1"}}',
      sizes: [],
    },
    context: { page: { path: '/kettles' } },
  },
  { partitionKey: 'Ada', shardId: 'shardId-000000000004' },
);

describe('text', () => {
  it.each([
    'product clicked',
    '"product clicked"',
    'PRODUCT',
    'ada',
    `${LANE}.41`,
    '"price":49.9',
    '/kettles',
    'größe',
    '"größe \\"M',
    '  price ',
    '/"price":\\d+/',
    '/PRODUCT/i',
    '',
    '   ',
  ])('finds a record by %j', (text) => {
    expect(shows(text, row)).toBe(true);
  });

  it.each(['checkout', 'product checkout', '-product', '/PRODUCT/', '"clicked product"'])(
    'passes over a record by %j',
    (text) => {
      expect(shows(text, row)).toBe(false);
    },
  );

  it('is text and no pattern', () => {
    expect(shows('.*', row)).toBe(false);
    expect(shows('(', row)).toBe(false);
  });

  it('finds a gap by its lane, and a note by its words', () => {
    expect(shows('k3f9a', gapOf())).toBe(true);
    expect(shows('u17', gapOf())).toBe(false);
    expect(shows('"split into"', noteOf())).toBe(true);
  });

  it('is found in bytes exactly where it is found in text', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'A', 'b', 'B', 'ß', 'é', ' ') });
    fc.assert(
      fc.property(letters, letters, (wanted, text) => {
        const data = new TextEncoder().encode(text);
        const plain = rowOf({}, { data, event: undefined, partitionKey: '' });
        const term = JSON.stringify(wanted);

        expect(shows(term, plain)).toBe(text.toLowerCase().includes(wanted.toLowerCase()));
      }),
      { numRuns: 500 },
    );
  });
});

describe('a field', () => {
  it.each([
    'type:track',
    'type:page|track',
    'TYPE:x|track key:Ada',
    'event:"product clicked"',
    'event:prod*',
    `event:${'*'.repeat(40)}d`,
    'event:/^Product/',
    'key:Ada',
    'shard:4',
    'shard:1|4',
    'shard:shardId-000000000004',
    'lane:k3f9',
    'seq:41',
    'seq>40 seq<42 seq>=41 seq<=41',
    `id:${LANE}.41`,
    'client:client-of-k3f9aL0qXw',
    'user:u17',
    'size>100 size<10kB',
    'latency<2s latency>=480',
    'properties.price:49.9',
    'price:49.9',
    'price>=49.9 price<50',
    'note:*',
    'sale:true',
    'coupon:null',
    'properties."Order Id":A-7',
    '"Order Id":a-7',
    'products.id:k-18',
    'products.0.id:k-17',
    'raw.app.version:2.1',
    'context.page.path:/kettles',
    'rivulet.source:shop',
    'timestamp>2001-01-01',
  ])('finds a record by %s', (text) => {
    expect(problemOf(text)).toBeUndefined();
    expect(shows(text.replace('TYPE:x|track ', ''), row)).toBe(true);
  });

  it.each([
    'type:page',
    'event:Product',
    'key:ada',
    'key:Ad',
    'shard:40',
    'lane:3f9a',
    'seq:4',
    'user:U17',
    'size>10kB',
    'latency>2s',
    'price:49',
    'price>49.9',
    'price>a',
    'coupon:undefined',
    'sizes:*',
    'products.0.id:k-18',
    'products.length:2',
    'properties.toString:*',
    'context.page.path:/kettle',
    'properties.price.x:1',
  ])('passes over a record by %s', (text) => {
    expect(problemOf(text)).toBeUndefined();
    expect(shows(text, row)).toBe(false);
  });

  it('that has no value yet asks for nothing', () => {
    expect(shows('type: key:Ada', row)).toBe(true);
    expect(shows('-type:', row)).toBe(true);
  });

  it('that is neither a name nor a property is looked for as text', () => {
    const address = rowOf({ properties: { href: 'https://shop.test/x?a=1' } });

    expect(shows('https://shop.test/x', address)).toBe(true);
    expect(shows('a=1', address)).toBe(true);
    expect(shows('a=2', address)).toBe(false);
  });

  it('is asked of gaps and notes as far as they have it', () => {
    expect(shows('type:gap shard:4 lane:k3f9 seq:45', gapOf())).toBe(true);
    expect(shows('seq>46', gapOf())).toBe(true);
    expect(shows('seq:48', gapOf())).toBe(false);
    expect(shows('key:Ada', gapOf())).toBe(false);
    expect(shows('event:"Order Completed"', gapOf())).toBe(false);
    expect(shows('type:note event:split shard:4', noteOf())).toBe(true);
  });

  it('is asked of what is no event as far as it has it', () => {
    const data = Uint8Array.of(0xff, 0, 0x41);
    const binary = rowOf({}, { data, event: undefined, partitionKey: 'sensor-1' });

    expect(shows('type:data key:sensor-1 size:3', binary)).toBe(true);
    expect(shows('client:x', binary)).toBe(false);
    expect(shows('properties.price:1', binary)).toBe(false);
  });

  it('goes through lists in lists only as deep as anybody writes them', () => {
    const deep = JSON.parse(`${'['.repeat(20_000)}1${']'.repeat(20_000)}`);
    const { record, ...other } = rowOf({ event: 'deep' });
    const event = record.event && { ...record.event, properties: { deep } };

    expect(shows('deep:1', rowOf({ properties: { deep: [[1]] } }))).toBe(true);
    expect(shows('deep:1', { ...other, record: { ...record, event } })).toBe(false);
  });
});

describe('is:', () => {
  it.each([
    ['mine', row, { isMine: (lane: string) => lane === LANE }],
    ['mine', gapOf(), { isMine: (lane: string) => lane === LANE }],
    ['dup', rowOf({}, {}, { verdict: 'duplicate' }), {}],
    ['reordered', rowOf({}, {}, { verdict: 'out_of_order' }), {}],
    ['gap', gapOf(), {}],
    ['drop', rowOf({ type: 'drop' }), {}],
    [
      'rejected',
      rowOf({ type: 'drop', properties: { lane: LANE, ranges: [[1, 2]], reason: 'rejected' } }),
      {},
    ],
    ['late', rowOf({ timestamp: '2001-01-01T00:00:00Z' }), {}],
    ['aggregated', rowOf({}, { aggregateCount: 3 }), {}],
    ['invalid', row, { isInvalid: () => true }],
    ['marked', row, { isMarked: () => true }],
    ['problem', gapOf(), {}],
  ] as const)('%s finds it', (state, row, context) => {
    expect(shows(`is:${state}`, row, context)).toBe(true);
    expect(shows(`is:queued|${state}`, row, context)).toBe(true);
    expect(shows(`-is:${state}`, row, context)).toBe(false);
    expect(shows(`is:${state}`, rowOf({ event: 'Other' }))).toBe(false);
  });

  it.each(['queued', 'encrypted', 'rejected'])('%s says what the stream cannot tell', (state) => {
    expect(problemOf(`is:${state}`)).toMatch(new RegExp(`^is:${state}: `));
    expect(shows(`is:${state}`, row)).toBe(false);
  });

  it('another word is looked for as text, and it says so', () => {
    expect(problemOf('is:blue')).toMatch(/^is: expected mine, dup, .*, got "blue"; it is looked/);
    expect(shows('is:blue', rowOf({ event: 'the sky is:blue' }))).toBe(true);
    expect(problemOf('is:toString')).toMatch(/^is: expected/);
  });
});

describe('after: and before:', () => {
  const now = new Date(2026, 0, 31, 21, 25, 0).getTime();
  const at = (hours: number, minutes: number, seconds = 0): Row =>
    rowOf({}, { arrivedAt: new Date(2026, 0, 31, hours, minutes, seconds).getTime() });

  it.each([
    ['after:-5m', 21, 20, true],
    ['after:-5m', 21, 19, false],
    ['before:-5m', 21, 19, true],
    ['before:-5m', 21, 20, false],
    ['after:21:20', 21, 20, true],
    ['after:21:20', 21, 19, false],
    ['after:21:20 before:21:22', 21, 23, false],
    ['after:2026-01-31', 0, 0, true],
    ['after:"2026-01-31 21:20"', 21, 20, true],
    [`after:${new Date(2026, 0, 31, 21, 20).toISOString()}`, 21, 20, true],
    [`after:${new Date(2026, 0, 31, 21, 20).getTime()}`, 21, 19, false],
  ])('%s, at %d:%d', (text, hours, minutes, expected) => {
    expect(compileFilter(text, contextOf({ now })).problem).toBeUndefined();
    expect(shows(text, at(hours, minutes), { now })).toBe(expected);
  });

  it('take a time of day that is still to come as one of yesterday', () => {
    expect(shows('after:21:30', at(0, 0), { now })).toBe(true);
  });

  it.each([
    'after:soon',
    'after:25:00',
    'before:-5',
    'after>21:20',
    'after:-1m|-2m',
    'before:-5x',
    'after:-999999999999d',
    'after:99999999999999999999',
  ])('%s is no time, and it says so', (text) => {
    expect(problemOf(text)).toContain('expected a time such as -5m');
    expect(shows(text, row)).toBe(false);
  });
});

describe('what is wrong', () => {
  it.each([
    ['size>big', /^size: expected a size .*, got "size>big"; it is looked for as text\.$/],
    ['latency:slow', /^latency: expected a length of time/],
    ['seq:many', /^seq: expected a number/],
    ['size>5constructor', /^size: expected a size/],
    ['/(/', /^\/\(\/: .*; it is looked for as text\.$/],
    ['key:/(/', /^\/\(\/: .*; it is looked for as text\.$/],
  ])('with %s is said', (text, problem) => {
    expect(problemOf(text)).toMatch(problem);
  });

  it('with several terms is said of each', () => {
    expect(problemOf('seq:x is:queued')).toMatch(/^seq: .* is:queued: /);
  });
});

describe('what has to be read', () => {
  it.each([
    ['key:u17', { partitionKey: 'u17' }],
    ['shard:4|6', { shardNumbers: [4, 6] }],
    ['after:-5m before:-1m', { after: 700_000, before: 940_000 }],
    ['after:-5m after:-1m', { after: 940_000 }],
    ['key:u17|u18', undefined],
    ['-key:u17', undefined],
    ['key:u*', undefined],
    ['key>u', undefined],
    ['key:', undefined],
    ['type:track order', undefined],
  ])('for %s', (text, narrowing) => {
    expect(compileFilter(text, contextOf({ now: 1_000_000 })).narrowing).toEqual(narrowing);
  });
});

describe('any filter', () => {
  const price = fc.integer({ min: 0, max: 5 });
  const key = fc.constantFrom<string>('a', 'b', 'c');
  const type = fc.constantFrom('track' as const, 'page' as const, 'log' as const);
  const rows = fc.record({ type, key, price });
  const operators = {
    ':': (a: number, b: number) => a === b,
    '=': (a: number, b: number) => a === b,
    '>': (a: number, b: number) => a > b,
    '>=': (a: number, b: number) => a >= b,
    '<': (a: number, b: number) => a < b,
    '<=': (a: number, b: number) => a <= b,
  };
  type Facts = {
    readonly type: string;
    readonly key: string;
    readonly price: number;
  };
  const terms = fc.oneof(
    fc.array(type, { minLength: 1 }).map((all) => ({
      text: `type:${all.join('|')}`,
      test: (row: Facts) => all.some((each) => each === row.type),
    })),
    fc.array(key, { minLength: 1 }).map((all) => ({
      text: `key:${all.join('|')}`,
      test: (row: Facts) => all.includes(row.key),
    })),
    fc
      .tuple(fc.constantFrom(...(Object.keys(operators) as (keyof typeof operators)[])), price)
      .map(([operator, wanted]) => ({
        text: `price${operator}${wanted}`,
        test: (row: Facts) => operators[operator](row.price, wanted),
      })),
    type.map((wanted) => ({
      text: `"${wanted}"`,
      test: (row: Facts) => wanted === row.type,
    })),
  );

  it('shows a row when every term is true of it', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), terms)), rows, (filter, facts) => {
        const text = filter.map(([negated, term]) => (negated ? '-' : '') + term.text).join(' ');
        const { type, key, price } = facts;
        const row = rowOf(
          { type, event: undefined, context: {}, properties: { price } },
          { partitionKey: key },
        );
        const expected = filter.every(([negated, term]) => term.test(facts) !== negated);

        expect(shows(text, row)).toBe(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('is compiled and asked without an error', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.constantFrom<Row>(row, gapOf(), noteOf()),
        (text, row) => {
          const { test, problem } = compileFilter(text, contextOf());

          expect(typeof test(row)).toBe('boolean');
          if (parse(text).length === 0) expect(problem).toBeUndefined();
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('code', () => {
  it('is not run because a filter has it, and it says so', () => {
    const { test, problem, isReady } = compileFilter('type:track fn:false', contextOf());

    expect(problem).toMatch(/^fn: expected Run to be pressed/);
    expect(isReady?.(row)).toBe(true);
    expect(test(row)).toBe(true);
    expect(test(rowOf({ type: 'page' }))).toBe(false);
  });
});
