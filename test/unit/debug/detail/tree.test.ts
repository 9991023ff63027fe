// @vitest-environment node
import { expect, test } from 'vitest';
import {
  levelsWithin,
  nodesOf,
  PAGE_NODES,
  type TreeState,
} from '../../../../src/debug/detail/tree.ts';

const ALL_OPEN: TreeState = { isOpen: () => true, shown: () => PAGE_NODES };

const linesOf = (root: unknown, state = ALL_OPEN) =>
  nodesOf(root, state).map(({ path, level, position, siblings }) => [
    path,
    level,
    position,
    siblings,
  ]);

test('says of each line where it stands', () => {
  expect(linesOf({ a: 1, b: ['x', 'y'], c: {} })).toEqual([
    ['', 1, 1, 1],
    ['a', 2, 1, 3],
    ['b', 2, 2, 3],
    ['b.0', 3, 1, 2],
    ['b.1', 3, 2, 2],
    ['c', 2, 3, 3],
  ]);
});

test('a closed branch has no lines but its own', () => {
  const state = { ...ALL_OPEN, isOpen: (path: string) => path !== 'b' };

  expect(linesOf({ a: 1, b: ['x', 'y'] }, state).map(([path]) => path)).toEqual(['', 'a', 'b']);
});

test('JSON in a text is a branch, and what is in it knows', () => {
  const nodes = nodesOf({ body: '{"n":1}' }, ALL_OPEN);

  expect(nodes.map(({ path, isBranch, inText }) => [path, isBranch, inText])).toEqual([
    ['', true, false],
    ['body', true, false],
    ['body.n', false, true],
  ]);
});

test.each([
  [PAGE_NODES - 1, 0],
  [PAGE_NODES, 0],
  [PAGE_NODES + 1, 1],
  [PAGE_NODES + 900, 900],
])('of %i items a page is shown, and a line stands for the other %i', (count, more) => {
  const list = Array.from({ length: count }, (_, index) => index);

  const nodes = nodesOf(list, ALL_OPEN);

  expect(nodes.at(-1)?.more).toBe(more);
  expect(nodes).toHaveLength(1 + Math.min(count, PAGE_NODES) + (more > 0 ? 1 : 0));
});

test('a list of one level more is shown when its page is asked for', () => {
  const list = Array.from({ length: 150 }, (_, index) => index);

  const nodes = nodesOf(list, { ...ALL_OPEN, shown: () => PAGE_NODES * 2 });

  expect(nodes).toHaveLength(151);
  expect(nodes.at(-1)).toMatchObject({ path: '149', more: 0 });
});

test.each([
  [[], 1],
  [{ a: { b: { c: 1 } } }, 3],
  [{ a: Array.from({ length: 9 }, () => ({ b: 1 })) }, 2],
  [{ a: Array.from({ length: 20 }, () => 1) }, 1],
])('%j has so many levels open that it has no more than 12 lines: %i', (root, levels) => {
  expect(levelsWithin(root, 12)).toBe(levels);
});
