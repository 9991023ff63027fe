import { type Leaf, leavesOf } from './leaves.ts';
import { textOfValue } from './payload.ts';

export interface Change {
  readonly path: string;
  readonly kind: 'added' | 'removed' | 'changed';
  /** As text; `undefined` where there is none. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** What is different in the second value, path by path: in its order, then what it lacks. */
export function diffOf(before: unknown, after: unknown): readonly Change[] {
  const old = textsOf(leavesOf(before));
  const changes: Change[] = [];
  for (const [path, text] of textsOf(leavesOf(after))) {
    const was = old.get(path);
    old.delete(path);
    if (was === text) continue;
    changes.push({
      path,
      kind: was === undefined ? 'added' : 'changed',
      before: was,
      after: text,
    });
  }
  for (const [path, text] of old) {
    changes.push({ path, kind: 'removed', before: text, after: undefined });
  }
  return changes;
}

/** As JSON: the text `1` is another value than the number. */
function textsOf(leaves: readonly Leaf[]): Map<string, string> {
  return new Map(
    leaves.map(({ path, value }) => [path, JSON.stringify(value) ?? textOfValue(value)]),
  );
}
