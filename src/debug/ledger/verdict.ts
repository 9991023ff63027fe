/** The ledger's account in one line: green only when proven, red only when proven, amber for everything between. */

import type { ClientStats } from '../../client/types.ts';
import type { LaneAccount, LedgerTotals } from '../../consumer/types.ts';
import type { LaneRange } from '../../protocol/event.ts';
import { formatCount, formatPlural } from '../format.ts';
import { type Absence, absencesOf, type Looked } from './absences.ts';
import { overlap, type StoredRun } from './promises.ts';

export { overlap } from './promises.ts';

export interface Verdict {
  readonly tone: 'none' | 'proven' | 'pending' | 'lost';
  readonly text: string;
  /** What is proven to be lost, and nobody has acknowledged. */
  readonly lost: readonly Absence[];
  /** Events that are lost and acknowledged. */
  readonly acknowledged: number;
}

export interface Evidence extends Looked {
  readonly totals: LedgerTotals;
  readonly lanes: readonly LaneAccount[];
  readonly laneOf: (lane: string) => LaneAccount | undefined;
  /** What was not read yet, and perhaps some of what was. */
  readonly stored: readonly StoredRun[];
  readonly client:
    | Pick<ClientStats, 'queue' | 'lane' | 'captured' | 'dropped' | 'rejected'>
    | undefined;
  /** Why nothing can be read. */
  readonly failure?: string | undefined;
  /** Losses that a person has seen. */
  readonly acknowledged?: readonly LaneRange[] | undefined;
}

export function judge(evidence: Evidence): Verdict {
  const { totals, lanes, fromBeginning, client, acknowledged: seen = [] } = evidence;
  const absences = promisedAbsences(evidence);
  const proven = absences.filter(({ state }) => state === 'lost');
  const lost = proven.filter((run) => seenOf(run, seen) < run.count);
  const acknowledged = sum(proven.map((run) => seenOf(run, seen)));
  const missing = totals.missing - (fromBeginning ? 0 : sum(lanes.map(unreadOf)));
  // What is lost at a lane's end lies beyond all that arrived, and so outside its gaps.
  const inGaps = sum(proven.map((run) => insideOf(run, evidence.laneOf(run.lane))));
  const expected = totals.received + missing + sum(proven.map(({ count }) => count)) - inGaps;
  const facts = { lost, acknowledged };

  const count = sum(lost.map((run) => run.count - seenOf(run, seen)));
  if (count > 0) {
    const text = `${formatCount(count)} lost of ${formatCount(expected)}`;
    return { ...facts, tone: 'lost', text };
  }
  if (expected === 0 && !client?.captured) return { ...facts, tone: 'none', text: 'No events yet' };

  const open = missing - inGaps;
  const pending = reasonToWait(evidence, open, absences);
  if (!pending && acknowledged === 0) {
    return { ...facts, tone: 'proven', text: `0 lost of ${formatCount(expected)}` };
  }
  const words = [
    ...(acknowledged > 0 ? [`${formatCount(acknowledged)} lost, acknowledged`] : []),
    ...(expected > acknowledged
      ? [`${formatCount(open)} missing of ${formatCount(expected - acknowledged)}`]
      : []),
    ...(pending ? [pending] : []),
  ];
  return { ...facts, tone: 'pending', text: words.join(' · ') };
}

/** Numbers of a lane below the first that was read: they were written before reading began, or were never there. */
export function unreadOf(lane: Pick<LaneAccount, 'gaps'>): number {
  const [gap] = lane.gaps;
  return gap?.first === 1 ? gap.count : 0;
}

/** What is absent of the lanes of which there are receipts. */
function promisedAbsences(evidence: Evidence): Absence[] {
  const byLane = new Map<string, StoredRun[]>();
  for (const run of evidence.stored) {
    const runs = byLane.get(run.lane);
    if (runs) runs.push(run);
    else byLane.set(run.lane, [run]);
  }
  return [...byLane].flatMap(([id, runs]) => {
    const lane = evidence.laneOf(id);
    // A lane that the ledger had to forget may have been whole.
    return lane || evidence.totals.forgotten === 0 ? absencesOf(lane, runs, evidence) : [];
  });
}

function reasonToWait(
  { client, shards, laneOf, fromBeginning, failure, totals }: Evidence,
  missing: number,
  absences: readonly Absence[],
): string | undefined {
  if (missing > 0) return 'may still come';
  if (client && client.queue.events > 0) return `${formatCount(client.queue.events)} queued`;
  const onTheWay = sum(absences.map(({ state, count }) => (state === 'stored' ? count : 0)));
  if (onTheWay > 0) return `${formatCount(onTheWay)} stored, not read yet`;
  if (client) {
    // What another tab sends has no receipts here.
    const lane = laneOf(client.lane);
    const ahead = fromBeginning || lane ? client.captured - (lane?.highest ?? 0) : 0;
    const undeclared = client.dropped + client.rejected - (lane?.dropped ?? 0);
    if (ahead > 0 && ahead <= undeclared) return `${formatCount(ahead)} dropped, not declared yet`;
    if (ahead > 0) return `${formatCount(ahead)} on their way`;
  }
  if (failure !== undefined) return 'reading fails';
  if (shards.length === 0) return 'not read yet';
  const cut = shards.filter(({ loss }) => loss !== undefined).length;
  if (cut > 0) return `${formatPlural(cut, 'shard')} not read whole`;
  const elsewhere = shards.filter(({ status }) => status === 'elsewhere').length;
  if (elsewhere > 0) return `${formatPlural(elsewhere, 'shard')} read by another consumer`;
  const skipped = shards.filter(({ status }) => status === 'skipped').length;
  if (skipped > 0) return `${formatPlural(skipped, 'shard')} not read`;
  const unread = shards.filter(
    ({ status, isDrained }) => !isDrained || (status !== 'live' && status !== 'closed'),
  ).length;
  if (unread > 0) return `${formatPlural(unread, 'shard')} not at the end`;
  return totals.forgotten > 0 && totals.missing > 0 ? 'may still come' : undefined;
}

/** How many of the run lie in the lane's gaps. */
function insideOf(run: LaneRange, lane: LaneAccount | undefined): number {
  return sum((lane?.gaps ?? []).map((gap) => overlap(gap, run)));
}

function seenOf(run: LaneRange, seen: readonly LaneRange[]): number {
  return sum(seen.map((range) => (range.lane === run.lane ? overlap(range, run) : 0)));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
