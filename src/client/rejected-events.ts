import type { CapturedEvent } from '../protocol/event.ts';
import type { RejectedSegment } from '../queue/types.ts';
import type { RejectedEvent } from './types.ts';

/** One for each event of the runs, in their order. */
export function rejectedEvents(runs: readonly RejectedSegment[]): RejectedEvent[] {
  return runs.flatMap(({ lane, first, body, code, reason, at }) =>
    new TextDecoder()
      .decode(body)
      .split('\n')
      .map((line, index) => ({ lane, seq: first + index, code, reason, at, event: parse(line) })),
  );
}

function parse(line: string): CapturedEvent | undefined {
  try {
    return JSON.parse(line);
  } catch {
    // Somebody else wrote it: that may be why it was refused.
    return undefined;
  }
}
