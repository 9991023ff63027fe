import type { Runtime } from '../../runtime.ts';

/** The stream's own clock, which stamps what arrives, as far as records tell it. */
export interface StreamClock {
  /** A record was read, which had arrived by then. */
  readonly note: (arrivedAt: number, readAt: number) => void;
  /** What the stream's clock said at least at this moment of ours. */
  readonly at: (readAt: number) => number;
}

/** This device's wall clock may be wrong and may be set: what lasts is kept on the one that never jumps. */
export function createStreamClock({
  now,
  monotonic,
}: Pick<Runtime, 'now' | 'monotonic'>): StreamClock {
  let ahead = Number.NEGATIVE_INFINITY;
  let lastReadAt: number | undefined;
  let lastMonotonic = 0;

  function monotonicAt(readAt: number): number {
    return monotonic() - (now() - readAt);
  }

  return {
    note(arrivedAt, readAt) {
      // The records of one read have this in common.
      if (readAt !== lastReadAt) lastMonotonic = monotonicAt(readAt);
      lastReadAt = readAt;
      ahead = Math.max(ahead, arrivedAt - lastMonotonic);
    },
    at: (readAt) => monotonicAt(readAt) + ahead,
  };
}
