/** Records between the readers, which push, and the one loop that pulls. */
export interface Channel<T> {
  readonly push: (items: readonly T[]) => void;
  /** Resolves when fewer than the wished number wait to be pulled, or at the end: readers wait here and not in memory. */
  readonly room: () => Promise<void>;
  /** What was pushed, in its order. Ends when it is closed, and closes by being left. */
  readonly items: AsyncGenerator<T, undefined>;
}

/** A channel that the signal closes. What then still waits is forgotten. */
export function createChannel<T>(
  wished: number,
  signal: AbortSignal,
  left: () => void,
): Channel<T> {
  const pushed = createBell();
  const pulled = createBell();
  const waiting: T[] = [];
  // A moving head, moved back now and then: `shift` copies a long array each time.
  let head = 0;

  signal.addEventListener('abort', () => {
    pushed.ring();
    pulled.ring();
  });

  async function* pull(): AsyncGenerator<T, undefined> {
    try {
      while (!signal.aborted) {
        if (head < waiting.length) {
          const item = waiting[head++] as T;
          if (head > wished) {
            waiting.splice(0, head);
            head = 0;
          }
          if (waiting.length - head < wished) pulled.ring();
          yield item;
        } else {
          await pushed.heard();
        }
      }
    } finally {
      left();
    }
    return undefined;
  }

  return {
    push: (items) => {
      for (const item of items) waiting.push(item);
      pushed.ring();
    },
    room: async () => {
      if (!signal.aborted && waiting.length - head >= wished) await pulled.heard();
    },
    items: pull(),
  };
}

function createBell(): { readonly heard: () => Promise<void>; readonly ring: () => void } {
  let listeners: (() => void)[] = [];
  return {
    heard: () => new Promise((resolve) => listeners.push(resolve)),
    ring: () => {
      const heard = listeners;
      listeners = [];
      for (const hear of heard) hear();
    },
  };
}
