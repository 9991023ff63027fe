/** A clock that stands still until a test moves it. */
export interface FakeClock {
  readonly now: () => number;
  readonly monotonic: () => number;
  readonly delay: (callback: () => void, delayMs: number) => () => void;
  /** Moves on, calling what falls due in its order, and lets promises settle after each. */
  readonly advance: (ms: number) => Promise<void>;
  /** Lets everything happen that waits for promises and not for time: those watched, and what follows from them. */
  readonly settle: () => Promise<void>;
  /** Work on another thread, such as WebCrypto's: the clock does not move on before it is done. */
  readonly watch: <T>(work: Promise<T>) => Promise<T>;
  /** Sets the wall clock, as a user does: the monotonic one does not jump. */
  readonly set: (now: number) => void;
  /** Milliseconds until each timer falls due, soonest first. */
  readonly timers: () => number[];
}

/** Turns of the event loop: a transaction of fake-indexeddb takes several for each request. */
const QUIET_TURNS = 100;

export function createFakeClock(
  startAt = Date.UTC(2026, 10, 20),
  quietTurns = QUIET_TURNS,
): FakeClock {
  let watched = 0;
  let elapsed = 0;
  let wallOffset = startAt;
  let timers: { at: number; callback: () => void }[] = [];

  function watch<T>(work: Promise<T>): Promise<T> {
    watched++;
    const done = (): void => {
      watched--;
    };
    work.then(done, done);
    return work;
  }

  async function settle(): Promise<void> {
    for (let quiet = 0; quiet < quietTurns; quiet++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (watched > 0) quiet = 0;
    }
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
    now: () => Math.floor(wallOffset + elapsed),
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
    watch,
    set(now) {
      wallOffset = now - elapsed;
    },
    timers: () => timers.map(({ at }) => at - elapsed).sort((a, b) => a - b),
  };
}
