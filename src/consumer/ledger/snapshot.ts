/** The format in which a ledger is kept: JSON, read back with distrust. */

import { DROP_REASONS } from '../../protocol/event.ts';
import { isObject } from '../../protocol/parsed.ts';
import { areApart, encodeRuns, expectSnapshot, isAmount, parseRuns } from './flat-runs.ts';
import { type Lane, openLane, type Reason, type Sums } from './lane.ts';
import { countIn } from './runs.ts';

const VERSION = 1;

/** What is left of forgotten lanes. */
export interface Forgotten {
  lanes: number;
  incomplete: number;
  partial: number;
  missing: number;
  /**
   * The earliest of the moments before their first gaps: milliseconds since 1970, 0 where one cannot be dated. Absent while
   * nothing was missing of any.
   */
  completeUpTo?: number;
}

export interface LaneSnapshot {
  readonly lane: string;
  readonly client: string;
  /** The number that the account begins with, 0 while that is not known. */
  readonly first: number;
  /** `first, last, capturedAt` of one run after the other: what arrived or was declared. */
  readonly runs: readonly number[];
  /** `first, last` of one run after the other: what was declared and did not arrive. */
  readonly declared?: Readonly<Partial<Record<Reason, readonly number[]>>>;
  readonly duplicates: number;
  readonly outOfOrder: number;
  readonly late: number;
  /** The highest number that arrived. */
  readonly arrivedTo: number;
  readonly lastAt: number;
}

/** A ledger as JSON. Times are milliseconds since 1970. */
export interface LedgerSnapshot {
  readonly version: typeof VERSION;
  /** Absent where every lane begins with 1. */
  readonly since?: number;
  readonly latestAt: number;
  /** Of all lanes, those that were forgotten included. */
  readonly sums: Readonly<Sums>;
  readonly forgotten: Readonly<Forgotten>;
  /** Those that were quiet for the longest time first. */
  readonly lanes: readonly LaneSnapshot[];
}

/** All that a ledger knows and cannot work out. */
export interface LedgerState {
  since: number | undefined;
  /** The latest time at which an event was captured. */
  latestAt: number;
  readonly sums: Sums;
  readonly forgotten: Forgotten;
}

export interface Restored {
  readonly state: LedgerState;
  readonly lanes: readonly Lane[];
}

export function encodeLedger(state: LedgerState, lanes: Iterable<Lane>): LedgerSnapshot {
  const { since, latestAt, sums, forgotten } = state;
  return {
    version: VERSION,
    ...(since !== undefined && { since }),
    latestAt,
    sums: { ...sums, droppedBy: { ...sums.droppedBy } },
    forgotten: { ...forgotten },
    lanes: Array.from(lanes, encodeLane),
  };
}

/** Throws `invalid_option` for what is no snapshot. */
export function parseLedger(value: unknown): Restored {
  const snapshot = isObject(value) ? value : {};
  expectSnapshot(snapshot.version === VERSION, `version ${VERSION}`, snapshot.version);
  const { since, latestAt, sums, forgotten, lanes } = snapshot;
  expectSnapshot(since === undefined || isAmount(since), 'since in milliseconds', since);
  expectSnapshot(isAmount(latestAt), 'latestAt in milliseconds', latestAt);
  expectSnapshot(isSums(sums), 'sums', sums);
  expectSnapshot(isForgotten(forgotten), 'what was forgotten', forgotten);
  expectSnapshot(Array.isArray(lanes), 'lanes', lanes);
  const state = {
    ...{ since, latestAt, forgotten: { ...forgotten } },
    sums: { ...sums, droppedBy: { ...sums.droppedBy } },
  };
  const known = lanes.map(parseLane);
  expectSnapshot(areApart(known), 'each lane once', lanes.length);
  return { state, lanes: known };
}

function encodeLane(lane: Lane): LaneSnapshot {
  const declared = [...(lane.declared ?? [])].filter(([, runs]) => runs.count > 0);
  const { first, duplicates, outOfOrder, late, arrivedTo, lastAt } = lane;
  return {
    ...{ lane: lane.id, client: lane.client, first },
    runs: encodeRuns(lane.runs, true),
    ...(declared.length > 0 && {
      declared: Object.fromEntries(
        declared.map(([reason, runs]) => [reason, encodeRuns(runs, false)]),
      ),
    }),
    ...{ duplicates, outOfOrder, late, arrivedTo, lastAt },
  };
}

function parseLane(value: unknown): Lane {
  const { lane: id, client, declared = {}, ...rest } = isObject(value) ? value : {};
  expectSnapshot(typeof id === 'string' && typeof client === 'string', 'a lane', value);
  const figures = ['first', 'duplicates', 'outOfOrder', 'late', 'arrivedTo', 'lastAt'];
  const isLane = isObject(declared) && figures.every((figure) => isAmount(rest[figure]));
  expectSnapshot(isLane, `the figures of lane ${id}`, value);
  const { first, duplicates, outOfOrder, late, arrivedTo, lastAt } =
    rest as unknown as LaneSnapshot;
  const runs = parseRuns(rest.runs, true);
  const lane: Lane = {
    ...openLane(id, client, first),
    ...{ runs, below: countIn(runs, 1, first - 1) },
    ...{ duplicates, outOfOrder, late, arrivedTo, lastAt },
  };
  for (const [reason, flat] of Object.entries(declared)) {
    lane.declared ??= new Map();
    lane.declared.set(reasonOf(reason), parseRuns(flat, false));
  }
  return lane;
}

function reasonOf(name: string): Reason {
  const reason = DROP_REASONS.find((each) => each === name);
  expectSnapshot(reason !== undefined || name === 'unknown', 'a reason that is known', name);
  return reason ?? 'unknown';
}

function isSums(value: unknown): value is Sums {
  if (!isObject(value) || !isObject(value.droppedBy)) return false;
  const { received, duplicates, outOfOrder, late, dropped, droppedBy } = value;
  const figures = [received, duplicates, outOfOrder, late, dropped, ...Object.values(droppedBy)];
  return figures.every(isAmount);
}

function isForgotten(value: unknown): value is Forgotten {
  if (!isObject(value)) return false;
  const { lanes, incomplete, partial, missing, completeUpTo = 0 } = value;
  return [lanes, incomplete, partial, missing, completeUpTo].every(isAmount);
}
