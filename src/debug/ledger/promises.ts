/** Receipts whose events were not read yet: what the relay promised, as far as the stream has not kept it. */

import type { LaneAccount } from '../../consumer/types.ts';
import type { LaneRange } from '../../protocol/event.ts';

/** A run of events that the relay says is stored, and where. */
export interface StoredRun extends LaneRange {
  /** Empty where there were too many receipts to remember each: then it proves nothing, and only waits. */
  readonly shard: string;
  readonly sequence: string;
  /** When the receipt came, milliseconds since 1970. */
  readonly at: number;
}

export interface Promises {
  readonly add: (run: StoredRun) => void;
  /** Forgets the runs of which every event arrived or was declared. */
  readonly settle: (laneOf: (lane: string) => LaneAccount | undefined) => void;
  readonly runs: () => readonly StoredRun[];
}

/** Receipts of minutes at a page's usual pace; a stream that is read holds back some seconds of them. */
const MAX_RUNS = 1_000;

export function createPromises(maxRuns: number = MAX_RUNS): Promises {
  let runs: StoredRun[] = [];
  /** What is beyond the bound, as one run a lane. It is too long where others lie between, and those are waited for as well. */
  const beyond = new Map<string, StoredRun>();
  return {
    add: (run) => {
      if (runs.length < maxRuns) {
        runs.push(run);
        return;
      }
      const known = beyond.get(run.lane) ?? run;
      const first = Math.min(known.first, run.first);
      const end = Math.max(known.first + known.count, run.first + run.count);
      const { lane, at } = known;
      beyond.set(lane, { lane, first, count: end - first, shard: '', sequence: '0', at });
    },
    settle: (laneOf) => {
      if (runs.length > 0) runs = outstandingRuns(runs, laneOf);
      for (const [lane, run] of beyond) {
        if (absentOf(run, laneOf(lane)) === 0) beyond.delete(lane);
      }
    },
    runs: () => (beyond.size > 0 ? [...runs, ...beyond.values()] : runs),
  };
}

/** Runs that have not all arrived. What has is of no more interest. */
export function outstandingRuns<Run extends LaneRange>(
  runs: readonly Run[],
  laneOf: (lane: string) => LaneAccount | undefined,
): Run[] {
  return runs.filter((run) => absentOf(run, laneOf(run.lane)) > 0);
}

/** How many events of a run have neither arrived nor been declared as left out. */
function absentOf(run: LaneRange, lane: LaneAccount | undefined): number {
  const last = run.first + run.count - 1;
  const beyond = Math.max(0, last - Math.max(lane?.highest ?? 0, run.first - 1));
  return (lane?.gaps ?? []).reduce((sum, gap) => sum + overlap(run, gap), beyond);
}

/** How many numbers two runs of one lane share. */
export function overlap(a: Omit<LaneRange, 'lane'>, b: Omit<LaneRange, 'lane'>): number {
  const first = Math.max(a.first, b.first);
  return Math.max(0, Math.min(a.first + a.count, b.first + b.count) - first);
}
