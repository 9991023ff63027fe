/** The seams to the outside: every clock, coin, timer and platform service the client side uses comes from here. */
export interface Runtime {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds on a clock that never jumps. */
  readonly monotonic: () => number;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** `length` unpredictable bytes. */
  readonly randomBytes: (length: number) => Uint8Array<ArrayBuffer>;
  /** Calls once after `delayMs`; the answer cancels. */
  readonly delay: (callback: () => void, delayMs: number) => () => void;
  readonly fetch: typeof globalThis.fetch;
  /** Absent where the platform or the user's settings refuse it. */
  readonly indexedDB: IDBFactory | undefined;
  readonly storage: Storage | undefined;
  readonly locks: LockManager | undefined;
  readonly subtle: SubtleCrypto | undefined;
  /** Opens a channel to the other tabs of the origin. */
  readonly channel: ((name: string) => BroadcastChannel) | undefined;
  /** What the browser says of itself: whether it is online, how much it may store, and what its user has asked for. */
  readonly navigator: RuntimeNavigator | undefined;
  /** The page, or `undefined` in a worker or on a device without one. */
  readonly page: Window | undefined;
}

/** The parts of `Navigator` and `WorkerNavigator` that are used, where they are there. */
export interface RuntimeNavigator {
  readonly onLine?: boolean;
  readonly storage?: Partial<Pick<StorageManager, 'estimate' | 'persist' | 'persisted'>>;
  /** globalprivacycontrol.org */
  readonly globalPrivacyControl?: boolean;
  /** `'1'` where the user asks not to be tracked. */
  readonly doNotTrack?: string | null;
}

/** The platform as it is. */
export function platformRuntime(): Runtime {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    random: () => Math.random(),
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    delay: (callback, delayMs) => {
      const timer = setTimeout(callback, delayMs);
      return () => clearTimeout(timer);
    },
    fetch: (input, init) => fetch(input, init),
    indexedDB: attempt(() => indexedDB),
    storage: attempt(() => localStorage),
    locks: attempt(() => navigator.locks),
    subtle: attempt(() => crypto.subtle),
    channel: attempt(() => BroadcastChannel && ((name) => new BroadcastChannel(name))),
    navigator: attempt(() => navigator),
    page: attempt(() => window),
  };
}

/** What the call answers; nothing where it throws. */
export function attempt<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch {
    // Not every platform has everything, and a user who blocks storage makes reading it throw: the caller goes on without.
    return undefined;
  }
}
