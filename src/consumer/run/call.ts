import { RivuletError } from '../../errors.ts';
import type { Runtime } from '../../runtime.ts';

export interface CallLimits {
  readonly timeoutMs: number;
  readonly delay: Runtime['delay'];
  /** Tells the call that its answer is no longer wanted. It may answer all the same. */
  readonly signal: AbortSignal;
}

/** Calls what the application wrote, and waits for it so long at most. It rejects as the call does, or when the time is over. */
export async function callWithin(
  what: string,
  call: (signal: AbortSignal) => unknown,
  { timeoutMs, delay, signal }: CallLimits,
): Promise<void> {
  const told = new AbortController();
  const tell = (): void => told.abort(signal.reason);
  let cancel: (() => void) | undefined;
  // What answers after the time is still listened to: its rejection must not end the process.
  const timeout = new Promise<never>((_, reject) => {
    cancel = delay(() => {
      const error = new RivuletError(
        'handler_failed',
        `${what}: expected an answer within ${timeoutMs} ms, got none`,
      );
      reject(error);
      told.abort(error);
    }, timeoutMs);
  });
  if (signal.aborted) tell();
  else signal.addEventListener('abort', tell);
  try {
    await Promise.race([Promise.resolve(told.signal).then(call), timeout]);
  } finally {
    cancel?.();
    signal.removeEventListener('abort', tell);
  }
}
