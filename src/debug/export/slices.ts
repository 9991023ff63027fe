/** Long work in slices, so that the page stays at hand: progress is told, and a person may stop it. */

import { nextTask } from '../reading/next-task.ts';

export interface Slicing {
  readonly monotonic: () => number;
  readonly signal: AbortSignal;
  /** How many were handled so far: after each slice, and at the end. */
  readonly onProgress: (done: number) => void;
}

/** A quarter of what a person would feel, because a slow machine takes that much longer. */
const SLICE_MS = 12;

/** False where it was stopped before the end. */
export async function inSlices<T>(
  items: Iterable<T>,
  handle: (item: T) => void,
  { monotonic, signal, onProgress }: Slicing,
): Promise<boolean> {
  let done = 0;
  let sliceAt = monotonic();
  for (const item of items) {
    if (signal.aborted) return false;
    handle(item);
    done++;
    if (monotonic() - sliceAt < SLICE_MS) continue;
    onProgress(done);
    await nextTask();
    sliceAt = monotonic();
  }
  onProgress(done);
  return !signal.aborted;
}
