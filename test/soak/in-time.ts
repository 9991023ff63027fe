import { setTimeout as sleep } from 'node:timers/promises';

/** A page may be frozen, crashed or on its way elsewhere: then there is no answer, and none is waited for. */
export function inTime<T>(answer: Promise<T>, limitMs = 5_000): Promise<T | undefined> {
  return Promise.race([answer.catch(() => undefined), sleep(limitMs, undefined, { ref: false })]);
}
