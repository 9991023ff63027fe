import { isLane, type LaneRange, type StreamRecord } from '../protocol/event.ts';
import { createRuns, type Runs } from './runs.ts';
import type { ConsumedRecord, LaneAccount, Ledger, LedgerTotals, LedgerVerdict } from './types.ts';

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
    const declared = declaredBy(event);
    if (declared) laneOf(declared.lane, event.anonymousId).declare(declared, at);
    return laneOf(event.rivulet.lane, event.anonymousId).receive(event.rivulet.seq, at);
  }

  function lanes(): LaneAccount[] {
    return [...accounts.values()]
      .map((lane) => lane.account())
      .sort((one, other) => other.lastAt - one.lastAt);
  }

  function totals(): LedgerTotals {
    const sums = { received: 0, duplicates: 0, outOfOrder: 0, dropped: 0, missing: 0 };
    for (const lane of accounts.values()) {
      const account = lane.account();
      for (const name of Object.keys(sums) as (keyof typeof sums)[]) sums[name] += account[name];
    }
    return { lanes: accounts.size, ...sums };
  }

  return { add, lanes, totals };
}

interface Lane {
  readonly receive: (seq: number, at: number) => LedgerVerdict;
  readonly declare: (range: LaneRange, at: number) => void;
  readonly account: () => LaneAccount;
}

function openLane(lane: string, client: string): Lane {
  const arrived = createRuns();
  /** What arrived or was declared: the rest is missing. */
  const accountedFor = createRuns();
  let received = 0;
  let duplicates = 0;
  let outOfOrder = 0;
  let accounted = 0;
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
    accounted += accountedFor.add(seq, seq);
    if (seq < highest) {
      outOfOrder++;
      return 'out_of_order';
    }
    highest = seq;
    return 'new';
  }

  function declare({ first, count }: LaneRange, at: number): void {
    touch(at);
    accounted += accountedFor.add(first, first + count - 1);
  }

  function account(): LaneAccount {
    current ??= {
      lane,
      client,
      received,
      duplicates,
      outOfOrder,
      dropped: accounted - received,
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
    .absent(highest)
    .map(([first, last]): LaneRange => ({ lane, first, count: last - first + 1 }));
  return { gaps, missing: gaps.reduce((sum, gap) => sum + gap.count, 0) };
}

function declaredBy({ type, properties }: StreamRecord): LaneRange | undefined {
  if (type !== 'drop' || !properties) return undefined;
  const { lane, first, count } = properties;
  if (!isLane(lane) || !isCount(first) || !isCount(count)) return undefined;
  return isCount(first + count) ? { lane, first, count } : undefined;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}
