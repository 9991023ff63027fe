/** Exclusive Web Locks, as far as one page of tests needs them: in order, and given up by a signal while they wait. */
export function createFakeLocks(): LockManager {
  const queues = new Map<string, Promise<void>>();

  async function request(
    name: string,
    options: { signal?: AbortSignal },
    callback: () => Promise<void>,
  ): Promise<void> {
    const before = queues.get(name) ?? Promise.resolve();
    const held = before.then(async () => {
      if (options.signal?.aborted) throw new DOMException('given up', 'AbortError');
      await callback();
    });
    queues.set(
      name,
      held.catch(() => {}),
    );
    return held;
  }

  return { request } as unknown as LockManager;
}
