import { describe, expect, it } from 'vitest';
import { parseFilter } from '../../../src/debug/filter/filter.ts';
import type { Row } from '../../../src/debug/reading/rows.ts';
import { recordOf } from '../../helpers/scripted-consumer.ts';

const row: Row = {
  kind: 'record',
  isLate: false,
  id: 0,
  verdict: 'new',
  record: recordOf(
    'k3f9aL0qXw',
    41,
    { event: 'Product Clicked', properties: { price: 49.9, note: 'Größe' } },
    {
      partitionKey: 'u17',
    },
  ),
};

describe('the text filter', () => {
  it.each([
    'product clicked',
    'PRODUCT',
    'u17',
    'k3f9aL0qXw.41',
    '"price":49.9',
    'größe',
    '  price ',
  ])('finds a record by %j', (text) => {
    expect(parseFilter(text)?.(row)).toBe(true);
  });

  it('passes over a record that has the text nowhere', () => {
    expect(parseFilter('checkout')?.(row)).toBe(false);
  });

  it.each(['', '   '])('is no filter at all when it says %j', (text) => {
    expect(parseFilter(text)).toBeUndefined();
  });

  it('takes text as text, never as a pattern', () => {
    expect(parseFilter('.*')?.(row)).toBe(false);
    expect(parseFilter('(')?.(row)).toBe(false);
  });

  it('finds a gap by its lane', () => {
    const gap: Row = {
      kind: 'gap',
      id: 1,
      shardId: 'shardId-000000000000',
      at: 0,
      range: { lane: 'k3f9aL0qXw', first: 2, count: 3 },
    };

    expect(parseFilter('k3f9a')?.(gap)).toBe(true);
    expect(parseFilter('u17')?.(gap)).toBe(false);
  });
});
