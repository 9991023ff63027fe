/** Records between the readers, which push, and the one loop that pulls. */
export interface Channel<T> {
  readonly push: (items: readonly T[]) => void;
  /** Resolves when fewer than the wished number wait to be pulled, or at the end: readers wait here and not in memory. */
  readonly room: () => Promise<void>;
  readonly next: () => Promise<IteratorResult<T, undefined>>;
  /** Ends every `next` and `room`; what waits is forgotten. */
  readonly close: () => void;
}

export function createChannel<T>(wished: number): Channel<T> {
  let waiting: T[] = [];
  // A moving head: `shift` of a long array copies it.
  let head = 0;
  let closed = false;
  let pulls: ((result: IteratorResult<T, undefined>) => void)[] = [];
  let pushers: (() => void)[] = [];

  function push(items: readonly T[]): void {
    if (closed) return;
    for (const item of items) {
      const pull = pulls.shift();
      if (pull) pull({ done: false, value: item });
      else waiting.push(item);
    }
  }

  function room(): Promise<void> {
    if (closed || waiting.length - head < wished) return Promise.resolve();
    return new Promise((resolve) => pushers.push(resolve));
  }

  function letPush(): void {
    const resumed = pushers;
    pushers = [];
    for (const resume of resumed) resume();
  }

  function next(): Promise<IteratorResult<T, undefined>> {
    if (closed) return Promise.resolve({ done: true, value: undefined });
    if (head === waiting.length) return new Promise((resolve) => pulls.push(resolve));
    const value = waiting[head++] as T;
    if (head === waiting.length) {
      waiting = [];
      head = 0;
    }
    if (waiting.length - head < wished) letPush();
    return Promise.resolve({ done: false, value });
  }

  function close(): void {
    closed = true;
    waiting = [];
    head = 0;
    const ended = pulls;
    pulls = [];
    for (const end of ended) end({ done: true, value: undefined });
    letPush();
  }

  return { push, room, next, close };
}
