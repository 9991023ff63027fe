import { RivuletError } from '../errors.ts';
import type { CaptureHost } from './types.ts';

/** Less would be a loop that captures without end. */
const LEAST_MS = 100;
/** A timer of more fires at once: html.spec.whatwg.org/multipage/timers-and-user-prompts.html keeps it in 32 bits. */
const MOST_MS = 2 ** 31 - 1;

/** Throws a {@link RivuletError} where a timer would not take it. */
export function checkInterval(intervalMs: unknown): void {
  // A text is compared as a number too, so the type is asked for.
  if (typeof intervalMs === 'number' && intervalMs >= LEAST_MS && intervalMs <= MOST_MS) return;
  throw new RivuletError(
    'invalid_option',
    `intervalMs: expected a number from ${LEAST_MS} to ${MOST_MS}, got ${String(intervalMs)}`,
  );
}

/** Calls again and again, so long after the last time. The answer stops it. */
export function every(
  { delay }: Pick<CaptureHost['runtime'], 'delay'>,
  intervalMs: number,
  call: () => void,
  firstMs: number = intervalMs,
): () => void {
  function next(): void {
    cancel = delay(next, intervalMs);
    call();
  }
  let cancel = delay(next, firstMs);
  return () => cancel();
}
