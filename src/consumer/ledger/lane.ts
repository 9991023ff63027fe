import type { Declaration } from '../../protocol/drop.ts';
import type { LaneAccount, LedgerVerdict } from '../types.ts';
import { addRun, removeNumber } from './edit-runs.ts';
import type { Linked } from './recency.ts';
import { absentFrom, countIn, createRuns, hasNumber, type Runs, runAt } from './runs.ts';

export type Reason = Declaration['reason'];

/** What is known of one lane. Plain data: there may be a million of them. */
export interface Lane extends Linked<Lane> {
  readonly id: string;
  readonly client: string;
  /** What arrived or was declared: the rest is missing. Marked with when it was captured. */
  readonly runs: Runs;
  /** What was declared and did not arrive, each number under the first reason that was given for it. */
  declared: Map<Reason, Runs> | undefined;
  /** The number that the account begins with, 0 while that is not known. */
  first: number;
  /** How many of `runs` are below `first`. */
  below: number;
  duplicates: number;
  outOfOrder: number;
  late: number;
  /** The highest number that arrived. */
  arrivedTo: number;
  lastAt: number;
  isGapped: boolean;
  /** As it was given out last, until something changes. */
  account: LaneAccount | undefined;
}

/** An event of a lane, and when it came. */
export interface Arrival {
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** 0 where the event does not tell. */
  readonly capturedAt: number;
  readonly isLate: boolean;
}

/** `first` is 1 where the lane is read from its beginning, and 0 where nobody knows. */
export function openLane(id: string, client: string, first: number): Lane {
  return {
    ...{ id, client, runs: createRuns(), declared: undefined, first, below: 0 },
    ...{ duplicates: 0, outOfOrder: 0, late: 0, arrivedTo: 0, lastAt: 0, isGapped: false },
    ...{ account: undefined, older: undefined, newer: undefined },
  };
}

/** What all lanes come to. Kept as it changes: a sum over a million lanes is no answer for every record. */
export interface Sums {
  received: number;
  duplicates: number;
  outOfOrder: number;
  late: number;
  dropped: number;
  readonly droppedBy: Partial<Record<Reason, number>>;
}

/** `since`: what was captured from then on has all come within this reading. */
export function receive(
  lane: Lane,
  { seq, at, capturedAt, isLate }: Arrival,
  sums: Sums,
  since: number | undefined,
): LedgerVerdict {
  touch(lane, at);
  const isNews = addRun(lane.runs, seq, seq, capturedAt) === 1;
  if (!isNews && !takeBack(lane, seq, sums)) {
    lane.duplicates++;
    sums.duplicates++;
    return 'duplicate';
  }
  sums.received++;
  if (isLate) {
    lane.late++;
    sums.late++;
  }
  if (lane.first === 0) {
    lane.first = seq;
    lane.below = countIn(lane.runs, 1, seq - 1);
    beginAt(lane, seq);
  } else if (seq < lane.first) {
    if (isNews) lane.below++;
    beginAt(lane, since !== undefined && capturedAt >= since ? seq : lane.first);
  }
  if (seq < lane.arrivedTo) {
    lane.outOfOrder++;
    sums.outOfOrder++;
    return 'out_of_order';
  }
  lane.arrivedTo = seq;
  return 'new';
}

export function declare(lane: Lane, { ranges, reason }: Declaration, at: number, sums: Sums): void {
  touch(lane, at);
  lane.declared ??= new Map();
  const runs = lane.declared.get(reason) ?? createRuns();
  lane.declared.set(reason, runs);
  for (const { first, count } of ranges) {
    for (const [from, to] of absentFrom(lane.runs, first, first + count - 1)) {
      note(sums, reason, addRun(runs, from, to));
      addRun(lane.runs, from, to);
      lane.below += Math.max(0, Math.min(to, lane.first - 1) - from + 1);
    }
  }
  if (lane.first > 0) beginAt(lane, lane.first);
}

export function missingOf({ runs, first, below }: Lane): number {
  return first === 0 ? 0 : runs.last - first + 1 - (runs.count - below);
}

export function droppedOf(lane: Lane): number {
  let dropped = 0;
  for (const runs of lane.declared?.values() ?? []) dropped += runs.count;
  return dropped;
}

/** Gaps, and what else costs memory as they do. */
export function holesOf(lane: Lane): number {
  let holes = lane.runs.size - 1;
  for (const runs of lane.declared?.values() ?? []) holes += runs.size;
  return holes;
}

/** Up to where nothing is missing, and when the last event before that was captured: 0 where that is not known. */
export function completeTo({ runs, first }: Lane): readonly [seq: number, capturedAt: number] {
  if (first === 0) return [runs.last, 0];
  const [, last, capturedAt] = runAt(runs, first) ?? [first, first - 1, 0];
  return [last, capturedAt];
}

export function accountOf(lane: Lane): LaneAccount {
  lane.account ??= {
    lane: lane.id,
    client: lane.client,
    received: lane.runs.count - droppedOf(lane),
    duplicates: lane.duplicates,
    outOfOrder: lane.outOfOrder,
    late: lane.late,
    dropped: droppedOf(lane),
    droppedBy: Object.fromEntries(
      [...(lane.declared ?? [])].flatMap(([reason, { count }]) =>
        count > 0 ? [[reason, count]] : [],
      ),
    ),
    missing: missingOf(lane),
    gaps: absentFrom(lane.runs, lane.first || lane.runs.last + 1, lane.runs.last).map(
      ([first, last]) => ({ lane: lane.id, first, count: last - first + 1 }),
    ),
    first: lane.first || lane.runs.last + 1,
    completeTo: completeTo(lane)[0],
    highest: lane.runs.last,
    lastAt: lane.lastAt,
  };
  return lane.account;
}

function touch(lane: Lane, at: number): void {
  lane.lastAt = Math.max(lane.lastAt, at);
  lane.account = undefined;
}

/** It was declared and arrived all the same. */
function takeBack({ declared }: Lane, seq: number, sums: Sums): boolean {
  for (const [reason, runs] of declared ?? []) {
    if (!hasNumber(runs, seq)) continue;
    removeNumber(runs, seq);
    note(sums, reason, -1);
    return true;
  }
  return false;
}

function note(sums: Sums, reason: Reason, events: number): void {
  sums.dropped += events;
  sums.droppedBy[reason] = (sums.droppedBy[reason] ?? 0) + events;
}

/** The account begins there, or as far below as nothing is absent: what is below that came, or was dropped, before. */
function beginAt(lane: Lane, seq: number): void {
  const first = runAt(lane.runs, seq)?.[0] ?? seq;
  if (first === lane.first) return;
  lane.below -= countIn(lane.runs, first, lane.first - 1);
  lane.first = first;
}
