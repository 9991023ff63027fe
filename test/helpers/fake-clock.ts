/** A clock that stands still until a test moves it. */
export interface FakeClock {
  readonly now: () => number;
  readonly monotonic: () => number;
  readonly delay: (callback: () => void, delayMs: number) => () => void;
  /** Moves on, calling what falls due in its order, and lets promises settle after each. */
  readonly advance: (ms: number) => Promise<void>;
  /** Lets everything happen that waits for promises and not for time. */
  readonly settle: () => Promise<void>;
  /** Sets the wall clock, as a user does: the monotonic one does not jump. */
  readonly set: (now: number) => void;
  /** Milliseconds until each timer falls due, soonest first. */
  readonly timers: () => number[];
}

export function createFakeClock(startAt = Date.UTC(2026, 10, 20)): FakeClock {
  let elapsed = 0;
  let wallOffset = startAt;
  let timers: { at: number; callback: () => void }[] = [];

  async function settle(): Promise<void> {
    // A database by fake-indexeddb and WebCrypto both answer through the event loop.
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  async function advance(ms: number): Promise<void> {
    const end = elapsed + ms;
    await settle();
    for (;;) {
      const [next] = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      timers = timers.filter((timer) => timer !== next);
      elapsed = Math.max(elapsed, next.at);
      next.callback();
      await settle();
    }
    elapsed = end;
  }

  return {
    now: () => wallOffset + elapsed,
    monotonic: () => elapsed,
    delay(callback, delayMs) {
      const timer = { at: elapsed + delayMs, callback };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    advance,
    settle,
    set(now) {
      wallOffset = now - elapsed;
    },
    timers: () => timers.map(({ at }) => at - elapsed).sort((a, b) => a - b),
  };
}
