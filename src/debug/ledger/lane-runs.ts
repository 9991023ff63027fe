/** A lane's numbers in runs: what was read, what is absent, and what is known of each absence. */

import type { LaneAccount } from '../../consumer/types.ts';
import { formatAge, formatRun, formatShard, formatTime } from '../format.ts';
import type { Absence } from './absences.ts';

export interface LaneRun {
  readonly first: number;
  readonly count: number;
  /** Absent where it was read or declared. */
  readonly absence?: Absence;
}

/** Runs of one lane that are shown; a lane of a thousand holes is no reading. */
const MAX_RUNS = 12;

export interface LaneRuns {
  readonly runs: readonly LaneRun[];
  /** Absences that are not among them. */
  readonly more: number;
}

export function runsOf(
  { first, highest }: Pick<LaneAccount, 'first' | 'highest'>,
  absences: readonly Absence[],
): LaneRuns {
  const runs: LaneRun[] = [];
  let next = first;
  let shown = 0;
  for (const absence of absences) {
    if (runs.length >= MAX_RUNS) break;
    // Above the highest nothing is known but what was promised.
    const read = Math.min(absence.first, highest + 1) - next;
    if (read > 0) runs.push({ first: next, count: read });
    runs.push({ first: absence.first, count: absence.count, absence });
    next = Math.max(next, absence.first + absence.count);
    shown++;
  }
  if (shown === absences.length && next <= highest) {
    runs.push({ first: next, count: highest - next + 1 });
  }
  return { runs, more: absences.length - shown };
}

export interface RunContext {
  readonly now: number;
  /** When the first row showed the absence. */
  readonly since: number | undefined;
  /** Of this page's own client, whose receipts are known. */
  readonly isOwn: boolean;
}

/** `43–47 missing since 21:20:04 (receipt: shard 4, not read so far)` */
export function describeRun(run: LaneRun, { now, since, isOwn }: RunContext): string {
  const numbers = formatRun(run);
  const { absence } = run;
  if (!absence) return `${numbers} read`;
  const { state, receipt } = absence;
  const shard = receipt?.shard ? `shard ${formatShard(receipt.shard)}` : 'a shard';
  if (state === 'lost') return `${numbers} lost: receipt of ${shard}, which was read past it`;
  if (state === 'stored') {
    const at = since ?? receipt?.at;
    const time = at === undefined ? '' : ` since ${formatTime(at).slice(0, 8)}`;
    return `${numbers} missing${time} (receipt: ${shard}, not read so far)`;
  }
  if (isOwn) return `${numbers} missing (no receipt so far)`;
  const age = since === undefined ? '' : `, ${formatAge(now - since)}`;
  return `${numbers} missing${age} (its client may still hold ${run.count === 1 ? 'it' : 'them'})`;
}
