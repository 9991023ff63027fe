import type { RejectedSegment } from '../queue/types.ts';
import { attempt } from '../runtime.ts';
import type { RejectedEvent } from './types.ts';

/** One for each event of the runs, in their order. */
export function rejectedEvents(runs: readonly RejectedSegment[]): RejectedEvent[] {
  return runs.flatMap(({ lane, first, body, code, reason, at }) =>
    new TextDecoder()
      .decode(body)
      .split('\n')
      .map((line, index) => ({
        ...{ lane, seq: first + index, code, reason, at },
        // Somebody else may have written what is no JSON: that may be why it was refused.
        event: attempt(() => JSON.parse(line)),
      })),
  );
}
