/** What an isolate holds of batches at a time. Beyond its 128 MB the platform ends it, and every batch that it was at. */

import type { RelayRuntime } from '../runtime.ts';
import { Refusal } from './answer.ts';
import { drawWaitMs } from './wait.ts';

/** Bytes as they came and inflated. A batch takes up to three times as much beside them: its records, and the call that puts them. */
export const MAX_BYTES_IN_FLIGHT: number = 32 * 1024 * 1024;

/** One batch's part of it. */
export interface Hold {
  /** Throws `relay_busy` where these bytes are too many. */
  readonly add: (bytes: number) => void;
  /** Gives back what was added. */
  readonly release: () => void;
}

/** Opens a batch's part. Throws `relay_busy` where there is no room for any. */
export type InFlight = () => Hold;

export function createInFlight(
  { random }: Pick<RelayRuntime, 'random'>,
  maxBytes: number = MAX_BYTES_IN_FLIGHT,
): InFlight {
  let bytesInFlight = 0;

  function claim(bytes: number): void {
    if (bytesInFlight + bytes > maxBytes) {
      const reason = `relay: expected at most ${maxBytes} bytes of batches at a time`;
      throw new Refusal('relay_busy', reason, { after: drawWaitMs(random) });
    }
    bytesInFlight += bytes;
  }

  return () => {
    let held = 0;
    const add = (bytes: number): void => {
      claim(bytes);
      held += bytes;
    };
    // Refuses a batch unread while there is no room for a line of it.
    add(1);
    return {
      add,
      release() {
        bytesInFlight -= held;
        held = 0;
      },
    };
  };
}
