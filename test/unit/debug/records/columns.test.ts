import { describe, expect, it } from 'vitest';
import { createColumnList, MAX_COLUMNS } from '../../../../src/debug/records/columns.ts';

function memory(initial: Record<string, string> = {}) {
  const kept = new Map(Object.entries(initial));
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
}

const PAGE = ['properties.price'];
const of = (storage: Parameters<typeof createColumnList>[0]['storage'], stream = 'shop') =>
  createColumnList({ storage, stream: () => stream, initial: () => PAGE });

describe('columns', () => {
  it('are those of the page until a person chooses', () => {
    const list = of(memory());

    expect(list.paths()).toEqual(PAGE);
    list.add('context.page.path');
    expect(list.paths()).toEqual(['properties.price', 'context.page.path']);
    list.remove('properties.price');
    expect(list.paths()).toEqual(['context.page.path']);
  });

  it('are kept for their stream, and for no other', () => {
    const storage = memory();

    of(storage).add('a');

    expect([...storage.kept.keys()]).toEqual(['rivulet.debug.columns:shop']);
    expect(of(storage).paths()).toEqual([...PAGE, 'a']);
    expect(of(storage, 'other').paths()).toEqual(PAGE);
  });

  it('stay away once a person took all of them away', () => {
    const storage = memory();

    of(storage).remove('properties.price');

    expect(of(storage).paths()).toEqual([]);
  });

  it('are there once each, and no more than there is room for', () => {
    const list = of(memory());

    for (let column = 0; column < 12; column++) list.add(`path.${column}`);
    list.add('path.11');

    expect(list.paths()).toHaveLength(MAX_COLUMNS);
    expect(list.paths().at(-1)).toBe('path.11');
  });

  it.each(['{', '{"a":1}', '"text"', 'null'])('take nothing of %s', (text) => {
    expect(of(memory({ 'rivulet.debug.columns:shop': text })).paths()).toEqual(PAGE);
  });

  it('hold for the visit where nothing can be kept', () => {
    const refusing = {
      getItem: () => {
        throw new Error('not allowed');
      },
      setItem: () => {
        throw new Error('full');
      },
    };

    for (const list of [of(undefined), of(refusing)]) {
      list.add('a');
      expect(list.paths()).toEqual([...PAGE, 'a']);
    }
  });
});
