import type { LaneRange } from '../protocol/event.ts';
import { without } from '../queue/lane-range.ts';
import { runOf } from '../queue/remainder.ts';
import { segmentBytes } from '../queue/segment.ts';
import type { Segment } from '../queue/types.ts';

/**
 * The whole log in memory, as long as that is little: what this page has written since the log was last seen empty, less
 * what has been settled. For the moment in which the log cannot be asked, because the page ends with it.
 */
export interface LogTail {
  /** Its head; nothing where it is not known. */
  readonly segments: () => readonly Segment[];
  readonly add: (segments: readonly Segment[]) => void;
  readonly drop: (range: LaneRange) => void;
  /** Somebody else has written to the log, or settles it. */
  readonly lose: () => void;
  /** Reads the log. What is written on the way belongs to the tail of an empty one. */
  readonly follow: <T>(read: () => Promise<readonly T[]>) => Promise<readonly T[]>;
}

/** Holds segments up to `maxBytes`, and the one that is beyond: the rest is waited for in the log. */
export function createLogTail(maxBytes: number): LogTail {
  let known: Segment[] | undefined;
  let isWhole = true;

  return {
    segments: () => known ?? [],
    add(segments) {
      for (const segment of segments) {
        const heldBytes = known?.reduce((sum, held) => sum + segmentBytes(held), 0) ?? 0;
        if (isWhole && heldBytes < maxBytes) known?.push(segment);
        else isWhole = false;
      }
    },
    drop(range) {
      known = known?.flatMap((segment) =>
        without(segment, range).map((rest) => runOf(segment, rest)),
      );
      if (!isWhole && known?.length === 0) known = undefined;
    },
    lose() {
      known = undefined;
    },
    async follow(read) {
      const wasKnown = known;
      if (!wasKnown) {
        known = [];
        isWhole = true;
      }
      const head = await read();
      if (head.length > 0 && !wasKnown) known = undefined;
      return head;
    },
  };
}
