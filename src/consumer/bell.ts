/** Wakes whoever waits for something that changes. */
export interface Bell {
  readonly ring: () => void;
  /** Resolves at the next ring, or when the signal aborts. */
  readonly heard: () => Promise<void>;
}

export function createBell(signal: AbortSignal): Bell {
  let listeners: (() => void)[] = [];
  function ring(): void {
    const heard = listeners;
    listeners = [];
    for (const hear of heard) hear();
  }
  signal.addEventListener('abort', ring);
  return {
    ring,
    heard: () =>
      new Promise((resolve) => (signal.aborted ? resolve() : void listeners.push(resolve))),
  };
}
