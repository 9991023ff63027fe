import { isBranch, parseExact } from './payload.ts';

/** A value that has nothing inside, and the way to it. */
export interface Leaf {
  /** `properties.items.0.price` */
  readonly path: string;
  readonly value: unknown;
  /** Inside JSON that stands in a text: the event has no such path. */
  readonly inText: boolean;
}

/** Deeper values are shown as JSON: no event nests so far. */
const MAX_DEPTH = 40;

/** Longer texts are not looked into. */
const MAX_INNER_CHARACTERS = 64 * 1024;

/** All leaves in their order, the first of them where they are many. JSON inside texts is read in place. */
export function leavesOf(root: unknown, path = '', limit = 2_000): readonly Leaf[] {
  const leaves: Leaf[] = [];
  const walk = (value: unknown, path: string, depth: number, inText: boolean): void => {
    if (leaves.length >= limit) return;
    const inner = inText ? undefined : innerOf(value);
    const branch = inner ?? value;
    const names = isBranch(branch) && depth < MAX_DEPTH ? Object.keys(branch) : [];
    if (names.length === 0) leaves.push({ path, value, inText });
    for (const name of names) {
      const child = (branch as Readonly<Record<string, unknown>>)[name];
      walk(child, path ? `${path}.${name}` : name, depth + 1, inText || inner !== undefined);
    }
  };
  walk(root, path, 0, false);
  return leaves;
}

/** What a text holds that is an object or a list as JSON. */
export function innerOf(value: unknown): unknown {
  if (typeof value !== 'string' || value.length > MAX_INNER_CHARACTERS) return undefined;
  if (!/^\s*[[{]/.test(value)) return undefined;
  const inner = parseExact(value);
  return isBranch(inner) ? inner : undefined;
}
