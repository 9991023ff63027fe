import { innerOf } from './leaves.ts';
import { isBranch } from './payload.ts';

/** One line of the tree. */
export interface TreeNode {
  /** `properties.items.0`; empty at the root. */
  readonly path: string;
  /** Of a field, or the place in a list. */
  readonly name: string;
  readonly value: unknown;
  /** 1 at the root. */
  readonly level: number;
  /** Its place among its siblings, from 1, and how many they are. */
  readonly position: number;
  readonly siblings: number;
  /** It has fields or items inside, or it is a text that is JSON. */
  readonly isBranch: boolean;
  readonly isList: boolean;
  /** How many there are. */
  readonly inside: number;
  readonly isOpen: boolean;
  /** Inside JSON that stands in a text: the event has no such path. */
  readonly inText: boolean;
  /** Siblings after it that are not shown: the line stands for them. */
  readonly more: number;
}

/** Fields of one object that are shown at once. */
export const PAGE_NODES = 100;

export interface TreeState {
  readonly isOpen: (path: string, level: number) => boolean;
  /** How many fields of this object are shown. */
  readonly shown: (path: string) => number;
}

/** How many levels of a tree can be open with no more lines than these. The root is open anyway. */
export function levelsWithin(root: unknown, lines: number): number {
  let levels = 1;
  for (let before = 1; ; levels++) {
    const isOpen = (_: string, level: number): boolean => level <= levels + 1;
    const { length } = nodesOf(root, { isOpen, shown: () => PAGE_NODES });
    if (length > lines || length === before) return levels;
    before = length;
  }
}

/** The lines that can be seen, top down. */
export function nodesOf(root: unknown, { isOpen, shown }: TreeState): readonly TreeNode[] {
  const nodes: TreeNode[] = [];
  const visit = (
    node: Pick<TreeNode, 'path' | 'name' | 'value' | 'level' | 'position' | 'siblings' | 'inText'>,
  ): void => {
    const { path, value, level, inText } = node;
    const inner = isBranch(value) ? value : inText ? undefined : innerOf(value);
    const branch = isBranch(inner) ? inner : undefined;
    const names = branch ? Object.keys(branch) : [];
    const open = names.length > 0 && isOpen(path, level);
    nodes.push({
      ...node,
      isBranch: names.length > 0,
      isList: Array.isArray(branch),
      inside: names.length,
      isOpen: open,
      more: 0,
    });
    if (!branch || !open) return;
    const count = shown(path);
    const below = {
      level: level + 1,
      siblings: Math.min(names.length, count + 1),
      inText: inText || branch !== value,
    };
    for (const [index, name] of names.slice(0, count).entries()) {
      visit({
        ...below,
        path: path ? `${path}.${name}` : name,
        name,
        value: branch[name],
        position: index + 1,
      });
    }
    if (names.length > count) {
      nodes.push({
        ...below,
        path: `${path}.…`,
        name: '…',
        value: undefined,
        position: count + 1,
        isBranch: false,
        isList: false,
        inside: 0,
        isOpen: false,
        more: names.length - count,
      });
    }
  };
  visit({ path: '', name: '', value: root, level: 1, position: 1, siblings: 1, inText: false });
  return nodes;
}
