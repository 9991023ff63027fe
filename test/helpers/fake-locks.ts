/** Exclusive Web Locks, as far as one page of tests needs them: in order, and given up by a signal while they wait. */
export function createFakeLocks(): LockManager {
  const queues = new Map<string, Promise<void>>();
  const waiting: { name: string; signal: AbortSignal | undefined }[] = [];

  async function request(
    name: string,
    options: { signal?: AbortSignal },
    callback: () => Promise<void>,
  ): Promise<void> {
    const before = queues.get(name) ?? Promise.resolve();
    const request = { name, signal: options.signal };
    waiting.push(request);
    const held = before.then(async () => {
      waiting.splice(waiting.indexOf(request), 1);
      if (options.signal?.aborted) throw new DOMException('given up', 'AbortError');
      await callback();
    });
    queues.set(
      name,
      held.catch(() => {}),
    );
    return held;
  }

  const query = async (): Promise<LockManagerSnapshot> => ({
    pending: waiting.filter(({ signal }) => !signal?.aborted).map(({ name }) => ({ name })),
  });

  return { request, query } as unknown as LockManager;
}
