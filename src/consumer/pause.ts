import type { Runtime } from '../runtime.ts';

/** Resolves after the time, or at once when the signal aborts or the handed-out function is called. */
export type Pause = (delayMs: number, handOut?: (wake: () => void) => void) => Promise<void>;

export function createPause(delay: Runtime['delay'], signal: AbortSignal): Pause {
  return (delayMs, handOut) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const wake = (): void => {
        cancel();
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const cancel = delay(wake, delayMs);
      signal.addEventListener('abort', wake);
      handOut?.(wake);
    });
}
