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
  /** The page, or `undefined` in a worker or on a device without one. */
  readonly page: Window | undefined;
}

/** The platform as it is. Reading a property of `globalThis` can itself throw where a user blocks storage. */
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
    fetch: (input, init) => globalThis.fetch(input, init),
    indexedDB: attempt(() => globalThis.indexedDB),
    storage: attempt(() => globalThis.localStorage),
    locks: attempt(() => globalThis.navigator.locks),
    subtle: attempt(() => globalThis.crypto.subtle),
    channel: globalThis.BroadcastChannel && ((name) => new BroadcastChannel(name)),
    page: attempt(() => globalThis.window),
  };
}

function attempt<T>(read: () => T | undefined): T | undefined {
  try {
    return read();
  } catch {
    // A SecurityError here means that the user said no; the caller goes on without.
    return undefined;
  }
}
