/** Paths that are columns: those of the page until a person has chosen, and then a person's, kept for the stream. */

export interface ColumnList {
  readonly paths: () => readonly string[];
  readonly add: (path: string) => void;
  readonly remove: (path: string) => void;
  /** Replaces all, as a link does. */
  readonly set: (paths: readonly string[]) => void;
}

export interface ColumnListOptions {
  /** Where a person's choice is kept; it is of this visit only where there is none. */
  readonly storage: Pick<Storage, 'getItem' | 'setItem'> | undefined;
  readonly stream: () => string;
  /** The page's. */
  readonly initial: () => readonly string[];
}

/** More leave no room for the event. */
export const MAX_COLUMNS = 8;

export function createColumnList({ storage, stream, initial }: ColumnListOptions): ColumnList {
  const chosen = new Map<string, readonly string[] | undefined>();

  const own = (): readonly string[] | undefined => {
    const name = stream();
    if (!chosen.has(name)) chosen.set(name, read(storage, keyOf(name)));
    return chosen.get(name);
  };
  const paths = (): readonly string[] => (own() ?? initial()).slice(0, MAX_COLUMNS);
  const set = (next: readonly string[]): void => {
    const kept = [...new Set(next)].slice(-MAX_COLUMNS);
    chosen.set(stream(), kept);
    try {
      storage?.setItem(keyOf(stream()), JSON.stringify(kept));
    } catch {
      // Full, or not allowed: the choice holds for this visit.
    }
  };

  return {
    paths,
    set,
    add: (path) => {
      if (path !== '' && !paths().includes(path)) set([...paths(), path]);
    },
    remove: (path) => set(paths().filter((other) => other !== path)),
  };
}

function keyOf(stream: string): string {
  return `rivulet.debug.columns:${stream}`;
}

function read(
  storage: Pick<Storage, 'getItem'> | undefined,
  key: string,
): readonly string[] | undefined {
  try {
    const value: unknown = JSON.parse(storage?.getItem(key) ?? 'null');
    return Array.isArray(value)
      ? value.filter((path): path is string => typeof path === 'string')
      : undefined;
  } catch {
    // Somebody else's, or not allowed.
    return undefined;
  }
}
