/** The ledger as one would write it first: sets of numbers, sums by adding up. */

export interface ModelEvent {
  readonly lane: string;
  readonly seq: number;
  readonly capturedAt: number;
  readonly at: number;
  /** Of a `drop`. */
  readonly declares?: {
    readonly lane: string;
    readonly ranges: readonly (readonly [number, number])[];
    readonly reason: string;
  };
}

export interface ModelOptions {
  readonly since: number | undefined;
  readonly lateAfterMs: number;
  readonly maxLanes: number;
  readonly maxGaps: number;
}

interface ModelLane {
  readonly id: string;
  readonly arrived: Map<number, number>;
  readonly declared: Map<number, string>;
  first: number | undefined;
  duplicates: number;
  outOfOrder: number;
  late: number;
  lastAt: number;
  usedAt: number;
}

export function createModel(options: ModelOptions) {
  let lanes: ModelLane[] = [];
  const forgotten: ModelLane[] = [];
  let { since } = options;
  let ticks = 0;

  const isKnown = (lane: ModelLane, seq: number): boolean =>
    lane.arrived.has(seq) || lane.declared.has(seq);
  const highestOf = (lane: ModelLane): number =>
    Math.max(0, ...lane.arrived.keys(), ...lane.declared.keys());
  const missingOf = (lane: ModelLane): number[] =>
    range(lane.first ?? highestOf(lane) + 1, highestOf(lane)).filter((seq) => !isKnown(lane, seq));
  const droppedOf = (lane: ModelLane): [number, string][] =>
    [...lane.declared].filter(([seq]) => !lane.arrived.has(seq));

  function use(id: string, at: number): ModelLane {
    let lane = lanes.find((each) => each.id === id);
    if (!lane) {
      const first = since === undefined ? 1 : undefined;
      const counts = { duplicates: 0, outOfOrder: 0, late: 0, lastAt: 0, usedAt: 0 };
      lane = { id, arrived: new Map(), declared: new Map(), first, ...counts };
      lanes.push(lane);
    }
    lane.lastAt = Math.max(lane.lastAt, at);
    lane.usedAt = ++ticks;
    return lane;
  }

  function lower(lane: ModelLane): void {
    while (lane.first !== undefined && lane.first > 1 && isKnown(lane, lane.first - 1))
      lane.first--;
  }

  function holesOf(lane: ModelLane): number {
    const reasons = new Set(droppedOf(lane).map(([, reason]) => reason));
    const byReason = [...reasons].map((reason) =>
      droppedOf(lane).flatMap(([seq, its]) => (its === reason ? [seq] : [])),
    );
    const all = [...new Set([...lane.arrived.keys(), ...lane.declared.keys()])];
    return runsOf(all).length - 1 + byReason.reduce((sum, seqs) => sum + runsOf(seqs).length, 0);
  }

  function forget(): void {
    const oldest = (isGapped: boolean): ModelLane | undefined =>
      lanes
        .filter((lane) => missingOf(lane).length > 0 === isGapped)
        .sort((one, other) => one.usedAt - other.usedAt)[0];
    const remove = (lane: ModelLane | undefined): void => {
      if (!lane) return;
      lanes = lanes.filter((each) => each !== lane);
      forgotten.push(lane);
      since = Math.max(since ?? 0, lane.lastAt);
    };
    while (lanes.length > options.maxLanes) {
      const gapped = lanes.filter((lane) => missingOf(lane).length > 0);
      remove(oldest(gapped.length > options.maxLanes / 2));
    }
    while (sum(lanes.map(holesOf)) > options.maxGaps) remove(oldest(true) ?? oldest(false));
  }

  function add({ lane: id, seq, capturedAt, at, declares }: ModelEvent): string {
    if (declares) {
      const lane = use(declares.lane, at);
      for (const [first, count] of declares.ranges) {
        for (const each of range(first, first + count - 1)) {
          if (!isKnown(lane, each)) lane.declared.set(each, declares.reason);
        }
      }
      lower(lane);
      forget();
    }
    const lane = use(id, at);
    if (lane.arrived.has(seq)) {
      lane.duplicates++;
      forget();
      return 'duplicate';
    }
    const isBehind = seq < Math.max(0, ...lane.arrived.keys());
    lane.arrived.set(seq, capturedAt);
    if (at - capturedAt > options.lateAfterMs) lane.late++;
    if (isBehind) lane.outOfOrder++;
    lane.first ??= seq;
    if (seq < lane.first && since !== undefined && capturedAt >= since) lane.first = seq;
    lower(lane);
    forget();
    return isBehind ? 'out_of_order' : 'new';
  }

  function accountOf(lane: ModelLane) {
    const { id, duplicates, outOfOrder, late, lastAt } = lane;
    const missing = missingOf(lane);
    const dropped = droppedOf(lane);
    const highest = highestOf(lane);
    const first = lane.first ?? highest + 1;
    return {
      ...{
        lane: id,
        client: 'client-1',
        received: lane.arrived.size,
        duplicates,
        outOfOrder,
        late,
      },
      ...{ dropped: dropped.length, droppedBy: tally(dropped.map(([, reason]) => reason)) },
      missing: missing.length,
      gaps: runsOf(missing).map(([from, to]) => ({ lane: id, first: from, count: to - from + 1 })),
      ...{ first, completeTo: (missing[0] ?? highest + 1) - 1, highest, lastAt },
    };
  }

  function totals() {
    const accounts = [...lanes, ...forgotten].map(accountOf);
    const figures = ['received', 'duplicates', 'outOfOrder', 'late', 'dropped', 'missing'] as const;
    return {
      ...Object.fromEntries(figures.map((name) => [name, sum(accounts.map((it) => it[name]))])),
      droppedBy: tally(
        accounts.flatMap(({ droppedBy }) =>
          Object.entries(droppedBy).flatMap(([reason, events]) => Array(events).fill(reason)),
        ),
      ),
      lanes: accounts.length,
      incomplete: accounts.filter(({ missing }) => missing > 0).length,
      partial: accounts.filter(({ first }) => first !== 1).length,
      forgotten: forgotten.length,
    };
  }

  /** The capture of the last event before the first gap of any lane, 0 where one begins with a gap. */
  function completeUpTo(): number {
    return Math.min(
      ...[...lanes, ...forgotten]
        .filter((lane) => missingOf(lane).length > 0)
        .map((lane) => {
          const [gap = 0] = missingOf(lane);
          const before = range(lane.first ?? 1, gap - 1).filter((seq) => lane.arrived.has(seq));
          return lane.arrived.get(before.at(-1) ?? 0) ?? 0;
        }),
    );
  }

  return { add, totals, completeUpTo, accounts: () => lanes.map(accountOf) };
}

function range(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}

function runsOf(seqs: readonly number[]): [number, number][] {
  const runs: [number, number][] = [];
  for (const seq of seqs.toSorted((one, other) => one - other)) {
    const run = runs.at(-1);
    if (run && run[1] === seq - 1) run[1] = seq;
    else runs.push([seq, seq]);
  }
  return runs;
}

function tally(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
