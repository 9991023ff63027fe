/** Web Locks with both modes, and with tabs that end. */
export function createSharedLocks(): {
  readonly locks: LockManager;
  /** Ends the tab that holds the lock of an owner: all it holds is free. */
  readonly kill: (owner: string) => void;
  /** Locks that are held alone. */
  readonly names: () => readonly string[];
} {
  const held = new Map<string, () => void>();
  const waiting: { readonly name: string; readonly begin: () => void }[] = [];

  function free(name: string): void {
    if (!held.delete(name)) return;
    for (const request of waiting.filter((it) => it.name === name)) request.begin();
  }

  async function request(
    name: string,
    options: LockOptions | (() => unknown),
    callback?: () => unknown,
  ): Promise<void> {
    const { mode = 'exclusive', signal } = typeof options === 'function' ? {} : options;
    const call = typeof options === 'function' ? options : callback;
    if (held.has(name)) {
      await new Promise<void>((begin, reject) => {
        waiting.push({ name, begin });
        signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError')));
      });
    }
    if (mode === 'exclusive') held.set(name, () => free(name));
    await call?.();
    if (mode === 'exclusive') free(name);
  }

  return {
    locks: { request } as unknown as LockManager,
    kill: (owner) => free(`rivulet consumer ${owner}`),
    names: () => [...held.keys()],
  };
}
