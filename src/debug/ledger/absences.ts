/** What is absent from a lane, run by run, and what is known of each: only a receipt tells lost from late. */

import type { LaneAccount, ShardState } from '../../consumer/types.ts';
import type { LaneRange } from '../../protocol/event.ts';
import { overlap, type StoredRun } from './promises.ts';
import { isAfter, type Reach } from './reach.ts';

/**
 * - `missing`: no receipt of it is known, and its client may still hold it
 * - `stored`: the relay stored it where the ledger has not looked yet
 * - `lost`: the relay stored it, and it is not there
 */
export type AbsenceState = 'missing' | 'stored' | 'lost';

export interface Absence extends LaneRange {
  readonly state: AbsenceState;
  /** The latest of them. */
  readonly receipt: StoredRun | undefined;
}

/** What has been read, as far as a loss can be proven by it. */
export interface Looked {
  readonly shards: readonly ShardState[];
  readonly reachOf: (shardId: string) => Reach | undefined;
  /** Whether the stream is read from its beginning. */
  readonly fromBeginning: boolean;
}

/** Of one lane: its gaps, and what was promised beyond its highest number. */
export function absencesOf(
  lane: LaneAccount | undefined,
  promised: readonly StoredRun[],
  looked: Looked,
): Absence[] {
  const runs = promised.filter((run) => !isBefore(run, looked));
  const gaps = looked.fromBeginning ? lane?.gaps : lane?.gaps.filter(({ first }) => first > 1);
  const above = (lane?.highest ?? 0) + 1;
  const end = runs.reduce((end, { first, count }) => Math.max(end, first + count), above);
  const id = lane?.lane ?? runs[0]?.lane ?? '';
  const isPassed = createPassed(looked);
  return [
    ...(gaps ?? []).flatMap((gap) => cut(gap, runs, isPassed)),
    // Of what nobody promised there is nothing known, not even that there is any.
    ...cut({ lane: id, first: above, count: end - above }, runs, isPassed).filter(
      ({ state }) => state !== 'missing',
    ),
  ];
}

/** The absent run, cut where receipts begin and end. */
function cut(
  range: LaneRange,
  promised: readonly StoredRun[],
  isPassed: (run: StoredRun) => boolean,
): Absence[] {
  const { lane } = range;
  const end = range.first + range.count;
  const runs = promised.filter((run) => overlap(run, range) > 0);
  const edges = runs.flatMap(({ first, count }) => [first, first + count]);
  const cuts = [...new Set([range.first, ...edges, end])]
    .filter((at) => at >= range.first && at <= end)
    .sort((a, b) => a - b);
  const absences: Absence[] = [];
  for (const [index, first] of cuts.slice(0, -1).entries()) {
    const count = (cuts[index + 1] ?? end) - first;
    const receipts = runs.filter((run) => run.first <= first && first < run.first + run.count);
    const receipt = receipts.at(-1);
    const state = !receipt ? 'missing' : receipts.every(isPassed) ? 'lost' : 'stored';
    const before = absences.at(-1);
    if (before?.state === state && before.receipt === receipt) {
      absences[absences.length - 1] = { ...before, count: before.count + count };
    } else absences.push({ lane, first, count, state, receipt });
  }
  return absences;
}

/** Whether the run lies before the first record that was read of its shard. */
function isBefore({ shard, sequence }: StoredRun, { fromBeginning, reachOf }: Looked): boolean {
  const from = fromBeginning ? undefined : reachOf(shard)?.from;
  return from !== undefined && isAfter(from, sequence);
}

/**
 * Whether all of the run's place has been looked at. It is not enough that its shard is at its end: Kinesis does not promise
 * that a read finds what was stored the moment before. A later record of the shard says so, or the shard's own end: its
 * children only have what came after.
 */
function createPassed({ shards, reachOf, fromBeginning }: Looked): (run: StoredRun) => boolean {
  const byId = new Map(shards.map((shard) => [shard.shardId, shard]));
  return ({ shard: shardId, sequence }) => {
    const shard = byId.get(shardId);
    if (!shard || shard.loss !== undefined) return false;
    const reach = reachOf(shardId);
    // Where checkpoints are kept the reading may have begun at one.
    const isWhole = fromBeginning && shard.checkpoint === undefined;
    if (!isWhole && !(reach && isAfter(sequence, reach.from))) return false;
    if (reach && isAfter(reach.to, sequence)) return true;
    const isRead = shard.isDrained && (reach?.records ?? 0) >= shard.records;
    return shard.status === 'closed' && isRead;
  };
}
