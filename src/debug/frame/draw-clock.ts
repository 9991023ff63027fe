/** Decides when to draw: soon after a change, but rarely enough that drawing never takes the page over. */

/** Ten drawings a second look live; more only cost. */
const MIN_INTERVAL_MS = 100;

/** At most an eighth of the time is spent drawing. */
const REST_FACTOR = 7;

export interface DrawClock {
  /** Something changed. */
  readonly request: () => void;
  /** Draws now, because a person did something. */
  readonly now: () => void;
  readonly stop: () => void;
}

export interface DrawClockOptions {
  readonly draw: () => void;
  readonly isHidden: () => boolean;
  readonly monotonic: () => number;
  readonly delay: (callback: () => void, delayMs: number) => () => void;
}

/** Draws nothing while hidden: the caller asks again when that ends. */
export function createDrawClock(options: DrawClockOptions): DrawClock {
  let cancel: (() => void) | undefined;
  let earliest = Number.NEGATIVE_INFINITY;

  const draw = (): void => {
    cancel?.();
    cancel = undefined;
    if (options.isHidden()) return;
    const startedAt = options.monotonic();
    options.draw();
    const endedAt = options.monotonic();
    earliest = endedAt + Math.max(MIN_INTERVAL_MS, REST_FACTOR * (endedAt - startedAt));
  };

  return {
    request: () => {
      if (cancel || options.isHidden()) return;
      cancel = options.delay(draw, Math.max(0, earliest - options.monotonic()));
    },
    now: draw,
    stop: () => {
      cancel?.();
      cancel = undefined;
    },
  };
}
