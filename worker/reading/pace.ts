import { createBoundedMap } from '../bounded-map.ts';

/** Turns, evenly apart, for each key its own. */
export interface Pace {
  /** Milliseconds until the key's next turn. */
  readonly waitMs: (key: string) => number;
  /** Takes a turn at this time: the next one is an interval later. */
  readonly take: (key: string, at: number) => void;
  /** No turn before this time. */
  readonly postpone: (key: string, until: number) => void;
}

export interface PaceOptions {
  readonly intervalMs: number;
  /** Turns that may be taken at once after a rest. @default 1 */
  readonly burst?: number;
}

const MAX_KEYS = 10_000;

export function createPace({ intervalMs, burst = 1 }: PaceOptions, now: () => number): Pace {
  const leadMs = (burst - 1) * intervalMs;
  /** When each key will have rested: a turn may be taken so many intervals before. */
  const rested = createBoundedMap<number>(MAX_KEYS);
  const restedAt = (key: string): number => rested.get(key) ?? 0;
  return {
    waitMs: (key) => Math.max(0, restedAt(key) - leadMs - now()),
    take: (key, at) => rested.set(key, Math.max(restedAt(key), at) + intervalMs),
    postpone: (key, until) => rested.set(key, Math.max(restedAt(key), until + leadMs)),
  };
}
