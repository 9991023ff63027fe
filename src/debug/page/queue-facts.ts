import type { Client, ClientStats } from '../../client/types.ts';
import type { LaneRange, Priority } from '../../protocol/event.ts';
import { type Deliveries, overlaps } from './deliveries.ts';
import type { PageFacts } from './page-watch.ts';

/** All that the panel shows, taken at one moment. */
export interface QueueFacts {
  readonly client: Client;
  readonly stats: ClientStats;
  readonly deliveries: Deliveries;
  readonly page: PageFacts;
  readonly hues: ReadonlyMap<string, number>;
  readonly now: number;
}

/** One run that waits. */
export interface QueuedSegment extends LaneRange {
  /** Its place in the log; absent in memory. */
  readonly id?: number;
  readonly at: number;
  readonly priority?: Priority;
  /** Absent where only the run is known. */
  readonly bytes?: number;
  readonly contextCharacters?: number;
  readonly isSealed?: boolean;
  readonly isSending: boolean;
}

export interface QueuedSegments {
  readonly segments: readonly QueuedSegment[];
  /** Segments behind them that are not listed. */
  readonly more: number;
}

/** More runs would be drawn ten times a second for nobody. */
const MAX_SHOWN = 100;

/** What waits, in the order of sending: of the log on disk as it is, of a log in memory as the client told. */
export function queuedSegments({ stats, deliveries, page }: QueueFacts): QueuedSegments {
  const ranges = deliveries.sending()?.ranges ?? [];
  const isSending = (run: LaneRange): boolean => ranges.some((range) => overlaps(range, run));
  if (stats.log === 'indexeddb') {
    const { segments, isAll } = page.log ?? { segments: [], isAll: true };
    return {
      segments: segments.map((segment) => ({
        ...segment,
        at: segment.createdAt,
        isSending: isSending(segment),
      })),
      more: isAll ? 0 : Math.max(1, stats.queue.segments - segments.length),
    };
  }
  const runs = deliveries.waiting();
  return {
    segments: runs.slice(0, MAX_SHOWN).map((run) => ({ ...run, isSending: isSending(run) })),
    more: Math.max(0, runs.length - MAX_SHOWN),
  };
}
