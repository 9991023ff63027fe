/** A map that forgets what was set longest ago: what strangers can make up must not fill an isolate's memory. */
export interface BoundedMap<Value> {
  readonly get: (key: string) => Value | undefined;
  readonly set: (key: string, value: Value) => void;
  readonly delete: (key: string) => void;
  readonly entries: () => IterableIterator<[string, Value]>;
}

export function createBoundedMap<Value>(maxEntries: number): BoundedMap<Value> {
  const values = new Map<string, Value>();
  return {
    get: (key) => values.get(key),
    delete: (key) => void values.delete(key),
    entries: () => values.entries(),
    set(key, value) {
      values.delete(key);
      values.set(key, value);
      if (values.size <= maxEntries) return;
      const [oldest] = values.keys();
      values.delete(oldest as string);
    },
  };
}
