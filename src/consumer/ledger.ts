import { type Declaration, parseDrop } from '../protocol/drop.ts';
import type { LaneRange } from '../protocol/event.ts';
import { createRuns, type Runs } from './runs.ts';
import type { ConsumedRecord, LaneAccount, Ledger, LedgerTotals, LedgerVerdict } from './types.ts';

type Reason = Declaration['reason'];
type Reasons = Partial<Record<Reason, number>>;

/** Keeps the account of every lane: how the project proves that nothing was lost. */
export function createLedger(): Ledger {
  const accounts = new Map<string, Lane>();

  function laneOf(lane: string, client: string): Lane {
    const known = accounts.get(lane);
    if (known) return known;
    const created = openLane(lane, client);
    accounts.set(lane, created);
    return created;
  }

  function add(record: ConsumedRecord): LedgerVerdict {
    const { event } = record;
    if (!event) return 'not_ours';
    const at = record.arrivedAt ?? record.readAt;
    const declaration = parseDrop(event);
    if (declaration) laneOf(declaration.lane, event.anonymousId).declare(declaration, at);
    return laneOf(event.rivulet.lane, event.anonymousId).receive(event.rivulet.seq, at);
  }

  function lanes(): LaneAccount[] {
    return [...accounts.values()]
      .map((lane) => lane.account())
      .sort((one, other) => other.lastAt - one.lastAt);
  }

  function totals(): LedgerTotals {
    const sums = { received: 0, duplicates: 0, outOfOrder: 0, dropped: 0, missing: 0 };
    const droppedBy: Reasons = {};
    for (const lane of accounts.values()) {
      const account = lane.account();
      for (const name of Object.keys(sums) as (keyof typeof sums)[]) sums[name] += account[name];
      for (const [reason, events] of Object.entries(account.droppedBy) as [Reason, number][]) {
        droppedBy[reason] = (droppedBy[reason] ?? 0) + events;
      }
    }
    return { lanes: accounts.size, ...sums, droppedBy };
  }

  return { add, lanes, lane: (lane) => accounts.get(lane)?.account(), totals };
}

interface Lane {
  readonly receive: (seq: number, at: number) => LedgerVerdict;
  readonly declare: (declaration: Declaration, at: number) => void;
  readonly account: () => LaneAccount;
}

function openLane(lane: string, client: string): Lane {
  const arrived = createRuns();
  /** What had not arrived when it was declared, each number under the first reason that was given for it. */
  const declared = new Map<Reason, Runs>();
  /** What arrived or was declared: the rest is missing. */
  const accountedFor = createRuns();
  let droppedBy: Reasons = {};
  let received = 0;
  let duplicates = 0;
  let outOfOrder = 0;
  let dropped = 0;
  let highest = 0;
  let lastAt = 0;
  let current: LaneAccount | undefined;

  function touch(at: number): void {
    lastAt = Math.max(lastAt, at);
    current = undefined;
  }

  function receive(seq: number, at: number): LedgerVerdict {
    touch(at);
    if (arrived.add(seq, seq) === 0) {
      duplicates++;
      return 'duplicate';
    }
    received++;
    if (accountedFor.add(seq, seq) === 0) takeBack(seq);
    if (seq < highest) {
      outOfOrder++;
      return 'out_of_order';
    }
    highest = seq;
    return 'new';
  }

  function declare({ ranges, reason }: Declaration, at: number): void {
    touch(at);
    const runs = declared.get(reason) ?? createRuns();
    declared.set(reason, runs);
    for (const { first, count } of ranges) {
      const last = first + count - 1;
      for (const run of accountedFor.absent(first, last)) note(reason, runs.add(...run));
      accountedFor.add(first, last);
    }
  }

  /** It was declared and arrived all the same. */
  function takeBack(seq: number): void {
    for (const [reason, runs] of declared) if (runs.has(seq)) note(reason, -1);
  }

  function note(reason: Reason, events: number): void {
    const { [reason]: before = 0, ...others } = droppedBy;
    dropped += events;
    droppedBy = before + events > 0 ? { ...others, [reason]: before + events } : others;
  }

  function account(): LaneAccount {
    current ??= {
      lane,
      client,
      received,
      duplicates,
      outOfOrder,
      dropped,
      droppedBy,
      ...gapsOf(lane, accountedFor, highest),
      highest,
      lastAt,
    };
    return current;
  }

  return { receive, declare, account };
}

function gapsOf(lane: string, runs: Runs, highest: number): Pick<LaneAccount, 'gaps' | 'missing'> {
  const gaps = runs
    .absent(1, highest)
    .map(([first, last]): LaneRange => ({ lane, first, count: last - first + 1 }));
  return { gaps, missing: gaps.reduce((sum, gap) => sum + gap.count, 0) };
}
