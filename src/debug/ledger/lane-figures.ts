/** The account of a lane, a client or all of them, as figures that add up. */

import type { ClientStats } from '../../client/types.ts';
import type { LaneAccount } from '../../consumer/types.ts';
import { unreadOf } from './verdict.ts';

/** `captured` = `stored` + `rejected` + `dropped` + `queued` + `missing`. */
export interface Figures {
  /** Of another page's lane: up to the highest number that arrived. */
  readonly captured: number;
  /** Distinct events that were read from the stream. */
  readonly stored: number;
  readonly rejected: number;
  readonly dropped: number;
  /** On this page, or on their way. What other pages hold is not known here. */
  readonly queued: number | undefined;
  readonly missing: number;
  readonly duplicates: number;
  readonly outOfOrder: number;
  readonly late: number;
}

export interface LaneFacts {
  readonly stats: Pick<ClientStats, 'lane' | 'captured'> | undefined;
  readonly fromBeginning: boolean;
}

/** @param lostAbove events that are lost above all that arrived */
export function figuresOf(
  account: LaneAccount,
  { stats, fromBeginning }: LaneFacts,
  lostAbove = 0,
): Figures {
  const missing = account.missing + lostAbove - (fromBeginning ? 0 : unreadOf(account));
  const queued =
    stats?.lane === account.lane
      ? Math.max(0, stats.captured - account.highest - lostAbove)
      : undefined;
  return addUp(account, missing, queued);
}

/** What was received and declared of one lane or of all, with what the ledger alone does not know. */
export function addUp(
  account: Pick<
    LaneAccount,
    'received' | 'dropped' | 'droppedBy' | 'duplicates' | 'outOfOrder' | 'late'
  >,
  missing: number,
  queued: number | undefined,
): Figures {
  const { received, dropped, droppedBy, duplicates, outOfOrder, late } = account;
  const rejected = droppedBy.rejected ?? 0;
  return {
    captured: received + dropped + missing + (queued ?? 0),
    stored: received,
    rejected,
    dropped: dropped - rejected,
    ...{ queued, missing, duplicates, outOfOrder, late },
  };
}

export function sumOf(all: readonly Figures[]): Figures {
  const sum = (figure: keyof Figures): number =>
    all.reduce((total, figures) => total + (figures[figure] ?? 0), 0);
  const isKnown = all.some(({ queued }) => queued !== undefined);
  return {
    captured: sum('captured'),
    stored: sum('stored'),
    rejected: sum('rejected'),
    dropped: sum('dropped'),
    queued: isKnown ? sum('queued') : undefined,
    missing: sum('missing'),
    duplicates: sum('duplicates'),
    outOfOrder: sum('outOfOrder'),
    late: sum('late'),
  };
}

/** A lane of which nothing arrived. */
export function emptyAccount(lane: string, client: string): LaneAccount {
  return {
    ...{ lane, client, received: 0, duplicates: 0, outOfOrder: 0, late: 0 },
    ...{ dropped: 0, droppedBy: {}, missing: 0, gaps: [] },
    ...{ first: 1, completeTo: 0, highest: 0, lastAt: 0 },
  };
}

/** The lanes of one client, the latest first. */
export interface ClientLanes {
  readonly client: string;
  readonly lanes: readonly LaneAccount[];
}

/** The clients worth a line: this page's own, those with something missing, then the latest. At most so many. */
export function groupByClient(
  lanes: readonly LaneAccount[],
  own: string | undefined,
  max: number,
): ClientLanes[] {
  const groups = new Map<string, LaneAccount[]>();
  const rank = (lane: LaneAccount): number => {
    if (lane.lane === own) return 0;
    return lane.missing > 0 ? 1 : 2;
  };
  const buckets: LaneAccount[][] = [[], [], []];
  for (const lane of lanes) buckets[rank(lane)]?.push(lane);
  for (const lane of buckets.flat()) {
    const group = groups.get(lane.client);
    if (group) group.push(lane);
    else if (groups.size < max) groups.set(lane.client, [lane]);
  }
  return [...groups].map(([client, lanes]) => ({ client, lanes }));
}
