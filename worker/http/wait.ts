/** Milliseconds: long enough for a hurry to pass. */
const LEAST_WAIT_MS = 1000;
const MOST_WAIT_MS = 5000;

/** A wait drawn at random, so that those who were refused together do not come back together. */
export function drawWaitMs(
  random: () => number,
  leastMs: number = LEAST_WAIT_MS,
  mostMs: number = MOST_WAIT_MS,
): number {
  return Math.round(leastMs + random() * (mostMs - leastMs));
}
