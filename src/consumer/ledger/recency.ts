/** What a list of the last used needs of each thing in it. Links of its own cost less than any list beside it. */
export interface Linked<T> {
  older: T | undefined;
  newer: T | undefined;
}

/** Things in the order of their last use. Every step takes the same time, however many there are. */
export interface Recency<T> {
  /** It is the newest now. Adds what is not in a list. */
  readonly touch: (item: T) => void;
  /** Only of what is in this list. */
  readonly remove: (item: T) => void;
  readonly oldest: () => T | undefined;
  /** The oldest first. */
  readonly items: () => T[];
}

export function createRecency<T extends Linked<T>>(): Recency<T> {
  let oldest: T | undefined;
  let newest: T | undefined;

  function remove(item: T): void {
    if (item.older) item.older.newer = item.newer;
    else oldest = item.newer;
    if (item.newer) item.newer.older = item.older;
    else newest = item.older;
    item.older = undefined;
    item.newer = undefined;
  }

  function touch(item: T): void {
    if (item === newest) return;
    if (item.newer) remove(item);
    item.older = newest;
    if (newest) newest.newer = item;
    else oldest = item;
    newest = item;
  }

  function items(): T[] {
    const all: T[] = [];
    for (let item = oldest; item; item = item.newer) all.push(item);
    return all;
  }

  return { touch, remove, oldest: () => oldest, items };
}
