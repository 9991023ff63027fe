import { setTimeout as sleep } from 'node:timers/promises';
import { LaunchError } from './launch-error.ts';
import { describeDeath, type Part } from './part.ts';

const POLL_MS = 50;
const DEADLINE_MS = 60_000;

/** Asks until the answer is yes. An error counts as a no: the part may not listen yet. */
export async function until(
  what: string,
  ask: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  const end = Date.now() + DEADLINE_MS;
  let problem: unknown;
  while (Date.now() < end) {
    try {
      if (await ask()) return;
    } catch (error) {
      problem = error;
    }
    await sleep(POLL_MS, undefined, { signal });
  }
  throw new LaunchError(`${what}: expected an answer within ${DEADLINE_MS} ms, got none`, {
    cause: problem,
  });
}

/** Does the first work of a part that has just been started, or tells how it died. Stops it when that fails. */
export async function bringUp<T>(
  part: Part,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  try {
    return await Promise.race([
      work(AbortSignal.any([over.signal, signal])),
      part.died.then((death) => Promise.reject(new LaunchError(describeDeath(death)))),
    ]);
  } catch (error) {
    await part.stop();
    throw error;
  } finally {
    over.abort();
  }
}
