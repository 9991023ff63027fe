// @vitest-environment node
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffOf } from '../../../../src/debug/detail/diff.ts';
import { leavesOf } from '../../../../src/debug/detail/leaves.ts';

test('says path by path what was added, removed and changed', () => {
  const before = { properties: { price: 49.9, colour: 'red' }, userId: null };
  const after = { properties: { price: 59.9, size: 'L' }, userId: null };

  expect(diffOf(before, after)).toEqual([
    { path: 'properties.price', kind: 'changed', before: '49.9', after: '59.9' },
    { path: 'properties.size', kind: 'added', before: undefined, after: '"L"' },
    { path: 'properties.colour', kind: 'removed', before: '"red"', after: undefined },
  ]);
});

test('a number is another value than the text that looks like it', () => {
  expect(diffOf({ n: 1 }, { n: '1' })).toEqual([
    { path: 'n', kind: 'changed', before: '1', after: '"1"' },
  ]);
});

test('the changes make the second of the first, and of a value and itself there are none', () => {
  const value = fc.dictionary(
    fc.constantFrom('a', 'b', 'c', 'd'),
    fc.oneof(fc.integer(), fc.string(), fc.array(fc.boolean(), { maxLength: 3 })),
  );
  const pathsOf = (of: unknown) =>
    new Map(leavesOf(of).map(({ path, value }) => [path, JSON.stringify(value)]));
  fc.assert(
    fc.property(value, value, (before, after) => {
      const patched = pathsOf(before);

      for (const change of diffOf(before, after)) {
        expect(patched.get(change.path)).toBe(change.before);
        if (change.after === undefined) patched.delete(change.path);
        else patched.set(change.path, change.after);
      }

      expect(patched).toEqual(pathsOf(after));
      expect(diffOf(before, before)).toEqual([]);
    }),
  );
});
