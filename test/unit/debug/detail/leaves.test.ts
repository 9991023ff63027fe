// @vitest-environment node
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { leavesOf } from '../../../../src/debug/detail/leaves.ts';

test('every value has its path, in the order of the event', () => {
  const event = { price: 49.9, items: [{ sku: 'k-17' }, { sku: 'k-18' }], note: null, tags: [] };

  expect(leavesOf(event).map(({ path, value }) => [path, value])).toEqual([
    ['price', 49.9],
    ['items.0.sku', 'k-17'],
    ['items.1.sku', 'k-18'],
    ['note', null],
    ['tags', []],
  ]);
});

test('JSON that stands in a text is read in place, and no path of the event', () => {
  const event = { body: '{"total":12,"items":["a"]}', word: '{nothing', number: '12' };

  expect(leavesOf(event)).toEqual([
    { path: 'body.total', value: 12, inText: true },
    { path: 'body.items.0', value: 'a', inText: true },
    { path: 'word', value: '{nothing', inText: false },
    { path: 'number', value: '12', inText: false },
  ]);
});

test('there are no more than were asked for', () => {
  const list = Array.from({ length: 50 }, (_, index) => index);

  expect(leavesOf(list, '', 49)).toHaveLength(49);
  expect(leavesOf(list, '', 50)).toHaveLength(50);
  expect(leavesOf(list, '', 51)).toHaveLength(50);
});

test('however deep it is, it ends', () => {
  const depth = 5_000;
  const deep: unknown = JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);

  expect(leavesOf(deep)).toHaveLength(1);
});

test('each path leads to its value', () => {
  const name = fc.stringMatching(/^[a-z]{1,4}$/);
  const tree = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      fc.integer(),
      fc.boolean(),
      fc.stringMatching(/^[a-z ]*$/),
      fc.array(tie('node'), { maxLength: 3 }),
      fc.dictionary(name, tie('node'), { maxKeys: 3 }),
    ),
  })).node;
  fc.assert(
    fc.property(fc.dictionary(name, tree), (event) => {
      for (const { path, value } of leavesOf(event)) {
        const steps = path === '' ? [] : path.split('.');
        const found = steps.reduce<unknown>(
          (at, step) => (at as Record<string, unknown>)[step],
          event,
        );
        expect(found).toBe(value);
      }
    }),
  );
});
