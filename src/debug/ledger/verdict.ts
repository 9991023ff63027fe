/** The ledger's account in one line: green only when proven, red only when proven, amber for everything between. */

import type { ClientStats } from '../../client/types.ts';
import type { LaneAccount, LedgerTotals, ShardState } from '../../consumer/types.ts';
import type { LaneRange } from '../../protocol/event.ts';
import { formatCount, formatPlural } from '../format.ts';

export interface Verdict {
  readonly tone: 'none' | 'proven' | 'pending' | 'lost';
  readonly text: string;
}

/** A run of events that the relay says is stored, and where. */
export interface StoredRun extends LaneRange {
  readonly shard: string;
  readonly sequence: string;
  /** Whether its shard was already being read when it was stored: only then can reading past it prove a loss. */
  readonly watched: boolean;
}

export interface Evidence {
  readonly totals: LedgerTotals;
  readonly lanes: readonly LaneAccount[];
  readonly shards: readonly ShardState[];
  readonly stored: readonly StoredRun[];
  /** Whether the stream is read from its beginning. If not, what a lane had before is unread, not missing. */
  readonly fromBeginning: boolean;
  readonly client: Pick<ClientStats, 'queue' | 'lane' | 'captured'> | undefined;
}

export function judge(evidence: Evidence): Verdict {
  const { totals, lanes, shards, stored, client } = evidence;
  const missing = totals.missing - (evidence.fromBeginning ? 0 : sum(lanes.map(unreadOf)));
  const expected = totals.received + missing;
  const lost = countLost(stored, lanes, shards);
  if (lost > 0) {
    // What is lost at a lane's end lies beyond all that arrived, and so outside its gaps.
    const all = totals.received + Math.max(missing, lost);
    return { tone: 'lost', text: `${formatCount(lost)} lost of ${formatCount(all)}` };
  }
  if (expected === 0 && !client?.captured) return { tone: 'none', text: 'No events yet' };

  const count = `${formatCount(missing)} missing of ${formatCount(expected)}`;
  const pending = reasonToWait(missing, lanes, shards, stored, client);
  if (!pending) return { tone: 'proven', text: count };
  return { tone: 'pending', text: expected === 0 ? pending : `${count} · ${pending}` };
}

/** Numbers of a lane below the first that was read: they were written before reading began, or were never there. */
export function unreadOf(lane: Pick<LaneAccount, 'gaps'>): number {
  const [gap] = lane.gaps;
  return gap?.first === 1 ? gap.count : 0;
}

/** Stored runs that have not all arrived. What has is of no more interest. */
export function outstandingRuns<Run extends LaneRange>(
  runs: readonly Run[],
  lanes: readonly LaneAccount[],
): Run[] {
  const byLane = new Map(lanes.map((lane) => [lane.lane, lane]));
  return runs.filter((run) => absentOf(run, byLane.get(run.lane)) > 0);
}

function reasonToWait(
  missing: number,
  lanes: readonly LaneAccount[],
  shards: readonly ShardState[],
  stored: readonly StoredRun[],
  client: Evidence['client'],
): string | undefined {
  if (missing > 0) return 'may still come';
  if (client && client.queue.events > 0) return `${formatCount(client.queue.events)} queued`;
  const byLane = new Map(lanes.map((lane) => [lane.lane, lane]));
  const onTheWay = sum(stored.map((run) => absentOf(run, byLane.get(run.lane))));
  if (onTheWay > 0) return `${formatCount(onTheWay)} stored, not read yet`;
  if (shards.length === 0) return 'not read yet';
  const unread = shards.filter(({ status }) => status !== 'live' && status !== 'closed').length;
  return unread > 0 ? `${formatPlural(unread, 'shard')} not at the end` : undefined;
}

/** Events that the relay stored, in a shard that has been read beyond them, and that did not arrive. */
function countLost(
  stored: readonly StoredRun[],
  lanes: readonly LaneAccount[],
  shards: readonly ShardState[],
): number {
  const byLane = new Map(lanes.map((lane) => [lane.lane, lane]));
  const byShard = new Map(shards.map((shard) => [shard.shardId, shard]));
  return sum(
    stored.map((run) => {
      const read = byShard.get(run.shard)?.lastSequenceNumber;
      const passed = read !== undefined && BigInt(read) > BigInt(run.sequence);
      return run.watched && passed ? absentOf(run, byLane.get(run.lane)) : 0;
    }),
  );
}

/** How many events of a run have neither arrived nor been declared as left out. */
function absentOf(run: LaneRange, lane: LaneAccount | undefined): number {
  const last = run.first + run.count - 1;
  const highest = lane?.highest ?? 0;
  const beyond = Math.max(0, last - Math.max(highest, run.first - 1));
  return beyond + sum((lane?.gaps ?? []).map((gap) => overlap(run, gap)));
}

/** How many numbers two runs of one lane share. */
export function overlap(a: Omit<LaneRange, 'lane'>, b: Omit<LaneRange, 'lane'>): number {
  const first = Math.max(a.first, b.first);
  return Math.max(0, Math.min(a.first + a.count, b.first + b.count) - first);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
